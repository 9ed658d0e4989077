//! Choosing without replacement: a race, whose first arrivals are found by counting.

use distarray_comm::Message;
use distarray_core::kernel::random::{Arrival, Stream, arrivals};
use distarray_core::{Block, DType, Scalar, room_for};
use distarray_maps::Distribution;
use distarray_spmd::create::Ramp;
use distarray_spmd::transfer::ask::{from_bytes, to_bytes};
use distarray_spmd::transfer::index::{Indexed, Take};
use distarray_spmd::transfer::redistribute::redistribute;
use distarray_spmd::{AnyLocalArray, Error, Input, Operation, Worker, exactly};

use super::entrants::{Entrants, NAME, check_arrived};

/// This rank's share of the indices. **Collective.**
///
/// Every rank lets its own stretch race; where in each stretch the arrivals belong that one rank shall hold, is found by
/// halving the time, so that only what is chosen moves.
pub(super) fn choose(
    stream: &Stream,
    distribution: &Distribution,
    entrants: &Entrants,
    worker: &Worker,
) -> Result<AnyLocalArray, Error> {
    let count = distribution.size();
    let raced =
        entrants.block.as_slice::<f64>().and_then(|weights| arrivals(weights, entrants.first, stream, count));
    let raced = worker.agree(NAME, raced.map_err(Error::from))?;
    let arrived = sum_over_ranks(worker, &[raced.len() as u64])?;
    check_arrived(usize::try_from(arrived[0]).unwrap_or(usize::MAX), count)?;

    let blocks = Distribution::block_rows(&[count], worker.size())?;
    let first_of = |rank| blocks.axis(0).global(rank, 0).unwrap_or(count) as u64;
    let firsts: Vec<u64> = (0..worker.size()).map(first_of).collect();
    let mut starts = positions(&raced, &firsts, worker)?;
    starts.push(positions(&raced, &[count as u64], worker)?[0]);
    let parts = starts.windows(2).map(|bounds| {
        let part = raced.get(bounds[0]..bounds[1]).unwrap_or_default();
        let mut bytes = room_for(16 * part.len())?;
        bytes.extend(
            part.iter().flat_map(|(time, index)| [time.to_le_bytes(), index.to_le_bytes()]).flatten(),
        );
        Ok(Message::from(bytes))
    });
    let parts = worker.agree(NAME, parts.collect::<Result<Vec<_>, Error>>())?;
    let block = sorted(&worker.comm().all_to_all(parts)?, worker);
    let block = worker.agree(NAME, block)?;
    spread(AnyLocalArray::new(blocks, block, worker.rank())?, distribution, worker)
}

/// The indices of all arrivals, in the order of their times.
fn sorted(parts: &[Message], worker: &Worker) -> Result<Block, Error> {
    let arrival = |bytes: &[u8; 16]| {
        let (time, index) = bytes.split_at(8);
        let number = |bytes: &[u8]| bytes.iter().rev().fold(0, |number, byte| number << 8 | u64::from(*byte));
        (number(time), number(index))
    };
    let mut arrivals: Vec<Arrival> = room_for(parts.iter().map(|part| part.len() / 16).sum())?;
    for part in parts {
        arrivals.extend(part.as_chunks::<16>().0.iter().map(arrival));
    }
    arrivals.sort_unstable();
    let mut block = Block::uninit(DType::Int64, &[arrivals.len()], worker.pool())?;
    for (element, (_, index)) in block.as_mut_slice::<i64>()?.iter_mut().zip(&arrivals) {
        *element = index.cast_signed();
    }
    Ok(block)
}

/// Where in this rank's arrivals those begin that are number `firsts[..]` of all ranks' together. **Collective.**
fn positions(raced: &[Arrival], firsts: &[u64], worker: &Worker) -> Result<Vec<usize>, Error> {
    let key = |arrival: &Arrival| u128::from(arrival.0) << 64 | u128::from(arrival.1);
    let before = |bound: u128| raced.partition_point(|arrival| key(arrival) < bound);
    // The largest bounds with no more arrivals before them than there shall be, bit by bit.
    let mut bounds = vec![0_u128; firsts.len()];
    for bit in (0..u128::BITS).rev() {
        let counts: Vec<u64> = bounds.iter().map(|bound| before(bound | 1 << bit) as u64).collect();
        for ((bound, count), first) in bounds.iter_mut().zip(sum_over_ranks(worker, &counts)?).zip(firsts) {
            if count <= *first {
                *bound |= 1 << bit;
            }
        }
    }
    Ok(bounds.into_iter().map(before).collect())
}

/// The sums of everybody's numbers. **Collective.**
fn sum_over_ranks(worker: &Worker, numbers: &[u64]) -> Result<Vec<u64>, Error> {
    let mut bytes = to_bytes(numbers)?;
    worker.comm().all().all_reduce(&mut bytes, &mut |left, right| {
        for (left, right) in left.as_chunks_mut::<8>().0.iter_mut().zip(right.as_chunks::<8>().0) {
            *left = (u64::from_le_bytes(*left) + u64::from_le_bytes(*right)).to_le_bytes();
        }
    })?;
    from_bytes(&bytes)
}

/// The elements of an array of one dimension in C order in one of another shape. **Collective.**
fn spread(
    array: AnyLocalArray,
    distribution: &Distribution,
    worker: &Worker,
) -> Result<AnyLocalArray, Error> {
    if distribution.ndim() == 1 {
        return redistribute(&array, distribution, worker);
    }
    debug_assert_eq!(array.dtype(), DType::Int64);
    let places = Ramp::arange(distribution.clone(), Scalar::Int64(0), Scalar::Int64(1))?;
    let places = worker.agree(NAME, places.execute(worker, Vec::new()))?;
    let [places] = exactly::<1, _>(NAME, places)?;
    let inputs = vec![Input::Owned(array), Input::Owned(places)];
    let [spread] =
        exactly::<1, _>(Take::NAME, Take { indexed: Indexed::by_axis(0, 1) }.execute(worker, inputs)?)?;
    Ok(spread)
}
