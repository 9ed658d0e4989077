//! Agreement: either all ranks go on, or all know who failed and why.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Group, Verb, tree};
use crate::comm::Comm;
use crate::error::CommError;
use crate::message::Message;
use crate::wire;

/// What every rank learns when some rank has failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("rank {rank} failed: {error}")]
pub struct Failure<E> {
    /// The lowest rank that failed.
    pub rank: usize,
    /// Its error.
    pub error: E,
}

impl Group<'_> {
    /// Passes this rank's outcome, `None` for success or an encoded error, and learns the lowest
    /// rank that failed with its error. All ranks get the same answer. **Collective.**
    ///
    /// # Errors
    /// [`CommError::Aborted`], [`CommError::PeerLeft`], [`CommError::Decode`].
    ///
    /// # Cost
    /// ceil(log2 size) messages per rank: empty while no failure is known, else 8 bytes and the
    /// error.
    pub fn agree_bytes(&self, failure: Option<&[u8]>) -> Result<Option<(usize, Vec<u8>)>, CommError> {
        let own = self.comm().rank() as u64;
        let agreed = self.agree_on_lowest(failure.map(|failure| (own, failure)))?;
        // A rank's number was a `usize` before it travelled.
        Ok(agreed.map(|(rank, failure)| (usize::try_from(rank).unwrap_or(usize::MAX), failure)))
    }

    /// As [`agree_bytes`](Self::agree_bytes), where each failure comes with a number and the one with the
    /// lowest number wins; failures of one number must be the same. **Collective.**
    ///
    /// # Errors
    /// As there.
    ///
    /// # Cost
    /// As there.
    pub fn agree_on_lowest(
        &self,
        failure: Option<(u64, &[u8])>,
    ) -> Result<Option<(u64, Vec<u8>)>, CommError> {
        self.comm.progress()?;
        let (size, position) = (self.size(), self.position());
        let mut lowest = failure.map(|(number, error)| written(number, error));
        for round in 0..tree::rounds(size) {
            let step = 1 << round;
            let message = lowest.as_deref().map_or(Message::empty(), Message::copy_from);
            self.send((position + step) % size, Verb::Agree, message)?;
            let theirs = self.receive((position + size - step) % size, Verb::Agree)?;
            if !theirs.is_empty() {
                let is_lower = match &lowest {
                    None => true,
                    Some(mine) => read(&theirs)?.0 < read(mine)?.0,
                };
                if is_lower {
                    lowest = Some(theirs.into_vec());
                }
            }
        }
        let Some(lowest) = lowest else {
            return Ok(None);
        };
        let (number, error) = read(&lowest)?;
        Ok(Some((number, error.to_vec())))
    }

    /// Passes this rank's outcome: its value if no rank failed, else the failure of the lowest rank
    /// that did, the same on all ranks. **Collective.**
    ///
    /// # Errors
    /// Outer: those of [`agree_bytes`](Self::agree_bytes), and [`CommError::Decode`] on every rank
    /// if the failing rank's error could not be encoded.
    ///
    /// # Example
    /// ```
    /// use distarray_comm::{CommError, threads};
    /// let outcomes = threads::run(3, |comm| {
    ///     let opened = if comm.rank() == 1 { Err(String::from("no disk")) } else { Ok(()) };
    ///     Ok::<_, CommError>(comm.agree(opened)?.map_err(|failure| failure.to_string()))
    /// })?;
    /// assert_eq!(outcomes[2], Err(String::from("rank 1 failed: no disk")));
    /// # Ok::<(), CommError>(())
    /// ```
    pub fn agree<T, E: Serialize + DeserializeOwned>(
        &self,
        outcome: Result<T, E>,
    ) -> Result<Result<T, Failure<E>>, CommError> {
        let (value, error) = match outcome {
            Ok(value) => (Some(value), None),
            Err(error) => (None, Some(wire::encode(&error).unwrap_or_default())),
        };
        match (self.agree_bytes(error.as_deref())?, value) {
            (None, Some(value)) => Ok(Ok(value)),
            (Some((rank, error)), _) => Ok(Err(Failure { rank, error: wire::decode(&error)? })),
            // This rank passed an error, so at least that one is known.
            (None, None) => Err(CommError::Decode {
                length_bytes: 0,
                reason: String::from("this rank's failure was lost"),
            }),
        }
    }
}

impl Comm {
    /// [`Group::agree_bytes`] of all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn agree_bytes(&self, failure: Option<&[u8]>) -> Result<Option<(usize, Vec<u8>)>, CommError> {
        self.all().agree_bytes(failure)
    }

    /// [`Group::agree_on_lowest`] of all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn agree_on_lowest(
        &self,
        failure: Option<(u64, &[u8])>,
    ) -> Result<Option<(u64, Vec<u8>)>, CommError> {
        self.all().agree_on_lowest(failure)
    }

    /// [`Group::agree`] of all ranks. **Collective.**
    ///
    /// # Errors
    /// As there.
    pub fn agree<T, E: Serialize + DeserializeOwned>(
        &self,
        outcome: Result<T, E>,
    ) -> Result<Result<T, Failure<E>>, CommError> {
        self.all().agree(outcome)
    }
}

fn written(number: u64, error: &[u8]) -> Vec<u8> {
    let mut message = Vec::with_capacity(8 + error.len());
    message.extend_from_slice(&number.to_le_bytes());
    message.extend_from_slice(error);
    message
}

fn read(message: &[u8]) -> Result<(u64, &[u8]), CommError> {
    let (number, error) = message.split_first_chunk::<8>().ok_or_else(|| CommError::Decode {
        length_bytes: message.len(),
        reason: String::from("a failure begins with its number"),
    })?;
    Ok((u64::from_le_bytes(*number), error))
}
