//! What a product is: which axes of its operands meet, and which stay.

use distarray_core::kernel::product::Sums;
use serde::{Deserialize, Serialize};

/// How many bytes of operands are brought at a time unless said otherwise.
pub const PANEL_BYTES: usize = 32 << 20;

/// The sum of products of two arrays of one dtype: a matrix product and all that is like it. Bools: or of ands; integers
/// wrap.
///
/// Axes are named by labels. Those of one label are equally long and walked together; what the result does not name is
/// summed over.
///
/// # Where the result lies
/// The layout of least estimated time is taken, which is a function of shapes and distributions alone: what a rank
/// multiplies, what has to be brought to it, and what it has of the result. Compared are, the first of equals being
/// preferred:
/// 1. The left operand stays where it is. The result has its axes as they lie there; others are not distributed. Where axes
///    are distributed that are summed over, every rank sums what it has, and the sums are added up in rank order: all these
///    ranks hold a copy of the result.
/// 2. The same with the right operand.
/// 3. The result has the axes of the left operand as they lie there, and the others as in the right one, if no two parts
///    meet on one rank.
/// 4. The result lies in even blocks over the ranks that own an operand, along its longest axis that the left operand has.
/// 5. The same along its longest axis that only the right operand has.
///
/// For sums in order all are left out in which ranks would sum over parts; instead 1 and 2 are also compared with these parts
/// brought to all ranks that have one.
///
/// # Cost
/// What does not lie where it is needed is brought there in panels ([`Product::panel_bytes`]), from
/// whoever has it; no operand is gathered. Ranks agree before each panel. Views are read where they lie.
///
/// # Source
/// R. A. van de Geijn, J. Watts, SUMMA: scalable universal matrix multiplication algorithm, Concurrency: Practice and
/// Experience 9 (1997) 255-274.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Product {
    /// Labels of the left operand's axes, no two the same.
    pub left: Vec<usize>,
    /// Those of the right operand.
    pub right: Vec<usize>,
    /// Those of the result, each in one operand at least.
    pub result: Vec<usize>,
    /// In which order products are summed. In order (of the index of an axis that is summed over, if there is but one)
    /// elements have the same bits on any number of ranks and for all distributions; nothing is summed on several ranks then.
    pub sums: Sums,
    /// How many bytes of operands are brought at a time, or as many as few indices need.
    pub panel_bytes: usize,
}

impl Product {
    /// A product whose sums are as is fastest. **Pure.**
    #[must_use]
    pub fn new(left: Vec<usize>, right: Vec<usize>, result: Vec<usize>) -> Product {
        Product { left, right, result, sums: Sums::Fast, panel_bytes: PANEL_BYTES }
    }
}
