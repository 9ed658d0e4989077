//! Sequence: the members of a tuple or of a list, which only subscripts tell from each other.

use crate::evaluate::value::Value;
use std::ops::Deref;

/// The values of a tuple or of a list: read as a slice, whichever it is.
#[derive(Clone, Debug)]
pub struct Sequence {
    members: Vec<Value>,
    is_list: bool,
}

impl Sequence {
    /// A list. **Local**
    #[must_use]
    pub fn list(members: Vec<Value>) -> Self {
        Self { members, is_list: true }
    }

    /// Whether it is a list: between brackets one index array, where a tuple is several entries. **Pure**
    #[must_use]
    pub fn is_list(&self) -> bool {
        self.is_list
    }
}

/// A tuple.
impl From<Vec<Value>> for Sequence {
    fn from(members: Vec<Value>) -> Self {
        Self { members, is_list: false }
    }
}

impl FromIterator<Value> for Sequence {
    fn from_iter<I: IntoIterator<Item = Value>>(members: I) -> Self {
        members.into_iter().collect::<Vec<_>>().into()
    }
}

impl Deref for Sequence {
    type Target = [Value];

    fn deref(&self) -> &[Value] {
        &self.members
    }
}

impl IntoIterator for Sequence {
    type Item = Value;
    type IntoIter = std::vec::IntoIter<Value>;

    fn into_iter(self) -> Self::IntoIter {
        self.members.into_iter()
    }
}
