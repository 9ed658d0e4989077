//! Layout: how the elements of a view lie in memory, and how that is told to another rank.

use distarray_core::View;
use distarray_core::kernel::copy::{Side, Strides, c_strides, size_of};

/// How elements lie in memory: what a [`View`] knows beside its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Layout {
    shape: Vec<usize>,
    strides: Strides,
    offset: usize,
    /// Elements of the whole memory.
    size: usize,
}

impl Layout {
    /// All elements of a block in C order.
    pub(crate) fn c_order(shape: &[usize]) -> Layout {
        let (strides, size) = (c_strides(shape), size_of(shape));
        Layout { shape: shape.to_vec(), strides, offset: 0, size }
    }

    /// How the elements of a view lie in its storage.
    pub(crate) fn of(view: &View) -> Layout {
        let side = view.side();
        Layout { shape: side.shape.to_vec(), strides: side.strides, offset: side.offset, size: side.size }
    }

    /// All elements of a block in C order that begins at element `offset` of a memory of `size` elements.
    pub(crate) fn within(shape: &[usize], offset: usize, size: usize) -> Layout {
        Layout { offset, size, ..Layout::c_order(shape) }
    }

    /// Shape, strides, and the place of the first element.
    pub(crate) fn place(&self) -> (&[usize], &[isize], usize) {
        (&self.shape, &self.strides, self.offset)
    }

    /// As a side of a region.
    pub(crate) fn side(&self) -> Side<'_> {
        let Layout { shape, strides, offset, size } = self;
        Side { shape, strides: strides.clone(), offset: *offset, size: *size }
    }

    /// What a rank says of the region it exposes: nothing of a block in C order, offset and strides of a view.
    pub(crate) fn label(view: &View) -> Vec<u8> {
        if view.is_whole() {
            return Vec::new();
        }
        let offset = (view.offset() as u64).to_le_bytes();
        offset
            .into_iter()
            .chain(view.strides().iter().flat_map(|stride| (*stride as i64).to_le_bytes()))
            .collect()
    }

    /// What [`Layout::label`] said of the elements of `shape` in a memory of `size` elements. Whoever reads by it has
    /// it checked against the memory.
    pub(crate) fn read(label: &[u8], shape: Vec<usize>, size: usize) -> Layout {
        let number = |word: &[u8; 8]| isize::try_from(i64::from_le_bytes(*word)).unwrap_or(isize::MAX);
        let mut words = label.as_chunks::<8>().0.iter().map(number);
        match words.next() {
            None => Layout { strides: c_strides(&shape), offset: 0, shape, size },
            Some(offset) => Layout { strides: words.collect(), offset: offset.cast_unsigned(), shape, size },
        }
    }

    /// Whether neighbours along the last axis are neighbours in memory.
    pub(crate) fn has_rows(&self) -> bool {
        self.shape.last().is_none_or(|length| *length <= 1) || self.strides.last() == Some(&1)
    }

    /// Strides and offset in bytes.
    pub(crate) fn in_bytes(&self, item_bytes: usize) -> (Strides, usize) {
        let item = item_bytes.cast_signed();
        (self.strides.iter().map(|stride| stride * item).collect(), self.offset * item_bytes)
    }
}
