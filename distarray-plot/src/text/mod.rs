//! How a distribution lies on the engines, in letters: a map of owners and a legend.

mod legend;
mod map;
mod size;
#[cfg(test)]
mod tests;
mod words;

use distarray_maps::Distribution;

pub use size::TextSize;

/// Draws a distribution in at most 60 x 24 characters, with a legend of each engine's share.
///
/// The last two axes are drawn as rows and columns, the axes before them as a few slices, one for each combination
/// of parts. A character stands for the owner of one element, or of most of a rectangle of elements; `*` stands for
/// several owners. Axes whose owners change too quickly to be shown whole are cut after their beginning. Where parts
/// are held by several engines the first of them is drawn.
///
/// ```
/// use distarray_maps::{DistSpec, Distribution};
/// let distribution = Distribution::from_spec(&[4, 6], &"b,c".parse::<DistSpec>()?, 4)?;
/// let text = distarray_plot::distribution_text(&distribution);
/// assert!(text.starts_with("shape (4, 6), distribution b,c on a 2 x 2 grid of 4 engines\n\n010101\n010101\n232323\n"));
/// # Ok::<(), distarray_maps::MapError>(())
/// ```
///
/// # Cost
/// Grows with the size of the picture and the number of ranks named in it, never with the number of elements
/// (unstructured axes excepted, whose lists are looked through).
pub fn distribution_text(distribution: &Distribution) -> String {
    distribution_text_sized(distribution, TextSize::default())
}

/// [`distribution_text`] with room for more or fewer characters.
pub fn distribution_text_sized(distribution: &Distribution, size: TextSize) -> String {
    let mut text = legend::headline(distribution);
    text.push('\n');
    if distribution.size() > 0 {
        text.push('\n');
        text.push_str(&map::slices(distribution, size));
    }
    text.push('\n');
    text.push_str(&legend::shares(distribution));
    text
}
