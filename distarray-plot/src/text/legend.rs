//! What stands around the map: shape and grid above it, each engine's share below.

use distarray_maps::Distribution;

use super::words::{symbol, tuple};

/// How many engines the legend lists.
const MOST_ENGINES: usize = 16;

/// How many copies of a part are named.
const MOST_COPIES: usize = 8;

/// Shape, kinds of axes and grid.
pub(super) fn headline(distribution: &Distribution) -> String {
    let grid = distribution.grid();
    let shape = tuple(distribution.shape());
    let (parts, copies) = (grid.primary_count(), grid.copy_count());
    if parts == 1 && copies == 1 {
        let rank = grid.primaries().next().unwrap_or(0);
        return format!("shape {shape}, all of it on engine {rank}");
    }
    if parts == 1 {
        return format!("shape {shape}, each of {copies} engines holds a copy of all of it");
    }
    let extents: Vec<String> = grid.shape().iter().map(ToString::to_string).collect();
    let (kinds, extents) = (distribution.text(), extents.join(" x "));
    let engines = grid.rank_count();
    let grid_text = if distribution.ndim() == 1 { String::new() } else { format!("a {extents} grid of ") };
    let copies_text = if copies > 1 { format!(", every part on {copies} of them") } else { String::new() };
    format!("shape {shape}, distribution {kinds} on {grid_text}{engines} engines{copies_text}")
}

/// One line per engine: its symbol, its part and what it holds.
pub(super) fn shares(distribution: &Distribution) -> String {
    let grid = distribution.grid();
    let count = grid.primary_count();
    let listed: Vec<[String; 4]> =
        grid.primaries().take(MOST_ENGINES).map(|rank| share(distribution, rank)).collect();
    let mut widths = [0; 4];
    for line in &listed {
        for (width, field) in widths.iter_mut().zip(line) {
            *width = field.len().max(*width);
        }
    }
    let mut text = String::new();
    for [name, shape, size, copies] in &listed {
        let line = format!(
            "{name:<name_width$}  holds {shape:<shape_width$}  {size:>size_width$}{copies}",
            name_width = widths[0],
            shape_width = widths[1],
            size_width = widths[2],
        );
        text.push_str(line.trim_end());
        text.push('\n');
    }
    if count > MOST_ENGINES {
        text.push_str(&format!("and {} more engines\n", count - MOST_ENGINES));
    }
    text
}

/// The fields of one line: name, local shape, number of elements, copies.
fn share(distribution: &Distribution, rank: usize) -> [String; 4] {
    let grid = distribution.grid();
    let elements = match distribution.local_size(rank) {
        1 => "1 element ".to_owned(),
        count => format!("{count} elements"),
    };
    let coords = grid.coords(rank).unwrap_or_default();
    let others: Vec<String> = grid
        .copies_of(&coords)
        .filter(|&copy| copy != rank)
        .take(MOST_COPIES)
        .map(|copy| copy.to_string())
        .collect();
    let more = if grid.copy_count() > others.len() + 1 { ", .." } else { "" };
    let copies = match others.as_slice() {
        [] => String::new(),
        others => format!(", as on {}{more}", others.join(", ")),
    };
    [format!("{} engine {rank}", symbol(rank)), tuple(&distribution.local_shape(rank)), elements, copies]
}
