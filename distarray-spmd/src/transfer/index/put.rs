//! Putting: values set, added or compared at the places that index arrays name.

use super::buckets::{Buckets, Layout};
use super::deliver::{Stretch, deliver, tell};
use super::site::in_one_process;
use super::take::first;
use super::{Indexed, Site, blocks};
use crate::transfer::redistribute::redistribute;
use crate::transfer::version::Version;
use crate::{AnyLocalArray, ArrayMeta, Cost, Error, Inferred, Input, Operation, Worker};
use distarray_comm::SameMemory;
use distarray_core::kernel::select::{Indices, Rows, RowsMut, Scatter};
use distarray_core::{Block, Buffer, ElementError, View};
use distarray_maps::Distribution;
use serde::{Deserialize, Serialize};

/// Changes an array at the places that index arrays name along neighbouring axes.
///
/// Inputs: the array, the values, and the index arrays, as [`Take`](super::Take) has them. The values have the array's
/// dtype and broadcast to the shape that taking would give. The result lies as the array does; the array itself is
/// changed if nobody else needs it.
///
/// Values come to an element in the C order of the index arrays, wherever these lie: of several that are set the last
/// stays, and a sum has the same bits for any number of ranks. Nothing is changed unless all indices are within their
/// axes and all ranks have the memory they need.
///
/// # Cost
/// Index arrays and values are moved to even blocks over the ranks first, unless they lie so; then every rank sends the
/// others what is for their part: 4 bytes (8 for parts of 2^32 rows or more) and the values for each place. Threads read
/// it from each other instead.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Put {
    /// Which axes are indexed.
    pub indexed: Indexed,
    /// What becomes of the elements.
    pub mode: Scatter,
}

impl Put {
    /// How the index arrays and the values must lie: the result of taking, and how many axes are the index arrays'.
    fn target(
        &self,
        array: &ArrayMeta,
        values: &ArrayMeta,
        indices: &[&ArrayMeta],
    ) -> Result<(Distribution, usize), Error> {
        let broadcast = self.indexed.broadcast(array, indices)?;
        if values.dtype != array.dtype {
            return Err(Error::DType { found: values.dtype.name(), expected: array.dtype.name() });
        }
        let target = self.indexed.gathered(array, broadcast.shape())?;
        target.for_operand(values.shape()).map_err(|_| Error::ValueShape {
            found: values.shape().to_vec(),
            indexed: target.shape().to_vec(),
        })?;
        Ok((target, broadcast.ndim()))
    }
}

impl Operation for Put {
    const NAME: &'static str = "put";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let (array, others) = first(Self::NAME, inputs)?;
        let (values, indices) = first(Self::NAME, others)?;
        self.target(array, values, indices)?;
        Ok(vec![Inferred::Known((*array).clone())])
    }

    fn cost(&self, _: &[&ArrayMeta], _: usize, _: usize, _: SameMemory) -> Cost {
        Cost::depends_on_data()
    }

    fn updates(&self) -> bool {
        true
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let mut inputs = inputs.into_iter();
        let missing = || Error::InputCount { operation: Self::NAME.to_owned(), found: 0, expected: 3 };
        let array = inputs.next().ok_or_else(missing)?;
        let values = inputs.next().ok_or_else(missing)?.into_array();
        let indices: Vec<AnyLocalArray> = inputs.map(Input::into_array).collect();
        let metas: Vec<ArrayMeta> = indices.iter().map(AnyLocalArray::meta).collect();
        let (target, new) =
            self.target(&array.array().meta(), &values.meta(), &metas.iter().collect::<Vec<_>>())?;
        let indices = self.indexed.gathered_indices(&indices, &target, new, worker)?;
        let shape = values.shape();
        let is_single = values.distribution().size() == 1;
        let needed = if is_single {
            Distribution::replicated(shape, worker.size())
        } else {
            target.for_operand(shape)
        };
        let values = redistribute(&values, &needed?, worker)?;
        Ok(vec![Putting { put: self, target: &target, new, worker }.run(array, &values, &indices)?])
    }
}

/// One rank's part in putting.
struct Putting<'a> {
    put: &'a Put,
    target: &'a Distribution,
    new: usize,
    worker: &'a Worker,
}

