//! DistArray: the handle. Eager to look at, lazy to run.

use crate::backend::{Command, Reply, Selection};
use crate::context::Context;
use crate::store::ArrayId;
use distarray_core::{Block, DType, Element, Pool, Scalar};
use distarray_maps::Distribution;
use distarray_spmd::{ArrayMeta, Error};
use ndarray::ArrayD;
use std::panic::Location;
use std::sync::Arc;

/// A distributed array, or a value not computed yet, or the error of a wrong operation.
///
/// Shape, dtype, distribution and errors are known at once; elements are computed when somebody must
/// see them ([`DistArray::fetch`], [`DistArray::compute`], saving, printing). A clone is another
/// handle to the same value; values never change. Dropping a handle is only noted.
#[derive(Clone, Debug)]
pub struct DistArray {
    inner: Arc<Inner>,
}

#[derive(Debug)]
enum Inner {
    Node { context: Context, id: ArrayId, meta: ArrayMeta },
    Failed { context: Context, error: Error },
}

impl Drop for Inner {
    fn drop(&mut self) {
        if let Inner::Node { context, id, .. } = self {
            context.note_drop(*id);
        }
    }
}

impl DistArray {
    pub(crate) fn of(context: &Context, id: ArrayId, meta: ArrayMeta) -> Self {
        Self { inner: Arc::new(Inner::Node { context: context.clone(), id, meta }) }
    }

    /// A handle that carries `error` of `operation`, written at `place`. An error that has its place
    /// keeps it.
    pub(crate) fn failed(context: &Context, operation: &str, place: &Location<'_>, error: Error) -> Self {
        let error = match error {
            located @ Error::At { .. } => located,
            error => Error::At {
                operation: operation.to_owned(),
                place: place.to_string(),
                source: Box::new(error),
            },
        };
        Self { inner: Arc::new(Inner::Failed { context: context.clone(), error }) }
    }

    /// The outcome of an operation as a handle.
    pub(crate) fn from_outcome(
        context: &Context,
        operation: &str,
        place: &Location<'_>,
        outcome: Result<DistArray, Error>,
    ) -> Self {
        outcome.unwrap_or_else(|error| Self::failed(context, operation, place, error))
    }

