//! `Pending`: a request that some engines have not answered yet.

use crate::protocol::Merged;
use distarray_lazy::answer::Promise;
use distarray_lazy::backend::Reply;
use distarray_spmd::Error;

/// The promise of one command's reply.
pub type ReplyPromise = Promise<Result<Reply, Error>>;

/// One request in flight.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) epoch: u64,
    /// Taken when it is answered, which may be before all engines are done.
    pub(super) promise: Option<ReplyPromise>,
    /// What has been answered so far.
    pub(super) merged: Merged,
    /// The engines have been asked to give it up.
    pub(super) is_aborted: bool,
    is_stop: bool,
}

impl Pending {
    pub(super) fn new(number: u64, epoch: u64, promise: Option<ReplyPromise>, is_stop: bool) -> Self {
        Self { epoch, promise, merged: Merged::nobody(number), is_aborted: false, is_stop }
    }

    pub(super) fn is_stop(&self) -> bool {
        self.is_stop
    }

    pub(super) fn is_done(&self, rank_count: usize) -> bool {
        self.merged.ranks >= rank_count
    }
}
