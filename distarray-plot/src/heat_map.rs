//! A two-dimensional array as a grid of coloured pixels.

use crate::error::PlotError;
use crate::palette::{Color, viridis};

/// The longest side of a picture, in pixels; larger arrays are averaged down to it.
const LONGEST_SIDE: usize = 1024;

/// Small arrays are enlarged as long as their longest side stays below this, in pixels.
const ENLARGED_SIDE: usize = 512;

/// The values at the ends of the palette.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ValueRange {
    /// The value of the darkest colour.
    pub least: f64,
    /// The value of the lightest colour.
    pub most: f64,
}

/// A picture of a two-dimensional array: rows from top to bottom, columns from left to right.
#[derive(Clone, Debug, PartialEq)]
pub struct HeatMap {
    width: usize,
    height: usize,
    /// Red, green and blue of each pixel, row after row.
    pixels: Vec<u8>,
    range: ValueRange,
}

impl ValueRange {
    /// From the least to the greatest finite value; from 0 to 0 if there is none.
    pub fn of(values: &[f64]) -> Self {
        let mut finite = values.iter().copied().filter(|value| value.is_finite());
        let Some(first) = finite.next() else {
            return Self { least: 0.0, most: 0.0 };
        };
        finite.fold(Self { least: first, most: first }, |range, value| Self {
            least: range.least.min(value),
            most: range.most.max(value),
        })
    }

    /// Where a value lies between the ends: 0 at the least, 1 at the most. Without extent, everything lies at 0.
    fn place(self, value: f64) -> f64 {
        // Halves, because the difference of the ends may overflow.
        let extent = self.most / 2.0 - self.least / 2.0;
        if value.is_infinite() {
            return if value > 0.0 { 1.0 } else { 0.0 };
        }
        if extent > 0.0 || value.is_nan() { (value / 2.0 - self.least / 2.0) / extent } else { 0.0 }
    }
}

impl HeatMap {
    /// Colours `values`, the rows of an array of `shape` (rows, columns) one after the other, from their least to
    /// their greatest finite value. NaN is grey.
    ///
    /// Small arrays are enlarged by a whole factor; of large ones each pixel shows the mean of a rectangle of elements
    /// (NaN left out), so that the picture has between about 256 and 1024 pixels on its longest side.
    ///
    /// # Errors
    /// [`PlotError::Empty`] without elements, [`PlotError::ValueCount`] if the values do not fill the shape.
    pub fn new(values: &[f64], shape: [usize; 2]) -> Result<Self, PlotError> {
        Self::with_range(values, shape, ValueRange::of(values))
    }

    /// The same with given ends of the palette; values outside get the colour of the nearer end.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_range(values: &[f64], shape: [usize; 2], range: ValueRange) -> Result<Self, PlotError> {
        let [rows, columns] = shape;
        if rows == 0 || columns == 0 {
            return Err(PlotError::Empty { rows, columns });
        }
        if rows.checked_mul(columns) != Some(values.len()) {
            return Err(PlotError::ValueCount { rows, columns, found: values.len() });
        }
        let cells = [rows.min(LONGEST_SIDE), columns.min(LONGEST_SIDE)];
        let scale = (ENLARGED_SIDE / cells[0].max(cells[1])).max(1);
        let mut picture = Self {
            width: cells[1] * scale,
            height: cells[0] * scale,
            pixels: Vec::with_capacity(3 * cells[0] * cells[1] * scale * scale),
            range,
        };
        for row in 0..cells[0] {
            let line_start = picture.pixels.len();
            for column in 0..cells[1] {
                let rectangle = [share(row, cells[0], rows), share(column, cells[1], columns)];
                let color = viridis(range.place(mean(values, columns, &rectangle)));
                (0..scale).for_each(|_| picture.pixels.extend(color));
            }
            let line_end = picture.pixels.len();
            (1..scale).for_each(|_| picture.pixels.extend_from_within(line_start..line_end));
        }
        Ok(picture)
    }

    /// Pixels per row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows of pixels.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The values at the ends of the palette.
    pub fn range(&self) -> ValueRange {
        self.range
    }

    /// The colour of a pixel; nothing outside the picture.
    pub fn color(&self, row: usize, column: usize) -> Option<Color> {
        let start = (row < self.height && column < self.width).then(|| 3 * (row * self.width + column))?;
        self.pixels.get(start..start + 3)?.try_into().ok()
    }

    /// Red, green and blue of each pixel, row after row.
    pub fn pixels(&self) -> &[u8] {
        &self.pixels
    }
}

