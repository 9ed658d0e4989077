//! What client and engines say to each other: typed, numbered messages.
//!
//! In one process a [`Request`] shares its command by pointer and nothing is written as bytes, so
//! functions of the program can be run. Between processes [`bytes`] writes descriptions by serde and
//! bincode, and lays the data beside them as they are.

pub mod bytes;
mod merged;

use distarray_comm::Message;
use distarray_lazy::backend::{Command, RankStatistics, Selection};
use distarray_lazy::plan::Plan;
use distarray_lazy::store::ArrayId;
use distarray_spmd::{ArrayMeta, Error, Failure, FailureKind};
use std::sync::Arc;

pub use merged::{Merged, worse};

/// One command to all engines. Numbers are consecutive and start at 0; the epoch grows when
/// everything in flight is given up.
#[derive(Clone, Debug)]
pub struct Request {
    /// Its number.
    pub number: u64,
    /// Epoch it was submitted in.
    pub epoch: u64,
    /// What is to be done.
    pub command: Arc<WireCommand>,
}

/// What engines can be asked: [`Command`] in a form that can travel, and [`WireCommand::Stop`].
#[derive(Clone, Debug)]
pub enum WireCommand {
    /// Nothing; answered when every engine has come to it.
    Nothing,
    /// Runs the steps, having forgotten the listed arrays first.
    Run {
        /// Arrays nobody needs any more.
        frees: Vec<ArrayId>,
        /// The steps.
        plan: PlanForm,
    },
    /// Brings this rank's part of the selected elements.
    Fetch {
        /// The array.
        id: ArrayId,
        /// Which elements.
        selection: Selection,
    },
    /// Keeps the bytes that lie beside the request as this rank's block of an array.
    Put {
        /// Number of the array to make.
        id: ArrayId,
        /// dtype and distribution.
        meta: ArrayMeta,
        /// The bytes.
        parts: Parts,
    },
    /// What the rank has counted.
    Statistics,
    /// The engine's last request.
    Stop,
}

/// A plan, as it is in one process and as it travels.
#[derive(Clone, Debug)]
pub enum PlanForm {
    /// Shared with the client.
    Shared(Arc<Plan>),
    /// As [`Plan::encode`] wrote it.
    Bytes(Vec<u8>),
}

/// The blocks' bytes of a [`WireCommand::Put`].
#[derive(Clone, Debug)]
pub enum Parts {
    /// For every rank its own, shared with the client.
    All(Arc<Vec<Vec<u8>>>),
    /// This rank's alone.
    Own(Message),
    /// On their way to each rank.
    Beside,
}

impl Parts {
    /// The bytes for `rank`; none if they have not come. **Pure.**
    #[must_use]
    pub fn of_rank(&self, rank: usize) -> &[u8] {
        match self {
            Parts::All(parts) => parts.get(rank).map_or(&[], Vec::as_slice),
            Parts::Own(part) => part,
            Parts::Beside => &[],
        }
    }
}

impl WireCommand {
    /// The command for engines that share this program's memory. **Pure.**
    #[must_use]
    pub fn shared(command: Command) -> Self {
        match command {
            Command::Nothing => Self::Nothing,
            Command::Run { frees, plan } => Self::Run { frees, plan: PlanForm::Shared(plan) },
            Command::Fetch { id, selection } => Self::Fetch { id, selection },
            Command::Put { id, meta, parts } => Self::Put { id, meta, parts: Parts::All(parts) },
            Command::Statistics => Self::Statistics,
        }
    }

    /// The command for engines in other processes. **Pure.**
    ///
    /// # Errors
    /// [`Error::NotSendable`] if the plan holds a function of this program.
    pub fn sendable(command: Command) -> Result<Self, Error> {
        Ok(match command {
            Command::Run { frees, plan } => Self::Run { frees, plan: PlanForm::Bytes(plan.encode()?) },
            other => Self::shared(other),
        })
    }
}

/// What one engine answers.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Number of the request.
    pub number: u64,
    /// The engine's rank.
    pub rank: usize,
    /// What came of it.
    pub result: Result<Payload, Failure>,
}

/// What comes back when it went well.
#[derive(Clone, Debug, PartialEq)]
pub enum Payload {
    /// Done.
    Done,
    /// The bytes of the selected elements that the rank answers for.
    Bytes(Vec<u8>),
    /// What the rank counted.
    Statistics(RankStatistics),
}

/// An engine is asked to give a request up because it failed elsewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Abort {
    /// Epoch of the request.
    pub epoch: u64,
    /// Its number.
    pub number: u64,
    /// What made it fail; remembered for the arrays that it was to make.
    pub cause: Failure,
}

/// A step has been running for longer than the limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotReturning {
    /// Number of the request.
    pub number: u64,
    /// The rank it is running on.
    pub rank: usize,
    /// Name of the step.
    pub operation: String,
    /// Milliseconds it has been running.
    pub elapsed_milliseconds: u64,
}

impl NotReturning {
    /// It as a failure of the request. **Pure.**
    #[must_use]
    pub fn failure(&self) -> Failure {
        Failure {
            operation: self.operation.clone(),
            rank: self.rank,
            kind: FailureKind::NoReturn,
            message: format!("has not returned for {:.1} s", seconds(self.elapsed_milliseconds)),
        }
    }
}

impl std::fmt::Display for NotReturning {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { rank, operation, elapsed_milliseconds, .. } = self;
        let elapsed = seconds(*elapsed_milliseconds);
        write!(formatter, "{operation} has not returned on rank {rank} for {elapsed:.1} s")
    }
}

#[expect(clippy::cast_precision_loss, reason = "shown with one digit")]
fn seconds(milliseconds: u64) -> f64 {
    milliseconds as f64 / 1e3
}

/// A message that does not fit what came before it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProtocolError {
    /// Requests must have consecutive numbers.
    #[error("rank {rank} was sent request {found} where request {expected} comes next")]
    Gap {
        /// The rank.
        rank: usize,
        /// Number that would be right.
        expected: u64,
        /// Number that came.
        found: u64,
    },
    /// An outcome for a request that is not in flight.
    #[error("rank {rank} answered request {found}; requests {first}..{next} are in flight")]
    NotInFlight {
        /// The rank.
        rank: usize,
        /// Number that came.
        found: u64,
        /// The oldest request in flight.
        first: u64,
        /// The next number to be given.
        next: u64,
    },
}

impl ProtocolError {
    /// It as a failure of the request. **Pure.**
    #[must_use]
    pub fn failure(&self, operation: &str) -> Failure {
        let rank = match self {
            Self::Gap { rank, .. } | Self::NotInFlight { rank, .. } => *rank,
        };
        Failure {
            operation: operation.to_owned(),
            rank,
            kind: FailureKind::Invalid,
            message: self.to_string(),
        }
    }
}

impl WireCommand {
    /// What errors call it. **Pure.**
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Run { .. } => "run",
            Self::Fetch { .. } => "fetch",
            Self::Put { .. } => "put",
            Self::Statistics => "statistics",
            Self::Stop => "stop",
        }
    }
}
