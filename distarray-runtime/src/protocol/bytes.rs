//! Messages between processes as bytes: descriptions by serde and bincode, data beside them as it is.
//!
//! A packet is a sequence of frames, each `head length (u32) | data length (u64) | head | data`, all
//! little-endian.

use super::{Abort, Merged, NotReturning, Parts, Payload, PlanForm, Request, WireCommand};
use distarray_comm::{CommError, wire};
use distarray_lazy::backend::{RankStatistics, Selection};
use distarray_lazy::store::ArrayId;
use distarray_spmd::{ArrayMeta, Failure};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Bytes of the two lengths.
const LENGTHS_BYTES: usize = 12;

/// Payloads of more bytes than this go to rank 0 by themselves, not up the tree.
pub const INLINE_PAYLOAD_BYTES: usize = 4096;

/// One message between routers.
#[derive(Clone, Debug)]
pub enum Frame {
    /// Down: do this. The parts of a put are [`Parts::Beside`].
    Request(Request),
    /// Down: give this up.
    Abort(Abort),
    /// Down: give up every request of an earlier epoch.
    RaiseEpoch(u64),
    /// Straight from rank 0: this rank's part of put `number` is the sender's next data message.
    Part {
        /// Number of the request.
        number: u64,
    },
    /// Up: what the ranks of a subtree answered, and how many of their payloads go to rank 0 by
    /// themselves.
    Merged(Merged, usize),
    /// Straight to rank 0: the sender's payload of request `number` is its next data message.
    Payload {
        /// Number of the request.
        number: u64,
    },
    /// Up: a rank has failed and will answer later.
    Warn(u64, Failure),
    /// Up: a step does not return.
    Overdue(NotReturning),
}

#[derive(Serialize, Deserialize)]
enum Head {
    Request {
        number: u64,
        epoch: u64,
        command: CommandHead,
    },
    Abort {
        epoch: u64,
        number: u64,
        cause: Failure,
    },
    RaiseEpoch(u64),
    Part {
        number: u64,
    },
    Merged {
        number: u64,
        ranks: usize,
        failure: Option<Failure>,
        payloads: Vec<(usize, PayloadHead)>,
        elsewhere: usize,
    },
    Payload {
        number: u64,
    },
    Warn {
        number: u64,
        failure: Failure,
    },
    Overdue {
        number: u64,
        rank: usize,
        operation: String,
        elapsed_milliseconds: u64,
    },
}

#[derive(Serialize, Deserialize)]
enum CommandHead {
    Nothing,
    Run { frees: Vec<ArrayId> },
    Fetch { id: ArrayId, selection: Selection },
    Put { id: ArrayId, meta: ArrayMeta },
    Statistics,
    Stop,
}

#[derive(Serialize, Deserialize)]
enum PayloadHead {
    Done,
    Bytes { length: usize },
    Statistics(RankStatistics),
}

impl Frame {
    /// Appends the frame to `packet`. **Pure.**
    ///
    /// # Errors
    /// [`CommError::Encode`]. A plan that is not in bytes is written as one that no rank can read:
    /// [`WireCommand::sendable`] makes commands that can be sent.
    pub fn append_to(&self, packet: &mut Vec<u8>) -> Result<(), CommError> {
        let mut data: Vec<&[u8]> = Vec::new();
        let head = match self {
            Self::Request(request) => Head::Request {
                number: request.number,
                epoch: request.epoch,
                command: command_head(&request.command, &mut data),
            },
            Self::Abort(Abort { epoch, number, cause }) => {
                Head::Abort { epoch: *epoch, number: *number, cause: cause.clone() }
            }
            Self::RaiseEpoch(epoch) => Head::RaiseEpoch(*epoch),
            Self::Part { number } => Head::Part { number: *number },
            Self::Merged(merged, elsewhere) => Head::Merged {
                number: merged.number,
                ranks: merged.ranks,
                failure: merged.failure.clone(),
                payloads: merged
                    .payloads
                    .iter()
                    .map(|(rank, payload)| (*rank, payload_head(payload, &mut data)))
                    .collect(),
                elsewhere: *elsewhere,
            },
            Self::Payload { number } => Head::Payload { number: *number },
            Self::Warn(number, failure) => Head::Warn { number: *number, failure: failure.clone() },
            Self::Overdue(NotReturning { number, rank, operation, elapsed_milliseconds }) => Head::Overdue {
                number: *number,
                rank: *rank,
                operation: operation.clone(),
                elapsed_milliseconds: *elapsed_milliseconds,
            },
        };
        let head = wire::encode(&head)?;
        let too_large = |_| CommError::TooLarge { length_bytes: head.len(), limit_bytes: u32::MAX as usize };
        let head_length = u32::try_from(head.len()).map_err(too_large)?;
        let data_length: u64 = data.iter().map(|part| part.len() as u64).sum();
        packet.extend_from_slice(&head_length.to_le_bytes());
        packet.extend_from_slice(&data_length.to_le_bytes());
        packet.extend_from_slice(&head);
        data.into_iter().for_each(|part| packet.extend_from_slice(part));
        Ok(())
    }

