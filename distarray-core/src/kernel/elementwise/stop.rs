//! PassError: why a pass did not come to its end.

use crate::error::ElementError;

/// The answer of a progress function that wants the pass to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop;

/// Why a pass did not come to its end. Outputs are then partly written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PassError {
    /// Something is wrong with program or operands, or a value cannot be computed.
    #[error(transparent)]
    Element(#[from] ElementError),
    /// The progress function asked for it.
    #[error("stopped after {done} of {size} elements")]
    Stopped {
        /// Elements computed.
        done: usize,
        /// Elements of the iteration shape.
        size: usize,
    },
}
