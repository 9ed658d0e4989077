//! Error: what can go wrong in work that all ranks do together, and where it did.

use crate::ProductError;
use distarray_comm::CommError;
use distarray_core::ElementError;
use distarray_maps::MapError;
use serde::{Deserialize, Serialize};

/// Anything that can go wrong from this floor upward.
///
/// Errors known from metadata ([`Error::Map`], [`Error::Element`] and the named cases) are the same
/// on every rank. What happened on one rank alone arrives as an [`Error::Failure`], which names the
/// operation and the rank.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A distribution, or a question to it, makes no sense.
    #[error(transparent)]
    Map(#[from] MapError),
    /// An element type, a value or a block is not what was needed.
    #[error(transparent)]
    Element(#[from] ElementError),
    /// Ranks could not talk to each other.
    #[error(transparent)]
    Comm(#[from] CommError),
    /// Operands of a product do not fit together.
    #[error(transparent)]
    Product(#[from] ProductError),
    /// Something went wrong on one rank while an operation ran.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// As [`Error::Failure`], and every rank knows of it.
    #[error(transparent)]
    Agreed(Failure),
    /// An axis beyond the array's dimensions.
    #[error("axis {axis} is out of bounds for an array of {ndim} dimensions")]
    Axis {
        /// The axis asked for.
        axis: isize,
        /// How many the array has.
        ndim: usize,
    },
    /// An index beyond the axis.
    #[error("index {index} is out of bounds for axis {axis} with size {length}")]
    Index {
        /// The index asked for.
        index: i128,
        /// The axis.
        axis: usize,
        /// How many indices it has.
        length: usize,
    },
    /// A value does not fit the part of an array it is assigned to.
    #[error("could not broadcast input array from shape {found:?} into shape {expected:?}")]
    BroadcastInput {
        /// Shape of the value.
        found: Vec<usize>,
        /// Shape of the part.
        expected: Vec<usize>,
    },
    /// The result of an operation in place has another shape than its target.
    #[error(
        "non-broadcastable output operand with shape {found:?} doesn't match the broadcast shape {expected:?}"
    )]
    BroadcastOutput {
        /// Shape of the target.
        found: Vec<usize>,
        /// Shape of the result.
        expected: Vec<usize>,
    },
    /// An index array of something else than integers or bools.
    #[error("arrays used as indices must be of integer (or boolean) type, not of {found}")]
    IndexDType {
        /// dtype of the array.
        found: &'static str,
    },
    /// A mask of another shape than the axes that it stands for.
    #[error(
        "boolean index did not match indexed array along axis {axis}; size of axis is {length} but size of \
         corresponding boolean axis is {found}"
    )]
    MaskShape {
        /// The axis of the array.
        axis: usize,
        /// How many indices it has.
        length: usize,
        /// How many the mask has.
        found: usize,
    },
    /// Index arrays whose shapes do not broadcast together.
    #[error("shape mismatch: indexing arrays could not be broadcast together with shapes {shapes:?}")]
    IndexShapes {
        /// The shapes.
        shapes: Vec<Vec<usize>>,
    },
    /// Values that do not broadcast to what is indexed.
    #[error(
        "shape mismatch: value array of shape {found:?} could not be broadcast to indexing result of shape {indexed:?}"
    )]
    ValueShape {
        /// Shape of the values.
        found: Vec<usize>,
        /// Shape of what is indexed.
        indexed: Vec<usize>,
    },
    /// A result that the array it shall be put into cannot hold.
    #[error(
        "cannot cast ufunc '{operation}' output from dtype('{from}') to dtype('{to}') with casting rule 'same_kind'"
    )]
    UnsafeCast {
        /// The operation.
        operation: &'static str,
        /// dtype of its result.
        from: &'static str,
        /// dtype of the array.
        to: &'static str,
    },
    /// More indices than axes.
    #[error("too many indices for array: array is {ndim}-dimensional, but {given} were indexed")]
    TooManyIndices {
        /// How many axes the array has.
        ndim: usize,
        /// How many indices were given.
        given: usize,
    },
    /// A list of axes that does not name each once.
    #[error("{given} axes do not match an array of {ndim} dimensions")]
    AxisCount {
        /// How many axes were named.
        given: usize,
        /// How many the array has.
        ndim: usize,
    },
    /// The same axis named twice.
    #[error("axis {axis} is named twice")]
    AxisTwice {
        /// The axis.
        axis: usize,
    },
    /// A reduction without identity over no elements.
    #[error("{reduction} over no elements has no value (shape {shape:?})")]
    EmptyReduction {
        /// The reduction's name.
        reduction: String,
        /// Shape of the array.
        shape: Vec<usize>,
    },
    /// A block's shape differs from the local shape its distribution gives it.
    #[error("rank {rank} brings a block of shape {found:?}; its distribution says {expected:?}")]
    BlockShape {
        /// The rank.
        rank: usize,
        /// Shape of the block that was given.
        found: Vec<usize>,
        /// Local shape by the distribution.
        expected: Vec<usize>,
    },
    /// Blocks that ranks bring do not make one array.
    #[error("rank {rank} brings {found} where rank 0 brings {first}: {what} must be the same on all ranks")]
    BlocksDiffer {
        /// What differs.
        what: &'static str,
        /// The lowest rank that differs from rank 0.
        rank: usize,
        /// What it brings.
        found: String,
        /// What rank 0 brings.
        first: String,
    },
    /// A rank names another number of indices than its block has.
    #[error("rank {rank} names {given} indices for a block of {length} along axis {axis}")]
    BlockIndices {
        /// The rank.
        rank: usize,
        /// How many indices it names.
        given: usize,
        /// Length of its block.
        length: usize,
        /// The axis.
        axis: usize,
    },
    /// Two arrays (or an array and a request) disagree in shape.
    #[error("shape {found:?} where shape {expected:?} is needed")]
    Shape {
        /// The shape met.
        found: Vec<usize>,
        /// The shape needed.
        expected: Vec<usize>,
    },
    /// A shape of another size than the array.
    #[error("cannot reshape array of size {size} into shape {shape:?}")]
    Reshape {
        /// How many elements the array has.
        size: usize,
        /// The shape asked for; -1 stands for what is left.
        shape: Vec<isize>,
    },
    /// Arrays of different numbers of dimensions were to be joined.
    #[error(
        "all the input arrays must have same number of dimensions, but the array at index 0 has {first} \
         dimension(s) and the array at index {index} has {found} dimension(s)"
    )]
    JoinedDimensions {
        /// Dimensions of the first array.
        first: usize,
        /// The array that has others.
        index: usize,
        /// How many it has.
        found: usize,
    },
    /// Arrays that differ along another axis than the one they were to be joined along.
    #[error(
        "all the input array dimensions except for the concatenation axis must match exactly, but along \
         dimension {axis}, the array at index 0 has size {first} and the array at index {index} has size {found}"
    )]
    JoinedLengths {
        /// The axis along which they differ.
        axis: usize,
        /// Length of the first array.
        first: usize,
        /// The array that has another.
        index: usize,
        /// Its length.
        found: usize,
    },
    /// An axis that cannot be cut into equal parts.
    #[error("array split does not result in an equal division: {length} into {sections}")]
    UnequalSplit {
        /// Length of the axis.
        length: usize,
        /// How many parts were asked for.
        sections: usize,
    },
    /// An array of another element type than asked for.
    #[error("an array of {found} where {expected} is needed")]
    DType {
        /// dtype of the array.
        found: &'static str,
        /// dtype asked for.
        expected: &'static str,
    },
    /// An operation was given the wrong number of arrays.
    #[error("{operation} takes {expected} arrays, {found} given")]
    InputCount {
        /// The operation.
        operation: String,
        /// How many were given.
        found: usize,
        /// How many it takes.
        expected: usize,
    },
    /// A name that no operation is registered under.
    #[error("no operation is registered under the name {name:?}")]
    UnknownOperation {
        /// The name asked for.
        name: String,
    },
    /// A name that is taken already.
    #[error("an operation named {name:?} is registered already")]
    OperationExists {
        /// The name.
        name: String,
    },
    /// A function was to be sent to another process.
    #[error(
        "{operation} is a function of this program and cannot be sent to engines in other processes; \
         register it as an operation instead"
    )]
    NotSendable {
        /// Name of the operation.
        operation: String,
    },
    /// A distribution over more ranks than there are.
    #[error("the distribution needs {needed} ranks, there are {available}")]
    Ranks {
        /// The highest rank it uses, plus one.
        needed: usize,
        /// How many ranks there are.
        available: usize,
    },
    /// A value that makes no sense for what was asked.
    #[error("{what} {value} is refused: {reason}")]
    Value {
        /// Which parameter.
        what: &'static str,
        /// The value given.
        value: String,
        /// Why it cannot be.
        reason: &'static str,
    },
    /// Arrays of two contexts met in one expression.
    #[error("arrays of context {first} and context {second} cannot meet in one operation")]
    TwoContexts {
        /// Number of the first array's context.
        first: u64,
        /// Number of the second's.
        second: u64,
    },
    /// A context was used after it was closed, or its engines have gone.
    #[error("the context is closed")]
    Closed,
    /// A client was asked for the local part of an array.
    #[error("a client has no part of an array: ask in an SPMD context, or fetch elements")]
    NoLocalPart,
    /// A context that belongs to one thread was used on another.
    #[error("an SPMD context is used on the thread that made it, and on no other")]
    WrongThread,
    /// Ranks of an SPMD program asked for different things.
    #[error(
        "the ranks' programs diverge at request {request}: rank {rank} asks for something else than rank 0"
    )]
    Diverged {
        /// Number of the request.
        request: u64,
        /// The lowest rank that differs.
        rank: usize,
    },
    /// A step failed because a value it needs failed before.
    #[error("{operation} at {place}: {source}")]
    At {
        /// The operation that was wrong.
        operation: String,
        /// Source file, line and column of the call.
        place: String,
        /// What was wrong with it.
        source: Box<Error>,
    },
}

