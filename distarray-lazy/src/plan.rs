//! Plan: an SPMD program as data. Every rank runs the same steps in the same order.

use crate::store::ArrayId;
use distarray_comm::wire;
use distarray_spmd::compute::pass::Pass;
use distarray_spmd::{ArrayMeta, DynOperation, Error, Registry};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Where a step's input comes from, and whether the step is its last reader.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StepInput {
    /// Number of the array.
    pub id: ArrayId,
    /// Whether the step may overwrite it: nobody reads it afterwards.
    pub owned: bool,
}

/// What one step does.
#[derive(Clone, Debug)]
pub enum Work {
    /// One pass over aligned arrays: elementwise operations, stores and closing reductions.
    Pass(Arc<Pass>),
    /// A registered operation.
    Call(Arc<dyn DynOperation>),
}

/// One step: inputs by number, results by number, and what may be forgotten afterwards.
#[derive(Clone, Debug)]
pub struct Step {
    /// What is done.
    pub work: Work,
    /// Arrays read, in the order the work expects.
    pub inputs: Vec<StepInput>,
    /// Their dtypes and distributions.
    pub input_metas: Vec<ArrayMeta>,
    /// Numbers of the results, in the order the work gives them.
    pub outputs: Vec<ArrayId>,
    /// Their dtypes and distributions.
    pub output_metas: Vec<ArrayMeta>,
    /// Arrays that nobody needs after this step.
    pub frees: Vec<ArrayId>,
}

impl Step {
    /// The name that errors and pictures show. **Pure.**
    #[must_use]
    pub fn name(&self) -> &str {
        match &self.work {
            Work::Pass(pass) => pass.name(),
            Work::Call(operation) => operation.name(),
        }
    }

    /// Whether ranks talk to each other in it; the same answer on every rank. **Pure.**
    #[must_use]
    pub fn communicates(&self) -> bool {
        match &self.work {
            Work::Pass(pass) => pass.communicates(),
            Work::Call(operation) => {
                let metas: Vec<&ArrayMeta> = self.input_metas.iter().collect();
                operation.communicates(&metas)
            }
        }
    }

    /// Whether it only gives a name to part of an array: without it nothing is missing but the name. **Pure.**
    #[must_use]
    pub(crate) fn is_name_only(&self) -> bool {
        match &self.work {
            Work::Pass(_) => false,
            Work::Call(operation) => {
                let metas: Vec<&ArrayMeta> = self.input_metas.iter().collect();
                operation.shares(&metas).is_some() && !operation.communicates(&metas)
            }
        }
    }

    /// The input of which the first result is a new version. **Pure.**
    #[must_use]
    pub fn updates(&self) -> Option<usize> {
        match &self.work {
            Work::Pass(pass) => pass.updates(),
            Work::Call(operation) => operation.updates().then_some(0),
        }
    }
}

/// The steps of one flush.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// In the order they run.
    pub steps: Vec<Step>,
}

#[derive(Serialize, Deserialize)]
enum WireWork {
    Pass(Arc<Pass>),
    Call { name: String, parameters: Vec<u8> },
}

#[derive(Serialize, Deserialize)]
struct WireStep {
    work: WireWork,
    inputs: Vec<StepInput>,
    input_metas: Vec<ArrayMeta>,
    outputs: Vec<ArrayId>,
    output_metas: Vec<ArrayMeta>,
    frees: Vec<ArrayId>,
}

impl Plan {
    /// The plan as bytes. **Pure.**
    ///
    /// # Errors
    /// [`Error::NotSendable`] if a step is a function of this program.
    pub fn encode(&self) -> Result<Vec<u8>, Error> {
        let steps = self
            .steps
            .iter()
            .map(|step| {
                let work = match &step.work {
                    Work::Pass(pass) => WireWork::Pass(Arc::clone(pass)),
                    Work::Call(operation) => WireWork::Call {
                        name: operation.name().to_owned(),
                        parameters: operation.parameters()?,
                    },
                };
                Ok(WireStep {
                    work,
                    inputs: step.inputs.clone(),
                    input_metas: step.input_metas.clone(),
                    outputs: step.outputs.clone(),
                    output_metas: step.output_metas.clone(),
                    frees: step.frees.clone(),
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(wire::encode(&steps)?)
    }

    /// The plan that [`Plan::encode`] wrote. **Pure.**
    ///
    /// # Errors
    /// [`Error::UnknownOperation`] for an operation that `registry` lacks; [`Error::Comm`] for bytes that are no plan.
    pub fn decode(bytes: &[u8], registry: &Registry) -> Result<Self, Error> {
        let steps: Vec<WireStep> = wire::decode(bytes)?;
        let steps = steps
            .into_iter()
            .map(|step| {
                let work = match step.work {
                    WireWork::Pass(pass) => Work::Pass(pass),
                    WireWork::Call { name, parameters } => Work::Call(registry.decode(&name, &parameters)?),
                };
                Ok(Step {
                    work,
                    inputs: step.inputs,
                    input_metas: step.input_metas,
                    outputs: step.outputs,
                    output_metas: step.output_metas,
                    frees: step.frees,
                })
            })
            .collect::<Result<Vec<_>, Error>>()?;
        Ok(Self { steps })
    }
}
