//! Asking: every rank has questions for others, and gets their answers.

use crate::{Error, Worker};
use distarray_comm::Message;
use distarray_core::{reserve, room_for};

/// Numbers that mean something to other ranks, and the places here that the answers are for.
#[derive(Clone, Debug)]
pub struct Questions {
    numbers: Vec<Vec<u64>>,
    places: Vec<Vec<u64>>,
}

impl Questions {
    /// None yet, to any of `ranks`. **Pure.**
    #[must_use]
    pub fn new(ranks: usize) -> Self {
        Self { numbers: vec![Vec::new(); ranks], places: vec![Vec::new(); ranks] }
    }

    /// Asks `rank` for what belongs to `number`, to be put at `place`. **Pure.**
    ///
    /// # Errors
    /// Memory refused.
    pub fn push(&mut self, rank: usize, number: u64, place: usize) -> Result<(), Error> {
        reserve(&mut self.numbers[rank], 1)?;
        reserve(&mut self.places[rank], 1)?;
        self.numbers[rank].push(number);
        self.places[rank].push(place as u64);
        Ok(())
    }

    /// Hands every rank the questions that are meant for it, lets it answer, and gives each rank's answer with the places
    /// it is for. **Collective** over all ranks.
    ///
    /// `answer` is called on every rank for each rank that has questions for it. What the bytes of an answer are is between
    /// the two sides; no questions get no answer.
    ///
    /// # Errors
    /// What `answer` returns on any rank, agreed upon and named after `operation`; what the transport reports.
    ///
    /// # Cost
    /// Two messages to every other rank, empty ones included: 8 bytes per question, and the answers.
    pub fn ask(
        &self,
        worker: &Worker,
        operation: &str,
        mut answer: impl FnMut(Vec<u64>) -> Result<Vec<u8>, Error>,
    ) -> Result<impl Iterator<Item = (Message, &[u64])>, Error> {
        let packed = self.numbers.iter().map(|list| to_bytes(list).map(Message::from));
        let packed = worker.agree(operation, packed.collect::<Result<Vec<_>, _>>())?;
        let asked = worker.comm().all_to_all(packed)?;
        let answers = asked.iter().map(|bytes| match from_bytes(bytes)? {
            list if list.is_empty() => Ok(Message::empty()),
            list => answer(list).map(Message::from),
        });
        let answers = worker.agree(operation, answers.collect::<Result<Vec<_>, _>>())?;
        let answers = worker.comm().all_to_all(answers)?;
        Ok(answers.into_iter().zip(self.places.iter().map(Vec::as_slice)))
    }
}

/// Numbers as bytes, low byte first.
///
/// # Errors
/// Memory refused.
pub fn to_bytes(numbers: &[u64]) -> Result<Vec<u8>, Error> {
    let mut bytes = room_for(8 * numbers.len())?;
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    Ok(bytes)
}

/// What [`to_bytes`] was given.
///
/// # Errors
/// Memory refused.
pub fn from_bytes(bytes: &[u8]) -> Result<Vec<u64>, Error> {
    let numbers = bytes.as_chunks::<8>().0;
    let mut read = room_for(numbers.len())?;
    read.extend(numbers.iter().map(|bytes| u64::from_le_bytes(*bytes)));
    Ok(read)
}
