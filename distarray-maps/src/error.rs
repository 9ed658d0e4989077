//! `MapError`: what can be wrong with a map, a grid, a distribution or a question to one. Every case carries its numbers.

/// A description, or a question to one, that makes no sense.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MapError {
    /// An axis was to be spread over no parts at all.
    #[error("an axis of {length} indices needs at least one part")]
    ZeroParts {
        /// The axis' number of indices.
        length: usize,
    },
    /// A block-cyclic axis with blocks of nothing.
    #[error("the block size of an axis of {length} indices over {parts} parts is 0")]
    ZeroBlockSize {
        /// The axis' number of indices.
        length: usize,
        /// The axis' number of parts.
        parts: usize,
    },
    /// An axis, or `block_size * parts`, is beyond the range of indices.
    #[error("an axis of {length} indices in blocks of {block_size} over {parts} parts is beyond 2^63")]
    AxisTooLong {
        /// The axis' number of indices.
        length: usize,
        /// The axis' number of parts.
        parts: usize,
        /// The size of its blocks.
        block_size: usize,
    },
    /// The values that describe a sliced regular map contradict each other.
    #[error("offset {offset} and step {step} are not reduced modulo {modulus}")]
    PhaseOutOfRange {
        /// The position of index 0 on the cycle of the base axis.
        offset: usize,
        /// The distance of neighbouring indices on that cycle.
        step: isize,
        /// The length of that cycle: block size times parts.
        modulus: usize,
    },
    /// Block bounds need at least a first and a last value, the first being 0.
    #[error(
        "block bounds must begin with 0 and hold at least two values, but {bounds} values begin with {first:?}"
    )]
    BoundsStart {
        /// How many bounds were given.
        bounds: usize,
        /// The first of them.
        first: Option<usize>,
    },
    /// Block bounds that run backwards.
    #[error("block bound {index} is {bound}, below the bound {previous} before it")]
    BoundsDecrease {
        /// Position of the offending bound.
        index: usize,
        /// Its value.
        bound: usize,
        /// The value before it.
        previous: usize,
    },
    /// Two blocks of explicit bounds share indices.
    #[error("block {part} is [{start}, {stop}) and overlaps the block before it, which ends at {previous}")]
    BlocksOverlap {
        /// The part of the offending block.
        part: usize,
        /// Its first index.
        start: usize,
        /// The index after its last.
        stop: usize,
        /// Where the block before it ends.
        previous: usize,
    },
    /// Explicit blocks leave indices without an owner.
    #[error("indices {start} to {stop} of an axis of {length} belong to no block")]
    BlocksGap {
        /// First index without an owner.
        start: usize,
        /// First index after the gap.
        stop: usize,
        /// The axis' number of indices.
        length: usize,
    },
    /// An explicit block reaches beyond the axis, or ends before it begins.
    #[error("block {part} is [{start}, {stop}), outside an axis of {length} indices")]
    BlockOutOfRange {
        /// The part of the offending block.
        part: usize,
        /// Its first index.
        start: usize,
        /// The index after its last.
        stop: usize,
        /// The axis' number of indices.
        length: usize,
    },
    /// An unstructured map gives one index to two parts, or twice to one part.
    #[error("global index {index} is owned twice, by parts {first} and {second}")]
    OwnedTwice {
        /// The index in question.
        index: usize,
        /// The first part that lists it.
        first: usize,
        /// The second part that lists it (may be the same).
        second: usize,
    },
    /// An unstructured map leaves an index without an owner.
    #[error("global index {index} of an axis of {length} indices is owned by no part")]
    NotOwned {
        /// The index in question.
        index: usize,
        /// The axis' number of indices.
        length: usize,
    },
    /// An unstructured map names an index that the axis does not have.
    #[error("part {part} owns global index {index}, but the axis has {length} indices")]
    OwnedBeyondEnd {
        /// The part that lists it.
        part: usize,
        /// The index in question.
        index: usize,
        /// The axis' number of indices.
        length: usize,
    },
    /// A global index, or an index of a slice, outside its axis.
    #[error("index {index} is outside axis {axis}, which has {length} indices")]
    IndexOutOfRange {
        /// The axis.
        axis: usize,
        /// The index.
        index: usize,
        /// The axis' number of indices.
        length: usize,
    },
    /// A local index beyond what a rank holds.
    #[error("local index {index} is outside axis {axis}, of which rank {rank} holds {count} indices")]
    LocalOutOfRange {
        /// The axis.
        axis: usize,
        /// The local index.
        index: usize,
        /// The rank asked.
        rank: usize,
        /// How many indices of the axis it holds.
        count: usize,
    },
    /// A rank that holds nothing was asked about what it holds.
    #[error("rank {rank} holds no part of this distribution")]
    NotHeld {
        /// The rank.
        rank: usize,
    },
    /// A list with one entry per axis has the wrong number of entries.
    #[error("{given} indices were given for {ndim} dimensions")]
    DimensionMismatch {
        /// How many entries were given.
        given: usize,
        /// How many there are dimensions.
        ndim: usize,
    },
    /// An axis map is for another length than the shape says.
    #[error("axis {axis} has {length} indices, its map has {mapped}")]
    LengthMismatch {
        /// The axis.
        axis: usize,
        /// Its length in the shape.
        length: usize,
        /// The length of its map.
        mapped: usize,
    },
    /// An axis map has another number of parts than the grid.
    #[error("axis {axis} is cut into {parts} parts, the process grid has {cells} along it")]
    PartsMismatch {
        /// The axis.
        axis: usize,
        /// The parts of its map.
        parts: usize,
        /// The extent of the grid along the axis.
        cells: usize,
    },
    /// A process grid that needs more ranks than there are, or a list of ranks of another length.
    #[error("{ranks} ranks cannot fill a process grid of shape {grid:?} ({cells} cells)")]
    GridMismatch {
        /// How many ranks there are.
        ranks: usize,
        /// The shape of the grid, copies included.
        grid: Vec<usize>,
        /// Its number of cells.
        cells: usize,
    },
    /// A process grid with an extent of 0, or with more extents than axes.
    #[error("a process grid of shape {grid:?} does not fit {ndim} dimensions, each with at least one part")]
    GridShape {
        /// The shape of the grid.
        grid: Vec<usize>,
        /// The number of dimensions.
        ndim: usize,
    },
    /// More than one part along an axis that is not distributed.
    #[error("axis {axis} is not distributed, but the process grid has {parts} parts along it")]
    GridOnUndistributedAxis {
        /// The axis.
        axis: usize,
        /// The extent of the grid along it.
        parts: usize,
    },
    /// Two cells of a strided process grid fall on one rank.
    #[error("a grid dimension of {count} with stride {stride} overlaps the {reach} cells inside it")]
    GridOverlap {
        /// Number of cells along the dimension.
        count: usize,
        /// Distance in ranks of neighbouring cells.
        stride: usize,
        /// How many ranks the dimensions of smaller stride span.
        reach: usize,
    },
    /// A list of ranks that names one rank twice.
    #[error("rank {rank} stands twice in the list of ranks of a process grid")]
    RankTwice {
        /// The rank.
        rank: usize,
    },
    /// Something was to be spread over no ranks.
    #[error("a distribution needs at least one rank, but there are {ranks}")]
    ZeroRanks {
        /// How many there are: 0.
        ranks: usize,
    },
    /// The number of elements of a shape is beyond the range of indices.
    #[error("an array of shape {shape:?} has more than 2^63 elements")]
    SizeOverflow {
        /// The shape.
        shape: Vec<usize>,
    },
    /// A slice of step 0.
    #[error("the step of a slice of axis {axis} is 0")]
    ZeroStep {
        /// The axis.
        axis: usize,
    },
    /// A slice that leaves its axis.
    #[error(
        "a slice of {count} indices from {start} in steps of {step} leaves axis {axis}, which has {length} indices"
    )]
    SliceOutOfRange {
        /// The axis.
        axis: usize,
        /// First index.
        start: usize,
        /// Distance of neighbouring indices.
        step: isize,
        /// Number of indices.
        count: usize,
        /// The axis' number of indices.
        length: usize,
    },
    /// A number of an axis that does not exist.
    #[error("axis {axis} does not exist in {ndim} dimensions")]
    AxisOutOfRange {
        /// The axis.
        axis: usize,
        /// The number of dimensions.
        ndim: usize,
    },
    /// One axis was named twice.
    #[error("axis {axis} is named twice")]
    AxisTwice {
        /// The axis.
        axis: usize,
    },
    /// Shapes that NumPy's rules cannot bring together.
    #[error("shapes {left:?} and {right:?} cannot be broadcast together")]
    NotBroadcastable {
        /// One shape.
        left: Vec<usize>,
        /// The other shape.
        right: Vec<usize>,
    },
    /// Broadcasting of nothing.
    #[error("broadcasting needs at least one operand, but there are {operands}")]
    NoOperands {
        /// How many there are: 0.
        operands: usize,
    },
    /// Data can only move between distributions of the same shape.
    #[error("data cannot move from shape {source_shape:?} to shape {target_shape:?}")]
    ShapeMismatch {
        /// Shape of the source.
        source_shape: Vec<usize>,
        /// Shape of the target.
        target_shape: Vec<usize>,
    },
    /// A letter in a distribution's text that means nothing.
    #[error("character {position} of a distribution is {found:?}; expected n, b, c or c(block size)")]
    SpecLetter {
        /// Position of the offending character, from 0.
        position: usize,
        /// What stands there; nothing at the end of the text.
        found: Option<char>,
    },
    /// An unstructured axis cannot be told by a letter.
    #[error(
        "character {position} of a distribution is 'u': an unstructured axis needs its indices, which text cannot give"
    )]
    SpecUnstructured {
        /// Position of the letter, from 0.
        position: usize,
    },
    /// A block size in a distribution's text that is no positive number.
    #[error("the block size at character {position} of a distribution is not a positive number")]
    SpecBlockSize {
        /// Position of the number, from 0.
        position: usize,
    },
    /// A distribution's text names more axes than the array has.
    #[error("a distribution of {axes} axes was given for an array of {ndim} dimensions")]
    SpecTooLong {
        /// How many axes the text names.
        axes: usize,
        /// How many the array has.
        ndim: usize,
    },
    /// Ghost cells along an axis whose parts are no stretches of it.
    #[error(
        "axis {axis} cannot have {before} and {after} ghost cells: its map ({letter}) gives cells no neighbours; \
         only axes that are not distributed (n) or cut into blocks (b) have them"
    )]
    NoNeighbours {
        /// The axis.
        axis: usize,
        /// The letter of its map.
        letter: char,
        /// Ghost cells before a part.
        before: usize,
        /// Ghost cells after a part.
        after: usize,
    },
    /// More ghost cells than indices can count, or that a short axis is repeated for.
    #[error(
        "{before} and {after} ghost cells for axis {axis} of {length} indices are too many: at most 2^61 together, and \
         where they repeat the axis 2^20 more than it has"
    )]
    HaloTooWide {
        /// The axis.
        axis: usize,
        /// The axis' number of indices.
        length: usize,
        /// Ghost cells before a part.
        before: usize,
        /// Ghost cells after a part.
        after: usize,
    },
}

impl MapError {
    /// The same error, telling of `axis`: a map by itself does not know which axis it stands for.
    #[must_use]
    pub fn at_axis(mut self, at: usize) -> Self {
        match &mut self {
            MapError::IndexOutOfRange { axis, .. }
            | MapError::ZeroStep { axis }
            | MapError::SliceOutOfRange { axis, .. } => *axis = at,
            _ => {}
        }
        self
    }
}
