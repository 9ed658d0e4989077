//! Whole arrays in the memory that an `ndarray` keeps.

use std::any::Any;

use distarray_core::{Block, CopyRun, Element, ElementError, Plain, Pool, dispatch};
use ndarray::{ArrayD, IxDyn};

use crate::error::RandomError;
use crate::generator::Generator;
use crate::kind::Kind;

impl Generator {
    /// An array of either kind; elements are made where they stay, but for truth values, which are copied once.
    pub(crate) fn array_of<T: Element>(
        &mut self,
        kind: &Kind,
        shape: &[usize],
    ) -> Result<ArrayD<T>, RandomError> {
        kind.check(T::DTYPE, shape)?;
        // Of `T`, which the compiler does not know to be one of those it stands for here.
        let made = dispatch!(T::DTYPE, Number(U) => self.elements::<U>(kind, shape));
        let same = |made: Box<dyn Any>| made.downcast::<Vec<T>>().ok();
        if let Some(elements) = made.ok().transpose()?.and_then(same) {
            let array = ArrayD::from_shape_vec(IxDyn(shape), *elements);
            return Ok(array.map_err(|_| too_large::<T>(shape))?);
        }
        let mut block = Block::uninit(T::DTYPE, shape, &Pool::new(None))?;
        let axes: Vec<Vec<CopyRun>> = shape.iter().map(|&length| vec![CopyRun::whole(length)]).collect();
        kind.fill(&mut block, &self.draw()?, shape, &axes)?;
        Ok(block.to_ndarray()?)
    }

    /// The elements of a whole array, as a `Vec<T>`.
    fn elements<T: Plain>(&mut self, kind: &Kind, shape: &[usize]) -> Result<Box<dyn Any>, RandomError> {
        let count = shape.iter().try_fold(1_usize, |count, &length| count.checked_mul(length));
        let bytes = count.and_then(|count| count.checked_mul(size_of::<T>()));
        let (Some(count), Some(bytes)) = (count, bytes.filter(|bytes| isize::try_from(*bytes).is_ok()))
        else {
            return Err(too_large::<T>(shape).into());
        };
        // Memory that is zero already is asked for in a way that cannot fail: whether there is some is asked before, of
        // something that the compiler must not leave out.
        let mut probe = std::hint::black_box(Vec::<T>::new());
        probe.try_reserve_exact(count).map_err(|_| ElementError::OutOfMemory {
            requested_bytes: bytes as u64,
            held_bytes: 0,
            limit_bytes: None,
        })?;
        drop(std::hint::black_box(probe));
        let mut elements = vec![T::ZERO; count];
        kind.fill_slice(&mut elements, &self.draw()?)?;
        Ok(Box::new(elements))
    }
}

fn too_large<T: Element>(shape: &[usize]) -> ElementError {
    ElementError::TooLarge { shape: shape.to_vec(), dtype: T::DTYPE }
}
