//! The layout of a printed array: brackets, lines, and dots for what is left out.

use super::options::PrintOptions;
use super::printable::Printable;

/// Why an array cannot be printed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PrintError {
    /// The elements are not those that [`PrintOptions::needed_indices`] asks for.
    #[error("{found} elements were given to print an array of shape {shape:?}, which needs {expected}")]
    ElementCount {
        /// The shape of the array.
        shape: Vec<usize>,
        /// How many elements there should be.
        expected: usize,
        /// How many there are.
        found: usize,
    },
}

/// What `print(array)` writes in NumPy, for an array of `shape` of which `elements` are given: those
/// at [`PrintOptions::needed_indices`], in C order of [`PrintOptions::needed_shape`].
///
/// An array without axes is printed as its element, with all digits.
///
/// # Errors
/// [`PrintError::ElementCount`] if there are more or fewer elements than needed.
pub fn format_array<T: Printable>(
    shape: &[usize],
    elements: &[T],
    options: &PrintOptions,
) -> Result<String, PrintError> {
    let needed = options.needed_shape(shape);
    let expected = needed.iter().fold(1usize, |count, &length| count.saturating_mul(length));
    let expected = if shape.contains(&0) { 0 } else { expected };
    if elements.len() != expected {
        let (shape, found) = (shape.to_vec(), elements.len());
        return Err(PrintError::ElementCount { shape, expected, found });
    }
    Ok(match elements {
        [] => "[]".to_owned(),
        [element] if shape.is_empty() => (*element).into().to_string(),
        _ => {
            let layout = Layout { shape, options, summarised: options.summarises(shape) };
            layout.write(0, &mut T::words(elements, options).into_iter())
        }
    })
}

/// Where the brackets, dots and line breaks of one array go.
struct Layout<'a> {
    shape: &'a [usize],
    options: &'a PrintOptions,
    summarised: bool,
}

/// One item of an axis, or the dots in place of those left out.
enum Item {
    Shown,
    Dots,
}

impl Layout<'_> {
    /// Writes what lies along `axis` and the axes behind it, taking words in order.
    fn write(&self, axis: usize, words: &mut impl Iterator<Item = String>) -> String {
        let axes_left = self.shape.len() - axis;
        let items = self.items(axis);
        if axes_left == 1 {
            let items = items.map(|item| match item {
                Item::Shown => words.next().unwrap_or_default(),
                Item::Dots => "...".to_owned(),
            });
            return self.row(items.collect());
        }
        let separator = format!("{}{}", "\n".repeat(axes_left - 1), " ".repeat(axis + 1));
        let blocks = items.map(|item| match item {
            Item::Shown => self.write(axis + 1, words),
            Item::Dots => "...".to_owned(),
        });
        let blocks: Vec<String> = blocks.collect();
        format!("[{}]", blocks.join(&separator))
    }

    fn items(&self, axis: usize) -> impl Iterator<Item = Item> + use<> {
        let length = self.shape[axis];
        let cut = self.summarised && self.options.cuts(length);
        let (leading, trailing) =
            if cut { (self.options.edge_items, self.options.edge_items) } else { (length, 0) };
        let shown = |count| std::iter::repeat_with(|| Item::Shown).take(count);
        shown(leading).chain(cut.then_some(Item::Dots)).chain(shown(trailing))
    }

    /// The words of the last axis, over as many lines as they need.
    fn row(&self, words: Vec<String>) -> String {
        let indent = self.shape.len();
        // One column for each closing bracket.
        let line_width = self.options.line_width.saturating_sub(self.shape.len());
        let mut text = String::from("[");
        let mut line_length = indent;
        for (position, word) in words.iter().enumerate() {
            let word_length = word.chars().count();
            if line_length + word_length > line_width && line_length > indent {
                text.truncate(text.trim_end().len());
                text.push('\n');
                text.push_str(&" ".repeat(indent));
                line_length = indent;
            }
            text.push_str(word);
            line_length += word_length;
            if position + 1 < words.len() {
                text.push(' ');
                line_length += 1;
            }
        }
        text.push(']');
        text
    }
}