/// The indices that cell `cell` of `cells` stands for, of an axis of `length`; at least one.
fn share(cell: usize, cells: usize, length: usize) -> std::ops::Range<usize> {
    cell * length / cells..(cell + 1) * length / cells
}

/// The mean of the numbers in a rectangle; NaN if there are none.
fn mean(values: &[f64], columns: usize, [rows, within]: &[std::ops::Range<usize>; 2]) -> f64 {
    let rectangle =
        rows.clone().flat_map(|row| &values[row * columns + within.start..row * columns + within.end]);
    let numbers = rectangle.filter(|value| !value.is_nan());
    let (mut count, mut mean) = (0.0, 0.0);
    for &value in numbers {
        count += 1.0;
        // A running mean stays within the values, where a sum might overflow.
        mean = if value.is_finite() { mean * ((count - 1.0) / count) + value / count } else { mean + value };
    }
    if count > 0.0 { mean } else { f64::NAN }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::palette::NOT_A_NUMBER;

    #[test]
    fn a_small_array_is_enlarged_by_a_whole_factor() {
        let map = HeatMap::new(&[0.0, 1.0, 2.0, f64::NAN, 0.0, 1.0], [2, 3]).unwrap();
        assert_eq!((map.width(), map.height()), (510, 340));
        assert_eq!(map.range(), ValueRange { least: 0.0, most: 2.0 });
        assert_eq!(map.color(0, 0), Some(viridis(0.0)));
        assert_eq!(map.color(169, 509), Some(viridis(1.0)));
        assert_eq!(map.color(170, 0), Some(NOT_A_NUMBER));
        assert_eq!(map.color(339, 340), Some(viridis(0.5)));
        assert_eq!(map.color(340, 0), None);
        assert_eq!(map.color(0, 510), None);
    }

    #[test]
    fn a_large_array_is_averaged() {
        let values: Vec<f64> = (0..4 * 2048).map(|index| f64::from(index % 2)).collect();
        let map = HeatMap::new(&values, [4, 2048]).unwrap();
        assert_eq!((map.width(), map.height()), (1024, 4));
        assert_eq!(map.color(3, 1023), Some(viridis(0.5)));
    }

    #[test]
    fn values_without_extent_or_without_number() {
        let constant = HeatMap::new(&[7.0; 4], [2, 2]).unwrap();
        assert_eq!(constant.color(0, 0), Some(viridis(0.0)));
        let nothing = HeatMap::new(&[f64::NAN; 4], [2, 2]).unwrap();
        assert_eq!(nothing.color(0, 0), Some(NOT_A_NUMBER));
        let infinite = HeatMap::new(&[f64::INFINITY, -f64::INFINITY, 1.0], [1, 3]).unwrap();
        assert_eq!(infinite.color(0, 0), Some(viridis(1.0)));
        assert_eq!(infinite.color(0, 200), Some(viridis(0.0)));
        let wide = HeatMap::new(&[f64::MAX, 0.0, f64::MIN], [1, 3]).unwrap();
        assert_eq!(wide.color(0, 200), Some(viridis(0.5)));
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        let error = HeatMap::new(&[1.0], [1, 2]).unwrap_err();
        assert_eq!(error.to_string(), "1 values cannot fill a picture of 1 rows and 2 columns");
        assert!(matches!(HeatMap::new(&[], [0, 2]), Err(PlotError::Empty { rows: 0, columns: 2 })));
        assert!(HeatMap::new(&[], [usize::MAX, usize::MAX]).is_err());
    }

    proptest! {
        #[test]
        fn every_shape_gets_a_picture_of_a_sensible_size(rows in 1usize..1500, columns in 1usize..20) {
            let map = HeatMap::new(&vec![1.0; rows * columns], [rows, columns]).unwrap();
            prop_assert_eq!(map.pixels().len(), 3 * map.width() * map.height());
            let longest = map.width().max(map.height());
            prop_assert!((257..=1024).contains(&longest));
        }
    }
}
