//! Function: a function of the program as an operation, for engines that share its memory.

use crate::context::Context;
use crate::dist_array::DistArray;
use distarray_spmd::{AnyLocalArray, ArrayMeta, DynOperation, Error, Inferred, Input, Worker};
use std::fmt::{self, Debug};

type Body = dyn Fn(&Worker, Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> + Send + Sync;

/// A function of this program that ranks run, each on its own part.
struct Function {
    name: String,
    outputs: Vec<ArrayMeta>,
    body: Box<Body>,
}

impl Debug for Function {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Function").field("name", &self.name).finish_non_exhaustive()
    }
}

impl DynOperation for Function {
    fn name(&self) -> &str {
        &self.name
    }

    fn infer(&self, _: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        Ok(self.outputs.iter().cloned().map(Inferred::Known).collect())
    }

    fn cost(
        &self,
        _: &[&ArrayMeta],
        _: usize,
        _: usize,
        _: distarray_comm::SameMemory,
    ) -> distarray_spmd::Cost {
        distarray_spmd::Cost::default()
    }

    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        // Nobody can tell what it does; so the ranks agree before it.
        true
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let arrays = (self.body)(worker, inputs)?;
        for (array, meta) in arrays.iter().zip(&self.outputs) {
            if array.meta() != *meta {
                return Err(Error::Shape { found: array.shape().to_vec(), expected: meta.shape().to_vec() });
            }
        }
        Ok(arrays)
    }

    fn parameters(&self) -> Result<Vec<u8>, Error> {
        Err(Error::NotSendable { operation: self.name.clone() })
    }
}

impl Context {
    /// Has every rank run `body` on its parts of `inputs`; it gives the rank's parts of arrays that lie as
    /// `outputs` say. `name` is what errors call it. Nothing runs before somebody needs a result.
    ///
    /// `body` may talk to the other ranks through its [`Worker`]; then all must call the same collectives.
    /// An engine-side error or panic is an error of the results. What it sends is not foreseen by
    /// [`Context::explain`].
    ///
    /// # Errors
    /// [`Error::NotSendable`] where the engines are other processes: register an
    /// [`Operation`](distarray_spmd::Operation) instead. [`Error::Ranks`] for outputs on ranks that are
    /// not there.
    ///
    /// # Example
    /// ```
    /// # use distarray_comm::threads;
    /// # use distarray_lazy::Context;
    /// # use distarray_spmd::{AnyLocalArray, Error};
    /// let doubled = threads::run(2, |comm| {
    ///     let context = Context::spmd(&comm)?;
    ///     let x = context.linspace(0.0, 1.0, 3);
    ///     let y = context.apply("double", &[&x], vec![x.meta()?.clone()], |worker, inputs| {
    ///         let mut block = inputs[0].array().to_block(worker.pool())?;
    ///         for element in block.as_mut_slice::<f64>()? {
    ///             *element *= 2.0;
    ///         }
    ///         let distribution = inputs[0].array().distribution().clone();
    ///         Ok(vec![AnyLocalArray::new(distribution, block, worker.rank())?])
    ///     })?;
    ///     y[0].fetch::<f64>()
    /// })?;
    /// assert_eq!(doubled[0], ndarray::arr1(&[0.0, 1.0, 2.0]).into_dyn());
    /// # Ok::<(), Error>(())
    /// ```
    pub fn apply(
        &self,
        name: &str,
        inputs: &[&DistArray],
        outputs: Vec<ArrayMeta>,
        body: impl Fn(&Worker, Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> + Send + Sync + 'static,
    ) -> Result<Vec<DistArray>, Error> {
        for output in &outputs {
            self.check_ranks(&output.distribution)?;
        }
        self.call(Function { name: name.to_owned(), outputs, body: Box::new(body) }, inputs)
    }
}
