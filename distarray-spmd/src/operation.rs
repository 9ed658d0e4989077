//! Operation: anything a rank can be asked to do; built-ins and users' own stand in the same list.

use crate::{AnyLocalArray, ArrayMeta, Error, Worker};
use distarray_comm::cost::Traffic;
use distarray_comm::{SameMemory, wire};
use distarray_core::DType;
use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::Arc;

/// What is known of a result before the operation has run.
#[derive(Clone, Debug, PartialEq)]
pub enum Inferred {
    /// Everything: the operation stays lazy.
    Known(ArrayMeta),
    /// Only this much; the shape depends on the data, so the operation synchronises.
    AtRun {
        /// Element type of the result.
        dtype: DType,
        /// Number of its dimensions.
        ndim: usize,
    },
}

/// An array handed to an operation.
#[derive(Debug)]
pub enum Input<'a> {
    /// Somebody else still needs it.
    Borrowed(&'a AnyLocalArray),
    /// Nobody else needs it: it may be overwritten.
    Owned(AnyLocalArray),
    /// Nobody else needs it, and the first result is a new version of it ([`Operation::updates`]): it may be changed in
    /// place, and is given back as it was if the operation fails.
    Updated(&'a mut AnyLocalArray),
}

impl Input<'_> {
    /// The array, to read. **Local.**
    #[must_use]
    pub fn array(&self) -> &AnyLocalArray {
        match self {
            Input::Borrowed(array) => array,
            Input::Owned(array) => array,
            Input::Updated(array) => array,
        }
    }

    /// The array as one's own: shares the storage of a borrowed one. **Local.**
    #[must_use]
    pub fn into_array(self) -> AnyLocalArray {
        match self {
            Input::Borrowed(array) => array.clone(),
            Input::Owned(array) => array,
            Input::Updated(array) => array.clone(),
        }
    }
}

/// What one rank is predicted to spend on an operation, before it runs.
///
/// The figures are those the meter counts, to the unit; less than those if the data decides
/// ([`Cost::depends_on_data`]).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Messages this rank sends.
    pub messages_sent: u64,
    /// Bytes in them.
    pub bytes_sent: u64,
    /// Bytes this rank copies straight out of other ranks' memory.
    pub bytes_copied: u64,
    /// Pool bytes held beside inputs and outputs at the worst moment.
    pub temporary_bytes: u64,
    /// Whether more is spent than the figures say: as much as the data asks for.
    pub is_least: bool,
}

impl Cost {
    /// The cost of what only the data decides. **Pure.**
    #[must_use]
    pub fn depends_on_data() -> Cost {
        Cost { is_least: true, ..Cost::default() }
    }

    /// The cost of messages alone. **Pure.**
    #[must_use]
    pub fn of(traffic: Traffic) -> Cost {
        Cost { messages_sent: traffic.messages_sent, bytes_sent: traffic.bytes_sent, ..Cost::default() }
    }

    /// One after the other: messages and bytes add up, temporaries do not overlap. **Pure.**
    #[must_use]
    pub fn then(self, next: Cost) -> Cost {
        Cost {
            messages_sent: self.messages_sent + next.messages_sent,
            bytes_sent: self.bytes_sent + next.bytes_sent,
            bytes_copied: self.bytes_copied + next.bytes_copied,
            temporary_bytes: self.temporary_bytes.max(next.temporary_bytes),
            is_least: self.is_least || next.is_least,
        }
    }
}

/// Anything a rank can be asked to do.
///
/// The parameters travel by serde; the data never does. `infer` is pure: it runs on the client and
/// on every rank and must agree.
pub trait Operation: Serialize + DeserializeOwned + Debug + Send + Sync + 'static {
    /// The name it is registered under; also named in errors.
    const NAME: &'static str;

    /// Shape, dtype and distribution of each result. **Pure.**
    ///
    /// # Errors
    /// Whatever can be known to be wrong without looking at data.
    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error>;

    /// What `rank` of `ranks` will spend if they can reach each other's memory as `reach` says.
    /// **Pure.** The default says: no message, no temporaries.
    fn cost(&self, inputs: &[&ArrayMeta], rank: usize, ranks: usize, reach: SameMemory) -> Cost {
        let _ = (inputs, rank, ranks, reach);
        Cost::default()
    }

    /// Whether ranks talk to each other while it runs; the same answer on every rank. **Pure.**
    ///
    /// Before a step that communicates the ranks agree that none has failed so far.
    fn communicates(&self, inputs: &[&ArrayMeta]) -> bool {
        let _ = inputs;
        true
    }

    /// The input whose storage the first result shares, on ranks that hold the result: nothing is allocated
    /// for it there. **Pure.**
    fn shares(&self, inputs: &[&ArrayMeta]) -> Option<usize> {
        let _ = inputs;
        None
    }

    /// Whether its inputs may be views; otherwise it is given arrays in C order. **Pure.**
    fn takes_views(&self) -> bool {
        false
    }

    /// Whether its first result may be a view: of an input whose storage it shares, or of memory of its own. **Pure.**
    fn makes_views(&self, inputs: &[&ArrayMeta]) -> bool {
        let _ = inputs;
        false
    }

    /// Whether its first result is a new version of its first input, which it may then be handed as
    /// [`Input::Updated`]. **Pure.**
    ///
    /// Such an operation communicates, and agrees that no rank fails before it changes anything: after a failure the
    /// array is what it was.
    fn updates(&self) -> bool {
        false
    }

    /// Does it. An owned input may be overwritten. **Collective.**
    ///
    /// # Errors
    /// What fails on this rank alone must be agreed upon (see [`Worker::agree`]) before the next
    /// message, unless the operation does not communicate.
    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error>;
}

