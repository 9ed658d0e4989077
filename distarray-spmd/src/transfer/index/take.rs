//! Taking: what index arrays name of an array.

use super::deliver::{deliver, stretches, tell};
use super::site::{group, in_one_process};
use super::{Indexed, Site, blocks};
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, Operation, Worker};
use distarray_comm::SameMemory;
use distarray_core::kernel::select::{
    BucketsMut, Indices, Part, bucket_starts, count_by_part, fill_buckets, gather, gather_listed,
};
use distarray_core::{Block, Buffer, ElementError};
use distarray_maps::Distribution;
use serde::{Deserialize, Serialize};

/// Takes what index arrays name along neighbouring axes of an array.
///
/// Inputs: the array, and its index arrays: integers, negative ones counted from the end of their axis. In the result the
/// axes that are indexed are replaced by those of the index arrays, broadcast together.
///
/// If all axes are indexed the result lies as the index arrays do (as their sum would). Otherwise the other axes stay as
/// they are, and the first new one is cut into even blocks over as many parts as the indexed axes had together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Take {
    /// Which axes are indexed.
    pub indexed: Indexed,
}

impl Take {
    /// How the result lies.
    fn target(&self, array: &ArrayMeta, indices: &[&ArrayMeta]) -> Result<(Distribution, usize), Error> {
        let broadcast = self.indexed.broadcast(array, indices)?;
        let new = broadcast.ndim();
        if self.indexed.count() == array.shape().len() {
            return Ok((broadcast, new));
        }
        Ok((self.indexed.gathered(array, broadcast.shape())?, new))
    }
}

impl Operation for Take {
    const NAME: &'static str = "take";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let (array, indices) = first(Self::NAME, inputs)?;
        let (distribution, _) = self.target(array, indices)?;
        Ok(vec![Inferred::Known(ArrayMeta { dtype: array.dtype, distribution })])
    }

    fn cost(&self, _: &[&ArrayMeta], _: usize, _: usize, _: SameMemory) -> Cost {
        Cost::depends_on_data()
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let (array, indices) = first(Self::NAME, &inputs)?;
        let array = array.array();
        let indices: Vec<AnyLocalArray> = indices.iter().map(|index| index.array().clone()).collect();
        let metas: Vec<ArrayMeta> = indices.iter().map(AnyLocalArray::meta).collect();
        let (target, new) = self.target(&array.meta(), &metas.iter().collect::<Vec<_>>())?;
        let indices = self.indexed.gathered_indices(&indices, &target, new, worker)?;
        let indices = worker.agree(Self::NAME, blocks(&indices, worker))?;
        let taking = Taking { indexed: &self.indexed, array, target: &target, new, worker };
        Ok(vec![taking.run(&indices)?])
    }
}

/// The first of some inputs, and the others.
///
/// # Errors
/// [`Error::InputCount`] if there are none.
pub(super) fn first<'i, T>(operation: &str, inputs: &'i [T]) -> Result<(&'i T, &'i [T]), Error> {
    let missing = || Error::InputCount { operation: operation.to_owned(), found: 0, expected: 2 };
    inputs.split_first().ok_or_else(missing)
}

/// An array whose row `i` along `axis` is row `wanted[i]` of `array`. **Collective** over all ranks.
///
/// `target` is how `array` lies but for that axis, and `wanted` names a row for every index of it that this rank holds; or
/// `array` has one dimension, `target` any, and `wanted` names an element for each of this rank's, in C order.
///
/// # Errors
/// [`Error::Index`] for a row that is not there; memory refused on any rank; what the transport reports.
///
/// # Cost
/// As [`Take`].
pub fn take_rows(
    array: &AnyLocalArray,
    axis: usize,
    wanted: &[u64],
    target: &Distribution,
    worker: &Worker,
) -> Result<AnyLocalArray, Error> {
    let indexed = Indexed::by_axis(axis, 1);
    let new = if array.shape().len() == 1 { target.ndim() } else { 1 };
    let wanted = Block::from_slice(&[wanted.len()], wanted, worker.pool()).map_err(Error::from);
    let wanted = worker.agree(Take::NAME, wanted)?;
    Taking { indexed: &indexed, array, target, new, worker }.run(&[wanted])
}

