//! Operations that do what well-behaved ones do not.

use distarray_core::ElementError;
use distarray_spmd::{AnyLocalArray, ArrayMeta, Error, Inferred, Input, Operation, Worker};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How a rank fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum How {
    Panic,
    Error,
    RefuseMemory,
}

pub(crate) const WAYS: [How; 3] = [How::Panic, How::Error, How::RefuseMemory];

/// Fails on one rank, in the middle, while the others wait for a message from it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Trip {
    pub(crate) rank: usize,
    pub(crate) how: How,
}

impl Operation for Trip {
    const NAME: &'static str = "trip";

    fn infer(&self, _: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        Ok(Vec::new())
    }

    fn execute(&self, worker: &Worker, _: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        if worker.rank() != self.rank {
            worker.comm().receive(self.rank, 1)?;
            return Ok(Vec::new());
        }
        match self.how {
            How::Panic => panic!("tripped"),
            How::Error => Err(Error::Axis { axis: 5, ndim: 2 }),
            How::RefuseMemory => {
                worker.pool().refuse_next();
                let refused = worker.pool().allocate(100);
                let is_refusal =
                    matches!(&refused, Err(ElementError::OutOfMemory { requested_bytes: 100, .. }));
                assert!(is_refusal, "the pool refuses");
                refused?;
                Ok(Vec::new())
            }
        }
    }
}

/// One rank sleeps without looking at anything.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Doze {
    pub(crate) rank: usize,
    pub(crate) milliseconds: u64,
}

impl Operation for Doze {
    const NAME: &'static str = "doze";

    fn infer(&self, _: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        Ok(Vec::new())
    }

    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        false
    }

    fn execute(&self, worker: &Worker, _: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        if worker.rank() == self.rank {
            std::thread::sleep(Duration::from_millis(self.milliseconds));
        }
        Ok(Vec::new())
    }
}

/// Ranks other than 0 wait for a message that never comes: only an abort ends it.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct WaitForEver;

impl Operation for WaitForEver {
    const NAME: &'static str = "wait for ever";

    fn infer(&self, _: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        Ok(Vec::new())
    }

    fn execute(&self, worker: &Worker, _: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        worker.comm().receive((worker.rank() + 1) % worker.size(), 9)?;
        Ok(Vec::new())
    }
}
