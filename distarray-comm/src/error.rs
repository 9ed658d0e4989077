//! `CommError`: what can go wrong between ranks. Every case carries its numbers.

use serde::{Deserialize, Serialize};

/// Why bytes did not move. Ranks are those of the communicator the call was made on, except where
/// the text says "world rank".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[non_exhaustive]
pub enum CommError {
    /// Somebody aborted the request this rank was working on.
    #[error("request {request} of epoch {epoch} was aborted")]
    Aborted {
        /// Epoch of the request.
        epoch: u64,
        /// Number of the request.
        request: u64,
    },
    /// A rank dropped its communicator, so what is waited for will never come.
    #[error("world rank {rank} has left the communicator")]
    PeerLeft {
        /// World rank that left.
        rank: usize,
    },
    /// A rank panicked while others were working with it.
    #[error("world rank {rank} panicked: {message}")]
    RankPanicked {
        /// World rank that panicked.
        rank: usize,
        /// What the panic said.
        message: String,
    },
    /// A rank that does not exist.
    #[error("rank {rank} is outside the communicator of {size} ranks")]
    RankOutOfRange {
        /// Rank asked for.
        rank: usize,
        /// Ranks there are.
        size: usize,
    },
    /// A collective over a list of ranks was called by a rank, or with a root, outside the list.
    #[error("rank {rank} is not among the {listed} ranks listed")]
    NotListed {
        /// The rank that is missing.
        rank: usize,
        /// Ranks in the list.
        listed: usize,
    },
    /// A list of ranks must be strictly increasing.
    #[error("rank {rank} at position {position} of a list of ranks is not above the one before it")]
    ListNotSorted {
        /// The offending rank.
        rank: usize,
        /// Its position in the list.
        position: usize,
    },
    /// A message had another size than its receiver said.
    #[error("message from rank {from} has {received_bytes} bytes, expected {expected_bytes}")]
    SizeMismatch {
        /// Who sent it.
        from: usize,
        /// Bytes the receiver asked for.
        expected_bytes: u64,
        /// Bytes that came.
        received_bytes: u64,
    },
    /// One part per rank was expected.
    #[error("{parts} parts given for {ranks} ranks")]
    PartCount {
        /// Parts given.
        parts: usize,
        /// Ranks that take part.
        ranks: usize,
    },
    /// Requests must be begun in increasing order of (epoch, request).
    #[error(
        "request {request} of epoch {epoch} begun after request {current_request} of epoch {current_epoch}"
    )]
    RequestWentBack {
        /// Epoch asked for.
        epoch: u64,
        /// Request asked for.
        request: u64,
        /// Epoch this rank is at.
        current_epoch: u64,
        /// Request this rank is at.
        current_request: u64,
    },
    /// The owner of an exposed region withdrew it before this rank had finished reading.
    #[error("rank {owner} withdrew its exposed region")]
    Withdrawn {
        /// Owner of the region.
        owner: usize,
    },
    /// Bytes asked for lie outside an exposed region or a target.
    #[error("bytes {offset}..{offset}+{length_bytes} are outside a region of {region_bytes} bytes")]
    OutsideRegion {
        /// First byte asked for.
        offset: usize,
        /// Bytes asked for.
        length_bytes: usize,
        /// Bytes there are.
        region_bytes: usize,
    },
    /// A region was to be read straight from a rank whose memory this one cannot read.
    #[error("the memory of rank {rank} cannot be read directly")]
    NotSameMemory {
        /// Owner of the memory.
        rank: usize,
    },
    /// The operating system refused to read another process's memory.
    #[error("reading {length_bytes} bytes of rank {rank} failed with system error {code}")]
    DirectRead {
        /// Owner of the memory.
        rank: usize,
        /// Bytes asked for.
        length_bytes: usize,
        /// `errno`.
        code: i32,
    },
    /// A value could not be written for the wire.
    #[error("value cannot be encoded: {reason}")]
    Encode {
        /// The encoder's words.
        reason: String,
    },
    /// Bytes from the wire do not hold the value expected.
    #[error("{length_bytes} bytes cannot be decoded: {reason}")]
    Decode {
        /// Bytes there were.
        length_bytes: usize,
        /// The decoder's words.
        reason: String,
    },
    /// A value is larger on the wire than its receiver accepts.
    #[error("encoded value of {length_bytes} bytes exceeds the limit of {limit_bytes}")]
    TooLarge {
        /// Bytes of the value (those known so far, when decoding).
        length_bytes: usize,
        /// Bytes allowed.
        limit_bytes: usize,
    },
    /// A thread for a rank could not be started.
    #[error("thread for rank {rank} could not be started: system error {code}")]
    ThreadStart {
        /// The rank.
        rank: usize,
        /// `errno`.
        code: i32,
    },
    /// An MPI function failed.
    #[error("{function} failed with code {code}: {message}")]
    Mpi {
        /// Name of the function.
        function: String,
        /// MPI error code.
        code: i32,
        /// The library's words.
        message: String,
    },
    /// The MPI library does not grant the thread level needed.
    #[error("MPI grants thread level {granted}, level {needed} is needed")]
    ThreadLevel {
        /// Level granted (0 single .. 3 multiple).
        granted: i32,
        /// Level needed.
        needed: i32,
    },
    /// MPI was finalised before it was asked for.
    #[error("MPI has been finalised and cannot be started again")]
    MpiFinalised,
}