/// One rank's part in taking.
struct Taking<'a> {
    indexed: &'a Indexed,
    array: &'a AnyLocalArray,
    target: &'a Distribution,
    new: usize,
    worker: &'a Worker,
}

impl Taking<'_> {
    /// Takes what `indices` name, for the places that this rank holds.
    fn run(&self, indices: &[Block]) -> Result<AnyLocalArray, Error> {
        let (worker, rank) = (self.worker, self.worker.rank());
        let (source, dtype) = (self.array.distribution(), self.array.dtype());
        let site = Site::new(self.indexed, source, self.target, self.new, dtype.size_bytes(), rank);
        let shape = self.target.local_shape(rank);
        let allocated = Block::uninit(dtype, &shape, worker.pool()).map_err(Error::from);
        let prepared = allocated.and_then(|block| Ok((block, self.array.to_block(worker.pool())?)));
        let (mut block, held) = worker.agree(Take::NAME, prepared)?;
        let places = places(&shape, self.indexed, source.ndim(), self.new);
        let read =
            if site.group.is_empty() { Ok(None) } else { self.indices(&places, indices, &site).map(Some) };
        if in_one_process(worker)? {
            self.directly(&held, read, &site, &mut block)?;
        } else {
            self.by_messages(&held, read, &site, &mut block)?;
        }
        AnyLocalArray::new(self.target.clone(), block, rank)
    }

    fn indices<'i>(
        &self,
        places: &[usize],
        arrays: &'i [Block],
        site: &'i Site,
    ) -> Result<Indices<'i>, Error> {
        Ok(match arrays {
            [array] if self.indexed.is_flat => Indices::flat(places, array, &site.lookups)?,
            // Their number is all that counts.
            [array] if array.ndim() == 1 && array.size() == places.iter().product::<usize>() => {
                Indices::new(array.shape(), arrays, &site.lookups)?
            }
            _ => Indices::new(places, arrays, &site.lookups)?,
        })
    }

    /// Every rank looks into the blocks of the others.
    fn directly(
        &self,
        held: &Block,
        indices: Result<Option<Indices<'_>>, Error>,
        site: &Site,
        block: &mut Block,
    ) -> Result<(), Error> {
        let (worker, rank) = (self.worker, self.worker.rank());
        let source = self.array.distribution();
        let reads_here = |other: &usize| {
            *other != rank && group(self.indexed, source, self.target, self.new, *other).contains(&rank)
        };
        let readers: Vec<usize> = (0..worker.size()).filter(reads_here).collect();
        let owners: Vec<usize> = site.group.iter().copied().filter(|owner| *owner != rank).collect();
        let rows = site.rows;
        let taken = worker.comm().expose(held.as_bytes(), &readers, &owners, |exposed| {
            let indices = match indices {
                Ok(Some(indices)) => indices,
                Ok(None) => return Ok(Ok(0)),
                Err(error) => return Ok(Err(error)),
            };
            let target = match block.as_bytes_mut() {
                Ok(target) => target,
                Err(error) => return Ok(Err(error.into())),
            };
            let read = exposed.read_together(&site.group, |regions| {
                let sides = regions.iter().zip(&site.row_counts);
                let parts: Vec<Part<'_>> =
                    sides.map(|(bytes, count)| Part::Block { bytes, count: *count }).collect();
                let taken = gather(&indices, &parts, rows, site.part_of(rank), target);
                let elsewhere = taken.as_ref().copied().unwrap_or(0);
                (taken, rows.bytes(elsewhere))
            })?;
            Ok::<_, Error>(read.map_err(|error| self.indexed.named(error)))
        })?;
        worker.agree(Take::NAME, taken)?;
        Ok(())
    }

    /// Every rank sends the others the numbers of the rows it wants of them, and they send the rows.
    fn by_messages(
        &self,
        held: &Block,
        indices: Result<Option<Indices<'_>>, Error>,
        site: &Site,
        block: &mut Block,
    ) -> Result<(), Error> {
        let (worker, rank, size) = (self.worker, self.worker.rank(), self.worker.size());
        let (numbers, rows) = (site.numbers(), site.rows);
        let asked = indices.and_then(|indices| self.questions(indices, site));
        let Questions { indices, counts, list } = worker.agree(Take::NAME, asked)?;

        // Of itself a rank asks nothing.
        let from_others: Vec<usize> = site
            .group
            .iter()
            .zip(&counts)
            .map(|(owner, count)| if *owner == rank { 0 } else { *count })
            .collect();
        let mut wanted = vec![0; size];
        site.group.iter().zip(&from_others).for_each(|(owner, count)| wanted[*owner] = *count);
        let told = tell(worker, &wanted)?;
        let answered: usize = told.iter().sum();
        let to_come: usize = from_others.iter().sum();
        let room = || -> Result<[Buffer; 3], ElementError> {
            let pool = worker.pool();
            Ok([
                pool.allocate(answered * numbers.bytes())?,
                pool.allocate(rows.bytes(answered))?,
                pool.allocate(rows.bytes(to_come))?,
            ])
        };
        let [mut listed, mut answers, mut received] =
            worker.agree(Take::NAME, room().map_err(Error::from))?;

        let by_owner = |counts: &[usize], bytes: usize| {
            let size = |(owner, count): (&usize, &usize)| (*owner, *count * bytes);
            stretches(site.group.iter().zip(counts).map(size), rank)
        };
        let by_asker = |bytes: usize| stretches(told.iter().map(|count| count * bytes).enumerate(), rank);
        deliver(
            worker,
            list.as_ref().map_or(&[], Buffer::as_bytes),
            &by_owner(&counts, numbers.bytes()),
            listed.as_bytes_mut(),
            &by_asker(numbers.bytes()),
        )?;
        let found = gather_listed(
            held.as_bytes(),
            site.own_rows,
            rows,
            numbers,
            listed.as_bytes(),
            answers.as_bytes_mut(),
        );
        worker.agree(Take::NAME, found.map_err(Error::from))?;
        deliver(
            worker,
            answers.as_bytes(),
            &by_asker(rows.bytes(1)),
            received.as_bytes_mut(),
            &by_owner(&from_others, rows.bytes(1)),
        )?;
        let Some(indices) = indices else { return Ok(()) };
        let received = received.as_bytes();
        let mut start = 0;
        let mut parts = Vec::with_capacity(site.group.len());
        for ((owner, count), row_count) in site.group.iter().zip(&from_others).zip(&site.row_counts) {
            let end = start + rows.bytes(*count);
            parts.push(if *owner == rank {
                Part::Block { bytes: held.as_bytes(), count: *row_count }
            } else {
                Part::Answers(&received[start..end])
            });
            start = end;
        }
        gather(&indices, &parts, rows, site.part_of(rank), block.as_bytes_mut()?)?;
        Ok(())
    }

    /// The numbers of the rows that this rank wants, sorted by those who hold them.
    fn questions<'i>(&self, indices: Option<Indices<'i>>, site: &Site) -> Result<Questions<'i>, Error> {
        let Some(indices) = indices else {
            return Ok(Questions { indices: None, counts: Vec::new(), list: None });
        };
        let named = |error| self.indexed.named(error);
        let starts = bucket_starts(&count_by_part(&indices).map_err(named)?)?;
        let counts = starts.windows(2).map(|ends| ends[1] - ends[0]).collect();
        let mut list = self.worker.pool().allocate(indices.count() * site.numbers().bytes())?;
        let buckets = BucketsMut {
            starts: &starts,
            numbers: site.numbers(),
            rows: list.as_bytes_mut(),
            records: &mut [],
        };
        fill_buckets(&indices, buckets, None)?;
        Ok(Questions { indices: Some(indices), counts, list: Some(list) })
    }
}

/// What a rank wants to know.
struct Questions<'i> {
    indices: Option<Indices<'i>>,
    /// By part: how many rows.
    counts: Vec<usize>,
    /// The numbers of the rows.
    list: Option<Buffer>,
}

/// The shape of the places that a rank holds along the new axes.
fn places(shape: &[usize], indexed: &Indexed, ndim: usize, new: usize) -> Vec<usize> {
    let first = if ndim == indexed.count() { 0 } else { indexed.axis };
    shape[first..first + new].to_vec()
}
