//! A local block with its ghost cells around it, for users who act on their own part.

use super::halo::{HaloExchange, direct_bytes};
use crate::{Error, LocalArray, Worker};
use distarray_comm::SameMemory;
use distarray_core::kernel::bytes::repeat;
use distarray_core::{Block, Element, Scalar};
use distarray_maps::{Boundary, Distribution, Halo, Margin};
use ndarray::{ArrayViewD, ArrayViewMutD, Slice};
use std::marker::PhantomData;

/// Name of the exchange in errors.
const NAME: &str = "with_halo";

/// One rank's share of an array, with ghost cells around it.
///
/// The ghost cells are copies: they are as old as the exchange that brought them, and changing them changes no other
/// rank's elements. They belong to this block, not to the array: its distribution knows nothing of them.
#[derive(Clone, Debug)]
pub struct WithHalo<T: Element> {
    halo: Halo,
    padded: Block,
    worker: Worker,
    element: PhantomData<T>,
}

impl<T: Element> LocalArray<T> {
    /// This rank's elements with ghost cells around them, as `margins` say; cells beyond a [`Boundary::Constant`] are
    /// `constant`. **Collective** over all ranks.
    ///
    /// # Errors
    /// [`Error::Map`] for an axis along which elements have no neighbours on their rank, or another number of margins than
    /// axes; memory refused on any rank.
    ///
    /// # Cost
    /// A copy of the own elements; ghost cells are copied straight from neighbours in the same process, or one
    /// message is sent to each neighbour.
    ///
    /// # Example
    /// ```
    /// # use distarray_comm::threads;
    /// # use distarray_maps::{Boundary, Distribution, Margin};
    /// # use distarray_spmd::{LocalArray, Worker};
    /// let padded = threads::run(2, |comm| {
    ///     let worker = Worker::new(&comm);
    ///     let line = Distribution::from_spec(&[6], &"b".parse()?, 2)?;
    ///     let counted = LocalArray::<i32>::from_function(&line, &worker, |index| index[0] as i32)?;
    ///     let with_halo = counted.with_halo(&[Margin::even(1, Boundary::Reflect)], 0)?;
    ///     Ok::<_, distarray_spmd::Error>(with_halo.padded()?.to_owned())
    /// })?;
    /// assert_eq!(padded[0], ndarray::arr1(&[1, 0, 1, 2, 3]).into_dyn());
    /// assert_eq!(padded[1], ndarray::arr1(&[2, 3, 4, 5, 4]).into_dyn());
    /// # Ok::<(), distarray_spmd::Error>(())
    /// ```
    pub fn with_halo(&self, margins: &[Margin], constant: T) -> Result<WithHalo<T>, Error> {
        let worker = self.worker();
        let halo = Halo::new(self.distribution(), margins)?;
        let (rank, item_bytes) = (worker.rank(), T::DTYPE.size_bytes());
        let share = halo.share(rank);
        let reach = |peer| worker.reach(peer).unwrap_or(SameMemory::No);
        let prepare = || {
            let block = self.as_any().to_block(worker.pool())?;
            let room = worker.pool().allocate(direct_bytes(&share, item_bytes, reach))?;
            let mut padded = Block::uninit(T::DTYPE, &halo.padded_shape(rank), worker.pool())?;
            if margins.iter().any(|margin| margin.boundary == Boundary::Constant) {
                repeat(&Into::<Scalar>::into(constant), padded.as_bytes_mut()?);
            }
            Ok((block, room, padded))
        };
        let exchange = |block| HaloExchange { halo: &halo, share: &share, item_bytes, block };
        let outcome = match prepare() {
            Err(error) => exchange(None).run(worker, &mut [], |_| Err(error)),
            Ok((block, mut room, mut padded)) => exchange(Some(&block))
                .run(worker, room.as_bytes_mut(), |ghosts| {
                    ghosts.wait()?;
                    let shape = padded.shape().to_vec();
                    ghosts.fill(&vec![0; shape.len()], &shape, padded.as_bytes_mut()?)
                })
                .map(|()| padded),
        };
        let padded = if halo.communicates() { worker.agree(NAME, outcome)? } else { outcome? };
        Ok(WithHalo { halo, padded, worker: worker.clone(), element: PhantomData })
    }
}

impl<T: Element> WithHalo<T> {
    /// Where the elements of the whole array lie. **Local.**
    #[must_use]
    pub fn distribution(&self) -> &Distribution {
        self.halo.distribution()
    }

    /// How many ghost cells stand before the first own element along each axis. **Local.**
    #[must_use]
    pub fn before(&self) -> Vec<usize> {
        self.halo.before(self.worker.rank())
    }

    /// This rank's elements and the ghost cells around them. **Local.**
    ///
    /// # Errors
    /// None for blocks made by this crate.
    pub fn padded(&self) -> Result<ArrayViewD<'_, T>, Error> {
        Ok(self.padded.view::<T>()?)
    }

    /// The same, to change. **Local.**
    ///
    /// # Errors
    /// Memory refused, if a clone shares the cells.
    pub fn padded_mut(&mut self) -> Result<ArrayViewMutD<'_, T>, Error> {
        Ok(self.padded.view_mut::<T>()?)
    }

    /// This rank's elements alone. **Local.**
    ///
    /// # Errors
    /// None for blocks made by this crate.
    pub fn own(&self) -> Result<ArrayViewD<'_, T>, Error> {
        let own = self.own_slices();
        let mut view = self.padded.view::<T>()?;
        view.slice_each_axis_inplace(|axis| own[axis.axis.index()]);
        Ok(view)
    }

    /// This rank's elements alone, to change. **Local.**
    ///
    /// # Errors
    /// Memory refused, if a clone shares the cells.
    pub fn own_mut(&mut self) -> Result<ArrayViewMutD<'_, T>, Error> {
        let own = self.own_slices();
        let mut view = self.padded.view_mut::<T>()?;
        view.slice_each_axis_inplace(|axis| own[axis.axis.index()]);
        Ok(view)
    }

    /// This rank's elements as an array again, without ghost cells: to exchange them anew, say. **Local.**
    ///
    /// # Errors
    /// Memory refused.
    pub fn to_array(&self) -> Result<LocalArray<T>, Error> {
        LocalArray::from_local(self.distribution(), self.own()?, &self.worker)
    }

    fn own_slices(&self) -> Vec<Slice> {
        let shape = self.distribution().local_shape(self.worker.rank());
        let slice = |(before, count): (usize, &usize)| Slice::from(before..before + count);
        self.before().into_iter().zip(&shape).map(slice).collect()
    }
}
