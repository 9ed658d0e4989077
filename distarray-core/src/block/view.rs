//! View: elements of a block that are reached by strides.

use ndarray::{ArrayViewD, Axis, IxDyn, ShapeBuilder};

use crate::block::Block;
use crate::buffer::Pool;
use crate::dtype::DType;
use crate::element::Element;
use crate::error::ElementError;
use crate::kernel::copy::{CopyRun, Region, Side, Strides, c_strides};

/// Some elements of a block, or all of them in another order: a shape, and strides over the block's bytes.
///
/// A view shares the bytes of its block. It never reaches beyond them: views are made of whole blocks and of other
/// views only.
#[derive(Clone, Debug)]
pub struct View {
    block: Block,
    shape: Vec<usize>,
    strides: Strides,
    offset: usize,
    is_derived: bool,
}

impl From<Block> for View {
    fn from(block: Block) -> View {
        View {
            shape: block.shape().to_vec(),
            strides: c_strides(block.shape()),
            offset: 0,
            is_derived: false,
            block,
        }
    }
}

impl View {
    /// The dtype of the elements.
    #[must_use]
    pub fn dtype(&self) -> DType {
        self.block.dtype()
    }

    /// The length of each axis.
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// The number of elements.
    #[must_use]
    pub fn size(&self) -> usize {
        crate::kernel::copy::size_of(&self.shape)
    }

    /// From one index of an axis to the next, in elements of [`View::storage`].
    #[must_use]
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// The place of the first element in [`View::storage`].
    #[must_use]
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// The bytes of the whole block.
    #[must_use]
    pub fn storage(&self) -> &[u8] {
        self.block.as_bytes()
    }

