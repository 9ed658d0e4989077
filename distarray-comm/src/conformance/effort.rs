//! Effort: how hard the suite tries.

/// How hard to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Exchanges aborted in a row; 100,000 in the tests of this crate.
    pub aborted_exchanges: u64,
    /// Large messages from rank to rank, one after the other; more than 32,767 show that nothing
    /// depends on MPI's tag bound.
    pub large_messages: u32,
    /// Bytes of such a message: above what the transport sends in one go with its header.
    pub large_message_bytes: usize,
}

impl Effort {
    /// Some seconds with few ranks.
    pub const FULL: Self =
        Self { aborted_exchanges: 100_000, large_messages: 40_000, large_message_bytes: 66_000 };
    /// A fraction of a second.
    pub const QUICK: Self =
        Self { aborted_exchanges: 1_000, large_messages: 100, large_message_bytes: 66_000 };
}
