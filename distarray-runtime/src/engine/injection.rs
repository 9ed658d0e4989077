//! `Injection`: makes a chosen step fail on a chosen rank, to see what happens then.

use super::Watch;
use distarray_core::Pool;
use distarray_lazy::executor::Observer;
use distarray_lazy::plan::{Plan, Work};
use distarray_spmd::Error;

/// A failure made on purpose. For tests of how failures are handled; nothing else should use it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Injection {
    /// The rank that fails.
    pub rank: usize,
    /// The steps in which it fails.
    pub target: Target,
    /// How it fails.
    pub what: What,
}

/// Steps of plans.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// Every pass.
    Pass,
    /// Every call of a registered operation or of a function.
    Call,
    /// Steps of this name, as errors show it.
    Named(String),
    /// The step of this index in every plan.
    Index(usize),
    /// All of them.
    Any,
}

/// Ways to fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum What {
    /// A panic.
    Panic,
    /// An error.
    Error,
    /// Memory is refused: to the first buffer that the step asks for.
    RefuseMemory,
}

impl Target {
    fn hits(&self, index: usize, name: &str, work: Option<&Work>) -> bool {
        match self {
            Target::Pass => matches!(work, Some(Work::Pass(_))),
            Target::Call => matches!(work, Some(Work::Call(_))),
            Target::Named(wanted) => wanted == name,
            Target::Index(wanted) => *wanted == index,
            Target::Any => true,
        }
    }
}

/// Sees the steps of one request: tells the watch, and injects.
#[derive(Debug)]
pub(super) struct Observed<'a> {
    pub(super) watch: &'a Watch,
    pub(super) number: u64,
    pub(super) injections: &'a [Injection],
    pub(super) plan: &'a Plan,
    pub(super) pool: &'a Pool,
}

impl Observer for Observed<'_> {
    fn begin(&self, index: usize, _count: usize, name: &str) -> Result<(), Error> {
        self.watch.begin(self.number, name);
        for injection in self.injections {
            let work = self.plan.steps.get(index).map(|step| &step.work);
            if !injection.target.hits(index, name, work) {
                continue;
            }
            match injection.what {
                What::Panic => panic!("injected into {name}"),
                What::Error => {
                    return Err(Error::Value {
                        what: "step",
                        value: name.to_owned(),
                        reason: "it was chosen to fail",
                    });
                }
                What::RefuseMemory => self.pool.refuse_next(),
            }
        }
        Ok(())
    }
}
