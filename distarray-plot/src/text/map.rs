//! The map of owners: one character per cell.

use distarray_maps::{AxisMap, Distribution};

use super::size::TextSize;
use super::words::symbol;
use crate::division::{Cell, Division};

/// How many slices of an array of more than two dimensions are shown.
const MOST_SLICES: usize = 4;

/// No slice is drawn with fewer lines than this.
const FEWEST_ROWS: usize = 4;

/// The owners along the last two axes, for a few slices of the axes before them.
pub(super) fn slices(distribution: &Distribution, size: TextSize) -> String {
    let axes = distribution.axes();
    let (leading, plane) = axes.split_at(axes.len().saturating_sub(2));
    let shown = leading_parts(leading);
    let hidden = slice_count(leading).saturating_sub(shown.len());

    let row_room = (size.rows / shown.len().max(1)).max(FEWEST_ROWS);
    let rows = if plane.len() == 2 { Some(Division::new(&plane[0], row_room)) } else { None };
    let columns = plane.last().map(|axis| Division::new(axis, size.columns));

    let mut text = String::new();
    for (position, parts) in shown.iter().enumerate() {
        if position > 0 {
            text.push('\n');
        }
        if !leading.is_empty() {
            text.push_str(&format!("{}:\n", slice_name(leading, parts)));
        }
        plane_map(&mut text, distribution, parts, rows.as_ref(), columns.as_ref());
    }
    if rows.iter().chain(&columns).any(|division| division.cells.contains(&Cell::Several)) {
        text.push_str("* stands for several engines\n");
    }
    if hidden > 0 {
        text.push_str(&format!("and {hidden} more slices like these\n"));
    }
    let per_cell: Vec<usize> =
        rows.iter().chain(&columns).map(|division| division.indices_per_cell).collect();
    if per_cell.iter().any(|&count| count > 1) {
        let sides: Vec<String> = per_cell.iter().map(ToString::to_string).collect();
        text.push_str(&format!("one character stands for {} elements\n", sides.join(" x ")));
    }
    text
}

/// One map: the lines of the rows, with dots where an axis is cut.
fn plane_map(
    text: &mut String,
    distribution: &Distribution,
    leading: &[usize],
    rows: Option<&Division>,
    columns: Option<&Division>,
) {
    let single = [Cell::Part(0)];
    let row_cells = rows.map_or(&single[..], |rows| &rows.cells);
    let column_cells = columns.map_or(&single[..], |columns| &columns.cells);
    for &row in row_cells {
        for &column in column_cells {
            let mut coords = leading.to_vec();
            let cells = [rows.map(|_| row), columns.map(|_| column)];
            let mut parts = cells.into_iter().flatten().map(|cell| match cell {
                Cell::Part(part) => Some(part),
                Cell::Several => None,
            });
            let known = parts.all(|part| part.map(|part| coords.push(part)).is_some());
            text.push(if known { symbol(distribution.grid().rank(&coords)) } else { '*' });
        }
        text.push_str(if columns.is_some_and(|columns| columns.is_cut) { " ...\n" } else { "\n" });
    }
    if rows.is_some_and(|rows| rows.is_cut) {
        text.push_str("...\n");
    }
}

/// The parts of the leading axes that hold anything, in all combinations, as far as they are shown.
fn leading_parts(leading: &[AxisMap]) -> Vec<Vec<usize>> {
    let mut combinations = vec![Vec::new()];
    for axis in leading {
        let parts = occupied_parts(axis).take(MOST_SLICES);
        let extended = parts.flat_map(|part| combinations.iter().map(move |parts| (parts, part)));
        let mut extended: Vec<Vec<usize>> =
            extended.map(|(parts, part)| parts.iter().copied().chain([part]).collect()).collect();
        extended.sort();
        extended.truncate(MOST_SLICES);
        combinations = extended;
    }
    combinations
}

fn occupied_parts(axis: &AxisMap) -> impl Iterator<Item = usize> + '_ {
    (0..axis.parts()).filter(|&part| axis.count(part) > 0)
}

/// How many combinations of parts the leading axes have.
fn slice_count(leading: &[AxisMap]) -> usize {
    let counts = leading.iter().map(|axis| occupied_parts(axis).count());
    counts.fold(1, |product: usize, count| product.saturating_mul(count))
}

/// `[0, 5, :, :]`: the first indices of the parts.
fn slice_name(leading: &[AxisMap], parts: &[usize]) -> String {
    let first = leading.iter().zip(parts).map(|(axis, &part)| axis.global(part, 0).unwrap_or(0).to_string());
    let all: Vec<String> = first.chain([":".to_owned(), ":".to_owned()]).collect();
    format!("[{}]", all.join(", "))
}