impl Putting<'_> {
    fn run(
        &self,
        array: Input<'_>,
        values: &AnyLocalArray,
        indices: &[AnyLocalArray],
    ) -> Result<AnyLocalArray, Error> {
        let (worker, rank) = (self.worker, self.worker.rank());
        let (source, dtype) = (array.array().distribution().clone(), array.array().dtype());
        let site = Site::new(&self.put.indexed, &source, self.target, self.new, dtype.size_bytes(), rank);
        let is_single = values.distribution().size() == 1;
        let prepared = self.buckets(values.view(), is_single, indices, &site).and_then(|buckets| {
            let single = if is_single { Some(values.to_block(worker.pool())?) } else { None };
            Ok((buckets, single, Version::of(array, worker)?))
        });
        let (buckets, single, mut version) = worker.agree(Put::NAME, prepared)?;
        let single = single.as_ref().map(Block::as_bytes);
        let own =
            RowsMut { dtype, bytes: version.block()?.as_bytes_mut()?, count: site.own_rows, rows: site.rows };
        if in_one_process(worker)? {
            self.directly(own, &buckets, single, &site)?;
        } else {
            self.by_messages(own, &buckets, single, &site)?;
        }
        Ok(version.finish())
    }

    /// What this rank's places have for each part.
    fn buckets(
        &self,
        values: &View,
        is_single: bool,
        indices: &[AnyLocalArray],
        site: &Site,
    ) -> Result<Buckets, Error> {
        let (worker, indexed) = (self.worker, &self.put.indexed);
        if site.group.is_empty() {
            return Buckets::empty(site, worker);
        }
        let shape = self.target.local_shape(worker.rank());
        let arrays = blocks(indices, worker)?;
        let places = &shape[indexed.axis..indexed.axis + self.new];
        let indices = match &arrays[..] {
            [array] if indexed.is_flat => Indices::flat(places, array, &site.lookups)?,
            arrays => Indices::new(places, arrays, &site.lookups)?,
        };
        let values = if is_single { None } else { Some(broadcast(values, &shape)?.to_block(worker.pool())?) };
        let values = values.as_ref().map(Block::as_bytes);
        Buckets::fill(&indices, values, site, worker).map_err(|error| indexed.named(error))
    }

    /// Every rank looks into the buckets of the others.
    fn directly(
        &self,
        mut own: RowsMut<'_>,
        buckets: &Buckets,
        single: Option<&[u8]>,
        site: &Site,
    ) -> Result<(), Error> {
        let (worker, rank) = (self.worker, self.worker.rank());
        let others: Vec<usize> = site.group.iter().copied().filter(|other| *other != rank).collect();
        let record_bytes = self.record_bytes(single, site.rows);
        worker.comm().expose(buckets.memory.as_bytes(), &others, &others, |exposed| {
            let Some(part) = site.part_of(rank) else { return Ok(()) };
            let done = exposed.read_together(&site.group, |regions| {
                let mut read_bytes = 0;
                let mut scatter = |region: &[u8], is_own: bool| {
                    let layout = Layout::read(region, site.group.len(), site.numbers(), record_bytes)?;
                    if !is_own {
                        read_bytes += layout.rows(part).len() + layout.records(part).len();
                    }
                    own.scatter(self.put.mode, &layout.listed(region, part, single))
                };
                let done = regions
                    .iter()
                    .zip(&site.group)
                    .try_for_each(|(region, member)| scatter(region, *member == rank));
                (done, read_bytes)
            })?;
            Ok::<(), Error>(done?)
        })
    }

    fn record_bytes(&self, single: Option<&[u8]>, rows: Rows) -> usize {
        if single.is_some() { 0 } else { rows.bytes(1) }
    }

    /// Every rank sends the others what it has for them.
    fn by_messages(
        &self,
        mut own: RowsMut<'_>,
        buckets: &Buckets,
        single: Option<&[u8]>,
        site: &Site,
    ) -> Result<(), Error> {
        let (worker, rank) = (self.worker, self.worker.rank());
        let mut counts = vec![0; worker.size()];
        for (part, member) in site.group.iter().enumerate() {
            counts[*member] = if *member == rank { 0 } else { buckets.layout.count(part) };
        }
        let told = tell(worker, &counts)?;
        // In the order of the parts, which is that of the places.
        let received: Vec<u64> = site.group.iter().map(|member| told[*member] as u64).collect();
        let room = || -> Result<(Layout, Buffer), ElementError> {
            let layout = Layout::new(&received, site.numbers(), self.record_bytes(single, site.rows))?;
            let room = layout.room(worker)?;
            Ok((layout, room))
        };
        let (layout, mut memory) = worker.agree(Put::NAME, room().map_err(Error::from))?;
        let stretches = |layout: &Layout| {
            let both = |(part, member): (usize, &usize)| {
                [layout.rows(part), layout.records(part)].map(|bytes| Stretch { rank: *member, bytes })
            };
            let all = site.group.iter().enumerate().filter(|(_, member)| **member != rank).flat_map(both);
            all.filter(|stretch| !stretch.bytes.is_empty()).collect::<Vec<Stretch>>()
        };
        deliver(
            worker,
            buckets.memory.as_bytes(),
            &stretches(&buckets.layout),
            memory.as_bytes_mut(),
            &stretches(&layout),
        )?;
        let Some(part) = site.part_of(rank) else { return Ok(()) };
        for (from, member) in site.group.iter().enumerate() {
            let listed = if *member == rank {
                buckets.layout.listed(buckets.memory.as_bytes(), part, single)
            } else {
                layout.listed(memory.as_bytes(), from, single)
            };
            own.scatter(self.put.mode, &listed)?;
        }
        Ok(())
    }
}

/// A view repeated along axes in front and along axes of one index, as NumPy broadcasts.
fn broadcast(view: &View, shape: &[usize]) -> Result<View, ElementError> {
    let mut view = view.clone();
    for length in shape[..shape.len() - view.shape().len()].iter().rev() {
        view = view.with_axis(0, *length)?;
    }
    for (axis, &length) in shape.iter().enumerate() {
        if view.shape()[axis] == 1 && length != 1 {
            view = view.at(axis, 0)?.with_axis(axis, length)?;
        }
    }
    Ok(view)
}
