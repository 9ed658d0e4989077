//! Stores: the memory that a pass writes.

use super::Update;
use super::boxes::Cuboid;
use crate::transfer::destination::Destination;
use crate::transfer::version::Version;
use crate::{AnyLocalArray, Error, Worker};
use distarray_core::Block;
use distarray_core::kernel::copy::c_strides;
use distarray_core::kernel::elementwise::Output;
use distarray_maps::Distribution;

/// Where the results of a pass go on one rank.
pub(super) enum Stores<'a> {
    /// Each into a block of its own.
    Blocks(Vec<Block>),
    /// One into a region of an array.
    Region(Version<'a>, Box<Destination>),
}

impl<'a> Stores<'a> {
    /// The region that `update` changes; with its elements as they are, if the program reads them.
    pub(super) fn region(
        mut version: Version<'a>,
        update: &Update,
        target: &Distribution,
        is_read: bool,
        worker: &Worker,
    ) -> Result<Self, Error> {
        let block = version.block()?;
        let mut destination = Destination::new(&update.region, target, block, worker)?;
        if let Destination::Scattered(scattered) = &mut destination
            && is_read
        {
            scattered.copy_from(block)?;
        }
        Ok(Stores::Region(version, Box::new(destination)))
    }

    /// The outputs within a box of the iteration space.
    pub(super) fn outputs(&mut self, cuboid: &Cuboid) -> Result<Vec<Output<'_>>, Error> {
        match self {
            Stores::Blocks(blocks) => blocks.iter_mut().map(|block| within(block, cuboid)).collect(),
            Stores::Region(version, destination) => Ok(vec![match &mut **destination {
                Destination::Strided(layout) => {
                    let (_, strides, offset) = layout.place();
                    output(version.block()?, cuboid, strides, offset)?
                }
                Destination::Scattered(scattered) => within(scattered.temporary(), cuboid)?,
            }]),
        }
    }

    /// The results, once all boxes are written.
    pub(super) fn finish(self, layout: &Distribution, rank: usize) -> Result<Vec<AnyLocalArray>, Error> {
        match self {
            Stores::Blocks(blocks) => {
                blocks.into_iter().map(|block| AnyLocalArray::new(layout.clone(), block, rank)).collect()
            }
            Stores::Region(mut version, destination) => {
                if let Destination::Scattered(scattered) = *destination {
                    scattered.copy_to(version.block()?)?;
                }
                Ok(vec![version.finish()])
            }
        }
    }
}

/// A box of all elements of a block.
fn within<'b>(block: &'b mut Block, cuboid: &Cuboid) -> Result<Output<'b>, Error> {
    let strides = c_strides(block.shape());
    output(block, cuboid, &strides, 0)
}

/// A box of elements that lie by `strides` from `offset` on.
fn output<'b>(
    block: &'b mut Block,
    cuboid: &Cuboid,
    strides: &[isize],
    offset: usize,
) -> Result<Output<'b>, Error> {
    let moved: isize =
        cuboid.starts.iter().zip(strides).map(|(start, stride)| start.cast_signed() * stride).sum();
    Ok(Output::region(block, &cuboid.lengths, strides, offset.wrapping_add_signed(moved))?)
}
