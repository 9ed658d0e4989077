//! Calls: registered operations and functions, written down for handles.

use crate::context::Context;
use crate::dist_array::DistArray;
use crate::graph::Kind;
use crate::store::ArrayId;
use crate::transfer;
use distarray_core::Block;
use distarray_spmd::{ArrayMeta, DynOperation, Error, Inferred, exactly};
use std::sync::Arc;

impl Context {
    /// Writes an operation down; nothing runs yet. Gives its results.
    ///
    /// # Errors
    /// What the metadata shows to be wrong; [`Error::NotSendable`] for a function of this program where
    /// the engines are other processes.
    pub fn call<O: DynOperation + 'static>(
        &self,
        operation: O,
        inputs: &[&DistArray],
    ) -> Result<Vec<DistArray>, Error> {
        self.call_dyn(Arc::new(operation), inputs)
    }

    /// The one result of an operation.
    pub(crate) fn result_of<O: DynOperation + 'static>(
        &self,
        operation: O,
        inputs: &[&DistArray],
    ) -> Result<DistArray, Error> {
        let name = operation.name().to_owned();
        let [result] = exactly::<1, _>(&name, self.call(operation, inputs)?)?;
        Ok(result)
    }

    /// As [`Context::call`], for an operation whose type is not known.
    ///
    /// # Errors
    /// As there.
    pub fn call_dyn(
        &self,
        operation: Arc<dyn DynOperation>,
        inputs: &[&DistArray],
    ) -> Result<Vec<DistArray>, Error> {
        let mut ids = Vec::with_capacity(inputs.len());
        let mut metas = Vec::with_capacity(inputs.len());
        for input in inputs {
            ids.push(input.check_context(self)?.id()?);
            metas.push(input.meta()?);
        }
        if !self.backend().takes_functions() {
            operation.parameters()?;
        }
        let outputs = operation
            .infer(&metas)?
            .into_iter()
            .map(|output| match output {
                Inferred::Known(meta) => Ok(meta),
                Inferred::AtRun { .. } => Err(Error::Value {
                    what: "operation",
                    value: operation.name().to_owned(),
                    reason: "a result whose shape depends on data cannot be written down ahead of it",
                }),
            })
            .collect::<Result<Vec<_>, _>>()?;
        let ids = self.write_call(operation, ids, &outputs)?;
        Ok(ids.into_iter().zip(outputs).map(|(id, meta)| DistArray::of(self, id, meta)).collect())
    }

    /// Runs an operation that is wanted for its effect, and waits until all ranks have done it.
    ///
    /// # Errors
    /// What the metadata shows to be wrong, and any rank's failure.
    pub fn run<O: DynOperation + 'static>(&self, operation: O, inputs: &[&DistArray]) -> Result<(), Error> {
        self.call(operation, inputs)?;
        self.synchronise()
    }

    /// Writes a node down.
    pub(crate) fn add(&self, kind: Kind, inputs: Vec<ArrayId>, meta: ArrayMeta) -> Result<DistArray, Error> {
        let id = self.write(kind, inputs, meta.clone())?;
        Ok(DistArray::of(self, id, meta))
    }

    /// An array of elements that this program has, laid out as `meta` says.
    pub(crate) fn put(&self, block: &Block, meta: ArrayMeta) -> Result<DistArray, Error> {
        let parts = transfer::split(block, &meta, self.rank_count())?;
        let id = self.write_parts(meta.clone(), parts)?;
        Ok(DistArray::of(self, id, meta))
    }
}