    /// Takes the first frame off `packet`. **Pure.**
    ///
    /// # Errors
    /// [`CommError::Decode`].
    pub fn take_from(packet: &mut &[u8]) -> Result<Self, CommError> {
        let length_bytes = packet.len();
        let short = || CommError::Decode { length_bytes, reason: "a frame is cut off".to_owned() };
        let (lengths, rest) = packet.split_at_checked(LENGTHS_BYTES).ok_or_else(short)?;
        let (head_length, data_length) = lengths.split_at(4);
        let head_length = head_length.try_into().map(u32::from_le_bytes).map_err(|_| short())?;
        let data_length = data_length.try_into().map(u64::from_le_bytes).map_err(|_| short())?;
        let head_length = usize::try_from(head_length).map_err(|_| short())?;
        let data_length = usize::try_from(data_length).map_err(|_| short())?;
        let (head, rest) = rest.split_at_checked(head_length).ok_or_else(short)?;
        let (data, rest) = rest.split_at_checked(data_length).ok_or_else(short)?;
        *packet = rest;
        Ok(match wire::decode(head)? {
            Head::Request { number, epoch, command } => {
                Self::Request(Request { number, epoch, command: Arc::new(command_of(command, data)) })
            }
            Head::Abort { epoch, number, cause } => Self::Abort(Abort { epoch, number, cause }),
            Head::RaiseEpoch(epoch) => Self::RaiseEpoch(epoch),
            Head::Part { number } => Self::Part { number },
            Head::Merged { number, ranks, failure, payloads, elsewhere } => {
                let mut data = data;
                let payloads = payloads
                    .into_iter()
                    .map(|(rank, head)| Ok((rank, payload_of(head, &mut data).ok_or_else(short)?)));
                let payloads = payloads.collect::<Result<_, CommError>>()?;
                Self::Merged(Merged { number, ranks, failure, payloads }, elsewhere)
            }
            Head::Payload { number } => Self::Payload { number },
            Head::Warn { number, failure } => Self::Warn(number, failure),
            Head::Overdue { number, rank, operation, elapsed_milliseconds } => {
                Self::Overdue(NotReturning { number, rank, operation, elapsed_milliseconds })
            }
        })
    }
}

fn command_head<'a>(command: &'a WireCommand, data: &mut Vec<&'a [u8]>) -> CommandHead {
    match command {
        WireCommand::Nothing => CommandHead::Nothing,
        WireCommand::Run { frees, plan } => {
            if let PlanForm::Bytes(bytes) = plan {
                data.push(bytes);
            }
            CommandHead::Run { frees: frees.clone() }
        }
        WireCommand::Fetch { id, selection } => CommandHead::Fetch { id: *id, selection: selection.clone() },
        WireCommand::Put { id, meta, .. } => CommandHead::Put { id: *id, meta: meta.clone() },
        WireCommand::Statistics => CommandHead::Statistics,
        WireCommand::Stop => CommandHead::Stop,
    }
}

fn command_of(head: CommandHead, data: &[u8]) -> WireCommand {
    match head {
        CommandHead::Nothing => WireCommand::Nothing,
        CommandHead::Run { frees } => WireCommand::Run { frees, plan: PlanForm::Bytes(data.to_vec()) },
        CommandHead::Fetch { id, selection } => WireCommand::Fetch { id, selection },
        CommandHead::Put { id, meta } => WireCommand::Put { id, meta, parts: Parts::Beside },
        CommandHead::Statistics => WireCommand::Statistics,
        CommandHead::Stop => WireCommand::Stop,
    }
}

fn payload_head<'a>(payload: &'a Payload, data: &mut Vec<&'a [u8]>) -> PayloadHead {
    match payload {
        Payload::Done => PayloadHead::Done,
        Payload::Bytes(bytes) => {
            data.push(bytes);
            PayloadHead::Bytes { length: bytes.len() }
        }
        Payload::Statistics(statistics) => PayloadHead::Statistics(*statistics),
    }
}

fn payload_of(head: PayloadHead, data: &mut &[u8]) -> Option<Payload> {
    Some(match head {
        PayloadHead::Done => Payload::Done,
        PayloadHead::Bytes { length } => {
            let (bytes, rest) = data.split_at_checked(length)?;
            *data = rest;
            Payload::Bytes(bytes.to_vec())
        }
        PayloadHead::Statistics(statistics) => Payload::Statistics(statistics),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_survive_one_after_the_other() {
        let merged = Merged {
            number: 4,
            ranks: 3,
            failure: None,
            payloads: vec![(2, Payload::Bytes(vec![1, 2, 3])), (0, Payload::Bytes(vec![]))],
        };
        let frames = [
            Frame::Request(Request {
                number: 9,
                epoch: 1,
                command: Arc::new(WireCommand::Run { frees: vec![7], plan: PlanForm::Bytes(vec![5; 9]) }),
            }),
            Frame::Merged(merged.clone(), 1),
            Frame::Part { number: 3 },
        ];
        let mut packet = Vec::new();
        for frame in &frames {
            frame.append_to(&mut packet).expect("encodes");
        }
        let mut rest = packet.as_slice();
        let Ok(Frame::Request(Request { number: 9, epoch: 1, command })) = Frame::take_from(&mut rest) else {
            panic!("a request")
        };
        assert!(matches!(
            &*command,
            WireCommand::Run { frees, plan: PlanForm::Bytes(bytes) } if frees == &[7] && bytes == &[5; 9]
        ));
        assert!(matches!(Frame::take_from(&mut rest), Ok(Frame::Merged(back, 1)) if back == merged));
        assert!(matches!(Frame::take_from(&mut rest), Ok(Frame::Part { number: 3 })));
        assert!(rest.is_empty());
        for length in 0..packet.len() {
            let mut cut = &packet[..length];
            while !cut.is_empty() {
                if Frame::take_from(&mut cut).is_err() {
                    break;
                }
            }
        }
    }
}