/// An [`Operation`] with its type erased, as plans carry it.
pub trait DynOperation: Debug + Send + Sync {
    /// See [`Operation::NAME`].
    fn name(&self) -> &str;
    /// See [`Operation::infer`].
    ///
    /// # Errors
    /// As there.
    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error>;
    /// See [`Operation::cost`].
    fn cost(&self, inputs: &[&ArrayMeta], rank: usize, ranks: usize, reach: SameMemory) -> Cost;
    /// See [`Operation::communicates`].
    fn communicates(&self, inputs: &[&ArrayMeta]) -> bool;
    /// See [`Operation::shares`].
    fn shares(&self, inputs: &[&ArrayMeta]) -> Option<usize> {
        let _ = inputs;
        None
    }
    /// See [`Operation::takes_views`].
    fn takes_views(&self) -> bool {
        false
    }
    /// See [`Operation::makes_views`].
    fn makes_views(&self, inputs: &[&ArrayMeta]) -> bool {
        let _ = inputs;
        false
    }
    /// See [`Operation::updates`].
    fn updates(&self) -> bool {
        false
    }
    /// See [`Operation::execute`].
    ///
    /// # Errors
    /// As there.
    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error>;
    /// The parameters in wire form; for comparing and shipping.
    ///
    /// # Errors
    /// [`Error::NotSendable`] for a function of this program.
    fn parameters(&self) -> Result<Vec<u8>, Error>;
}

impl<O: Operation> DynOperation for O {
    fn name(&self) -> &str {
        O::NAME
    }
    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        Operation::infer(self, inputs)
    }
    fn cost(&self, inputs: &[&ArrayMeta], rank: usize, ranks: usize, reach: SameMemory) -> Cost {
        Operation::cost(self, inputs, rank, ranks, reach)
    }
    fn communicates(&self, inputs: &[&ArrayMeta]) -> bool {
        Operation::communicates(self, inputs)
    }
    fn shares(&self, inputs: &[&ArrayMeta]) -> Option<usize> {
        Operation::shares(self, inputs)
    }
    fn takes_views(&self) -> bool {
        Operation::takes_views(self)
    }
    fn makes_views(&self, inputs: &[&ArrayMeta]) -> bool {
        Operation::makes_views(self, inputs)
    }
    fn updates(&self) -> bool {
        Operation::updates(self)
    }
    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        Operation::execute(self, worker, inputs)
    }
    fn parameters(&self) -> Result<Vec<u8>, Error> {
        Ok(wire::encode(self)?)
    }
}

type Decoder = fn(&[u8]) -> Result<Arc<dyn DynOperation>, Error>;

/// The operations that a program knows by name. All ranks run one binary and fill it alike.
#[derive(Clone, Default)]
pub struct Registry {
    decoders: BTreeMap<&'static str, Decoder>,
}

impl Debug for Registry {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_set().entries(self.decoders.keys()).finish()
    }
}

impl Registry {
    /// An empty one. **Pure.**
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds operation `O` under its name. **Pure.**
    ///
    /// # Errors
    /// [`Error::OperationExists`] if the name is taken.
    pub fn register<O: Operation>(&mut self) -> Result<(), Error> {
        fn decode<O: Operation>(bytes: &[u8]) -> Result<Arc<dyn DynOperation>, Error> {
            Ok(Arc::new(wire::decode::<O>(bytes)?))
        }
        if self.decoders.contains_key(O::NAME) {
            return Err(Error::OperationExists { name: O::NAME.to_owned() });
        }
        self.decoders.insert(O::NAME, decode::<O>);
        Ok(())
    }

    /// Makes an operation of what [`DynOperation::parameters`] gave. **Pure.**
    ///
    /// # Errors
    /// [`Error::UnknownOperation`], or [`Error::Comm`] for bytes that are not its parameters.
    pub fn decode(&self, name: &str, parameters: &[u8]) -> Result<Arc<dyn DynOperation>, Error> {
        let decoder =
            self.decoders.get(name).ok_or_else(|| Error::UnknownOperation { name: name.to_owned() })?;
        decoder(parameters)
    }
}

/// The inputs of an operation that takes exactly `N`. **Pure.**
///
/// # Errors
/// [`Error::InputCount`].
pub fn exactly<const N: usize, T>(operation: &str, inputs: Vec<T>) -> Result<[T; N], Error> {
    let found = inputs.len();
    inputs.try_into().map_err(|_| Error::InputCount { operation: operation.to_owned(), found, expected: N })
}