/// What kind of thing failed on a rank: enough for a program to decide by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub enum FailureKind {
    /// The request made no sense to the rank.
    Invalid,
    /// Memory was refused.
    OutOfMemory {
        /// Bytes asked for.
        requested_bytes: u64,
        /// Bytes held by arrays and temporaries of this rank at that time.
        held_bytes: u64,
        /// The limit, when one was set.
        limit_bytes: Option<u64>,
    },
    /// A file or the disk.
    File,
    /// The operation panicked.
    Panic,
    /// The transport.
    Transport,
    /// The step was given up because another rank failed.
    Aborted,
    /// A user's function does not return.
    NoReturn,
}

/// What happened on one rank, in a form that travels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{operation} failed on rank {rank}: {message}")]
pub struct Failure {
    /// Name of the operation that was running.
    pub operation: String,
    /// The rank it failed on; the lowest where several failed.
    pub rank: usize,
    /// What kind of failure.
    pub kind: FailureKind,
    /// The cause in words.
    pub message: String,
}

impl Failure {
    /// The failure of `operation` on `rank` by `error`. **Pure.**
    #[must_use]
    pub fn of(operation: &str, rank: usize, error: &Error) -> Self {
        if let Error::Failure(failure) | Error::Agreed(failure) = error {
            return failure.clone();
        }
        let kind = match error {
            Error::Element(ElementError::OutOfMemory { requested_bytes, held_bytes, limit_bytes }) => {
                FailureKind::OutOfMemory {
                    requested_bytes: *requested_bytes,
                    held_bytes: *held_bytes,
                    limit_bytes: *limit_bytes,
                }
            }
            Error::Comm(CommError::Aborted { .. }) => FailureKind::Aborted,
            Error::Comm(_) => FailureKind::Transport,
            _ => FailureKind::Invalid,
        };
        Self { operation: operation.to_owned(), rank, kind, message: error.to_string() }
    }

    /// A panic of `operation` on `rank`; `payload` is what `catch_unwind` returned. **Pure.**
    #[must_use]
    pub fn of_panic(operation: &str, rank: usize, payload: &(dyn std::any::Any + Send)) -> Self {
        let message = payload
            .downcast_ref::<&str>()
            .map(|text| (*text).to_owned())
            .or_else(|| payload.downcast_ref::<String>().cloned())
            .unwrap_or_else(|| "a panic without a message".to_owned());
        Self {
            operation: operation.to_owned(),
            rank,
            kind: FailureKind::Panic,
            message: format!("panicked: {message}"),
        }
    }
}