    /// Whether these are all elements of the block in C order.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.size() == self.block.size() && self.is_contiguous()
    }

    /// Whether it was made of another view, of all of its elements or not.
    #[must_use]
    pub fn is_derived(&self) -> bool {
        self.is_derived
    }

    /// Whether no clone and no other view shares the bytes.
    #[must_use]
    pub fn is_unique(&self) -> bool {
        self.block.is_unique()
    }

    /// The elements' bytes, if they lie one after the other in C order.
    #[must_use]
    pub fn contiguous_bytes(&self) -> Option<&[u8]> {
        let (item_bytes, size) = (self.dtype().size_bytes(), self.size());
        if size == 0 {
            return Some(&[]);
        }
        self.is_contiguous()
            .then(|| &self.storage()[self.offset * item_bytes..(self.offset + size) * item_bytes])
    }

    fn is_contiguous(&self) -> bool {
        let mut expected = 1;
        self.shape.contains(&0)
            || self.shape.iter().zip(&self.strides).rev().all(|(&length, &stride)| {
                let fits = length == 1 || stride == expected;
                expected *= length.cast_signed();
                fits
            })
    }

    /// `count` indices of an axis, from `start` on, `step` apart.
    ///
    /// # Errors
    /// [`ElementError::RunOutOfRange`] for indices beyond the axis, or an axis that is not there.
    pub fn slice(&self, axis: usize, start: usize, step: isize, count: usize) -> Result<View, ElementError> {
        let length = self.shape.get(axis).copied().unwrap_or(0);
        let last = start as i128 + step as i128 * (count as i128 - 1);
        for index in [start as i128, last] {
            if count > 0 && (index < 0 || index >= length as i128) {
                return Err(ElementError::RunOutOfRange { axis, index, length });
            }
        }
        let mut view = View { is_derived: true, ..self.clone() };
        if count > 0 {
            view.offset =
                self.offset.wrapping_add_signed(self.strides[axis].wrapping_mul(start.cast_signed()));
        }
        if let Some(length) = view.shape.get_mut(axis) {
            *length = count;
            view.strides[axis] = self.strides[axis].wrapping_mul(step);
        }
        Ok(view)
    }

    /// The elements at one index of an axis, without that axis.
    ///
    /// # Errors
    /// As [`View::slice`].
    pub fn at(&self, axis: usize, index: usize) -> Result<View, ElementError> {
        let mut view = self.slice(axis, index, 1, 1)?;
        view.shape.remove(axis);
        view.strides.remove(axis);
        Ok(view)
    }

    /// With one more axis before `axis`, along which the elements stand `length` times.
    ///
    /// # Errors
    /// [`ElementError::AxisCount`] if there are not so many axes.
    pub fn with_axis(&self, axis: usize, length: usize) -> Result<View, ElementError> {
        if axis > self.shape.len() {
            return Err(ElementError::AxisCount { expected: self.shape.len(), found: axis });
        }
        let mut view = View { is_derived: true, ..self.clone() };
        view.shape.insert(axis, length);
        view.strides.insert(axis, 0);
        Ok(view)
    }

    /// With its axes in another order: axis `k` is axis `axes[k]` of this one.
    ///
    /// # Errors
    /// [`ElementError::AxisCount`] if `axes` are not all axes, each once.
    pub fn permuted(&self, axes: &[usize]) -> Result<View, ElementError> {
        let ndim = self.shape.len();
        if axes.len() != ndim || (0..ndim).any(|axis| !axes.contains(&axis)) {
            return Err(ElementError::AxisCount { expected: ndim, found: axes.len() });
        }
        let mut view = View { is_derived: true, ..self.clone() };
        view.shape = axes.iter().map(|&axis| self.shape[axis]).collect();
        view.strides = axes.iter().map(|&axis| self.strides[axis]).collect();
        Ok(view)
    }

    /// The elements whose last two indices are equal; the last axis of the result counts them.
    ///
    /// # Errors
    /// [`ElementError::ShapeMismatch`] if the last two axes are not equally long, [`ElementError::AxisCount`] if there are
    /// none.
    pub fn diagonal(&self) -> Result<View, ElementError> {
        let &[.., rows, columns] = &self.shape[..] else {
            return Err(ElementError::AxisCount { expected: 2, found: self.shape.len() });
        };
        if rows != columns {
            return Err(ElementError::ShapeMismatch {
                expected: vec![rows, rows],
                found: vec![rows, columns],
            });
        }
        let mut view = View { is_derived: true, ..self.clone() };
        view.shape.pop();
        let step = view.strides.pop().unwrap_or(0);
        if let Some(last) = view.strides.last_mut() {
            *last = last.wrapping_add(step);
        }
        Ok(view)
    }

    /// The elements as a block: the block itself if these are all of it, a copy in memory of `pool` otherwise.
    ///
    /// # Errors
    /// [`ElementError::OutOfMemory`].
    pub fn to_block(&self, pool: &Pool) -> Result<Block, ElementError> {
        if self.is_whole() {
            return self.block.reshape(&self.shape);
        }
        let mut copy = Block::uninit(self.dtype(), &self.shape, pool)?;
        self.copy_to(copy.as_bytes_mut()?)?;
        Ok(copy)
    }

    /// As [`View::to_block`]; gives the block away if these are all of it.
    ///
    /// # Errors
    /// As there.
    pub fn into_block(self, pool: &Pool) -> Result<Block, ElementError> {
        if self.block.shape() == self.shape && self.is_whole() {
            return Ok(self.block);
        }
        self.to_block(pool)
    }

    /// Copies the elements in C order.
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`] if the target has another size.
    pub fn copy_to(&self, target: &mut [u8]) -> Result<(), ElementError> {
        let axes: Vec<[CopyRun; 1]> = self.shape.iter().map(|&length| [CopyRun::whole(length)]).collect();
        let source = self.side();
        Region::of_sides(self.dtype().size_bytes(), &source, &Side::c_order(&self.shape), &axes)?
            .copy(self.storage(), target)
    }

    /// As a side of a [`Region`].
    #[must_use]
    pub fn side(&self) -> Side<'_> {
        Side {
            shape: &self.shape,
            strides: self.strides.clone(),
            offset: self.offset,
            size: self.block.size(),
        }
    }

    /// The block, to be changed, if these are all of its elements; a copy takes its place otherwise.
    ///
    /// # Errors
    /// [`ElementError::OutOfMemory`]; the view is as before.
    pub fn block_mut(&mut self, pool: &Pool) -> Result<&mut Block, ElementError> {
        if self.block.shape() != self.shape || !self.is_whole() {
            *self = View::from(self.to_block(pool)?);
        }
        Ok(&mut self.block)
    }

    /// The elements as an `ndarray` view.
    ///
    /// # Errors
    /// As [`Block::as_slice`].
    pub fn view<T: Element>(&self) -> Result<ArrayViewD<'_, T>, ElementError> {
        let elements = self.block.as_slice::<T>()?;
        let mismatch = || ElementError::ShapeMismatch {
            expected: self.block.shape().to_vec(),
            found: self.shape.clone(),
        };
        if self.shape.contains(&0) {
            return ArrayViewD::from_shape(IxDyn(&self.shape), &[]).map_err(|_| mismatch());
        }
        // `ndarray` checks strides that are not negative; the others are turned round afterwards.
        let mut first = self.offset;
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            if stride < 0 {
                first = first.wrapping_add_signed(stride * (length.cast_signed() - 1));
            }
        }
        let strides: Vec<usize> = self.strides.iter().map(|stride| stride.unsigned_abs()).collect();
        let elements = elements.get(first..).ok_or_else(mismatch)?;
        let shape = IxDyn(&self.shape).strides(IxDyn(&strides));
        let mut view = ArrayViewD::from_shape(shape, elements).map_err(|_| mismatch())?;
        for (axis, stride) in self.strides.iter().enumerate() {
            if *stride < 0 {
                view.invert_axis(Axis(axis));
            }
        }
        Ok(view)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::{ArrayD, Slice};

    fn counted(shape: &[usize]) -> (View, ArrayD<i32>) {
        let size: usize = shape.iter().product();
        let array = ArrayD::from_shape_vec(shape, (0..).take(size).collect()).expect("as many elements");
        (View::from(Block::from_ndarray(array.view(), &Pool::new(None)).expect("memory")), array)
    }

    #[track_caller]
    fn agree(view: &View, array: &ArrayD<i32>) {
        assert_eq!(view.shape(), array.shape());
        assert_eq!(view.view::<i32>().expect("the dtype"), array.view());
        let block = view.to_block(&Pool::new(None)).expect("memory");
        assert_eq!(block.view::<i32>().expect("the dtype"), array.view());
        if let Some(bytes) = view.contiguous_bytes() {
            assert_eq!(bytes, block.as_bytes());
        }
    }

    #[test]
    fn views_of_views_agree_with_ndarray() {
        let (view, array) = counted(&[4, 5, 6]);
        agree(&view, &array);
        for (start, step, count) in [(0, 1, 5), (1, 2, 2), (4, -1, 5), (3, -2, 2), (2, 1, 1), (2, 1, 0)] {
            let sliced = view.slice(1, start, step, count).expect("indices within the axis");
            let stop = (start as isize + step.abs() * count as isize).min(5);
            let model = if step > 0 {
                array.slice_axis(Axis(1), Slice::new(start as isize, Some(stop), step)).to_owned()
            } else {
                let indices: Vec<usize> =
                    (0..count).map(|place| start.wrapping_add_signed(step * place as isize)).collect();
                array.select(Axis(1), &indices)
            };
            agree(&sliced, &model);
            let turned = sliced.permuted(&[2, 0, 1]).expect("all axes");
            let turned_model = model.clone().permuted_axes(vec![2, 0, 1]).as_standard_layout().to_owned();
            agree(&turned, &turned_model);
            let plane = turned.at(0, 3).expect("an index within the axis");
            agree(&plane, &turned_model.index_axis(Axis(0), 3).to_owned());
            let repeated = plane.with_axis(1, 3).expect("an axis");
            let model = turned_model.index_axis(Axis(0), 3).insert_axis(Axis(1));
            let shape = [plane.shape()[0], 3, plane.shape()[1]];
            agree(&repeated, &model.broadcast(&shape[..]).expect("one row").to_owned());
        }
    }

    #[test]
    fn whole_views_give_their_block_and_others_a_copy() {
        let (view, _) = counted(&[3, 4]);
        let pool = Pool::new(None);
        assert!(view.is_whole());
        assert!(view.to_block(&pool).expect("memory").shares_storage_with(&view.block));
        let rows = view.slice(0, 1, 1, 2).expect("rows");
        assert!(!rows.is_whole() && rows.contiguous_bytes().is_some());
        let columns = view.slice(1, 1, 1, 2).expect("columns");
        assert!(columns.contiguous_bytes().is_none());
        assert!(!columns.to_block(&pool).expect("memory").shares_storage_with(&view.block));
    }

    #[test]
    fn a_diagonal_of_planes_agrees_with_ndarray() {
        let (view, array) = counted(&[2, 3, 4]);
        let square = view.slice(2, 1, 1, 3).expect("three columns");
        let expected = ArrayD::from_shape_fn(&[2, 3][..], |at| array[[at[0], at[1], at[1] + 1]]);
        agree(&square.diagonal().expect("a square"), &expected);
        assert!(view.diagonal().is_err());
    }

    #[test]
    fn what_is_not_there_is_refused() {
        let (view, _) = counted(&[3, 4]);
        assert!(view.slice(1, 2, 1, 3).is_err());
        assert!(view.slice(1, 2, -1, 4).is_err());
        assert!(view.slice(2, 0, 1, 1).is_err());
        assert!(view.at(0, 3).is_err());
        assert!(view.with_axis(3, 1).is_err());
        assert!(view.permuted(&[0, 0]).is_err());
        assert!(view.slice(1, 4, 1, 0).is_ok());
    }
}