    /// Whether both are the same handle, or clones of it.
    pub(crate) fn is_same_handle(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.inner, &other.inner)
    }

    pub(crate) fn id(&self) -> Result<ArrayId, Error> {
        match &*self.inner {
            Inner::Node { id, .. } => Ok(*id),
            Inner::Failed { error, .. } => Err(error.clone()),
        }
    }

    pub(crate) fn check_context(&self, context: &Context) -> Result<&Self, Error> {
        let own = self.context().number();
        if own == context.number() {
            Ok(self)
        } else {
            Err(Error::TwoContexts { first: context.number(), second: own })
        }
    }

    /// The context it belongs to. **Pure.**
    #[must_use]
    pub fn context(&self) -> &Context {
        match &*self.inner {
            Inner::Node { context, .. } | Inner::Failed { context, .. } => context,
        }
    }

    /// dtype and distribution. **Pure.**
    ///
    /// # Errors
    /// The error that this handle carries.
    pub fn meta(&self) -> Result<&ArrayMeta, Error> {
        match &*self.inner {
            Inner::Node { meta, .. } => Ok(meta),
            Inner::Failed { error, .. } => Err(error.clone()),
        }
    }

    /// The error that this handle carries, if the operation that made it, or one before it, was wrong. **Pure.**
    #[must_use]
    pub fn error(&self) -> Option<&Error> {
        match &*self.inner {
            Inner::Node { .. } => None,
            Inner::Failed { error, .. } => Some(error),
        }
    }

    /// The handle itself if it carries no error. **Pure.**
    ///
    /// # Errors
    /// The error that it carries.
    pub fn check(&self) -> Result<&Self, Error> {
        self.meta().map(|_| self)
    }

    /// Global shape; empty for a failed handle. **Pure.**
    #[must_use]
    pub fn shape(&self) -> &[usize] {
        match &*self.inner {
            Inner::Node { meta, .. } => meta.shape(),
            Inner::Failed { .. } => &[],
        }
    }

    /// Number of dimensions; 0 for a failed handle. **Pure.**
    #[must_use]
    pub fn ndim(&self) -> usize {
        self.shape().len()
    }

    /// Number of elements; 0 for a failed handle. **Pure.**
    #[must_use]
    pub fn size(&self) -> usize {
        self.meta().map_or(0, |meta| meta.distribution.size())
    }

    /// Element type. **Pure.**
    ///
    /// # Errors
    /// The error that this handle carries.
    pub fn dtype(&self) -> Result<DType, Error> {
        Ok(self.meta()?.dtype)
    }

    /// Where the elements lie. **Pure.**
    ///
    /// # Errors
    /// The error that this handle carries.
    pub fn distribution(&self) -> Result<&Distribution, Error> {
        Ok(&self.meta()?.distribution)
    }

    /// Makes the value and waits until all ranks have it.
    ///
    /// # Errors
    /// The error that this handle carries, any rank's failure to make it, or the first failure of other
    /// work that no call has returned.
    pub fn compute(&self) -> Result<&Self, Error> {
        let (id, meta) = (self.id()?, self.meta()?);
        // None of its elements; but whoever lacks the array says so.
        let selection = Selection::Product(vec![Vec::new(); meta.shape().len()]);
        self.context().request_of_all(Command::Fetch { id, selection })?;
        Ok(self)
    }

    /// Brings all elements here, as a block in C order.
    ///
    /// # Errors
    /// The error that this handle carries, any rank's failure, or memory refused here.
    pub fn fetch_block(&self) -> Result<Block, Error> {
        self.fetch_selection(Selection::All)
    }

    /// Brings the product of these global indices (one increasing list per axis) here.
    ///
    /// # Errors
    /// As [`DistArray::fetch_block`]; an index outside its axis.
    pub fn fetch_product(&self, indices: Vec<Vec<usize>>) -> Result<Block, Error> {
        let shape = self.meta()?.shape();
        if indices.len() != shape.len() {
            return Err(Error::Shape {
                found: indices.iter().map(Vec::len).collect(),
                expected: shape.to_vec(),
            });
        }
        for (axis, (indices, length)) in indices.iter().zip(shape).enumerate() {
            if let Some(index) = indices.iter().find(|index| *index >= length) {
                return Err(distarray_maps::MapError::IndexOutOfRange {
                    axis,
                    index: *index,
                    length: *length,
                }
                .into());
            }
        }
        self.fetch_selection(Selection::Product(indices))
    }

    fn fetch_selection(&self, selection: Selection) -> Result<Block, Error> {
        let (id, meta) = (self.id()?, self.meta()?);
        let command = Command::Fetch { id, selection: selection.clone() };
        match self.context().request(command)? {
            Reply::Parts(parts) => crate::transfer::join(meta, &selection, &parts, &Pool::new(None)),
            _ => Err(Error::Closed),
        }
    }

    /// Brings all elements here without blocking the thread: for callers that run on the arbiter of
    /// the client actor, or in async code.
    ///
    /// # Errors
    /// As [`DistArray::fetch_block`].
    pub async fn fetch_block_async(&self) -> Result<Block, Error> {
        let (id, meta) = (self.id()?, self.meta()?);
        let answer = self.context().submit(Command::Fetch { id, selection: Selection::All })?;
        match answer.await.unwrap_or(Err(Error::Closed))? {
            Reply::Parts(parts) => crate::transfer::join(meta, &Selection::All, &parts, &Pool::new(None)),
            _ => Err(Error::Closed),
        }
    }

    /// Brings all elements here.
    ///
    /// # Errors
    /// As [`DistArray::fetch_block`]; [`Error::DType`] if the elements are no `T`.
    pub fn fetch<T: Element>(&self) -> Result<ArrayD<T>, Error> {
        let found = self.dtype()?;
        if found != T::DTYPE {
            return Err(Error::DType { found: found.name(), expected: T::DTYPE.name() });
        }
        Ok(self.fetch_block()?.to_ndarray::<T>()?)
    }

    /// The value of an array of one element.
    ///
    /// # Errors
    /// As [`DistArray::fetch_block`]; [`Error::Shape`] if there are more elements or none.
    pub fn item(&self) -> Result<Scalar, Error> {
        let meta = self.meta()?;
        if meta.distribution.size() != 1 {
            return Err(Error::Shape { found: meta.shape().to_vec(), expected: Vec::new() });
        }
        Ok(self.fetch_block()?.to_scalar()?)
    }
}
