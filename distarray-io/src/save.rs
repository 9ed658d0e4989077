//! `SaveNpy`: any distribution into one `.npy` file, each rank writing its own part.

use std::path::{Path, PathBuf};

use distarray_comm::{CommError, SameMemory, cost};
use distarray_core::Pool;
use distarray_maps::Distribution;
use distarray_spmd::{
    AnyLocalArray, ArrayMeta, Cost, Error, Failure, Inferred, Input, Operation, Worker, exactly,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::header::Header;
use crate::part::{Order, Part};
use crate::read::Halt;
use crate::target::{Temporary, Token, join};
use crate::write::{Sink, write_part};

/// Bytes of the message that tells the token of the temporary name, and of the one that ends it all.
const TOKEN_BYTES: u64 = 17;
const END_BYTES: u64 = 1;
/// More short runs than this, a call to the system each, cost more than moving the data first.
const MANY_RUNS: usize = 1000;

/// Writes an array to one file in C order that `numpy.load` reads.
///
/// Takes one array and gives none. The file is written under a temporary name in the same directory,
/// which every rank must see; at the end, when all ranks have written their parts and the disk has
/// them, it takes the place of `path`. If anything fails anywhere, the temporary file is removed, what
/// was at `path` before is untouched, and every rank gets the same error.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SaveNpy {
    path: PathBuf,
}

impl SaveNpy {
    /// Writing to `path`. **Pure.**
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        Self { path: path.into() }
    }

    /// Where the array goes.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A distribution in which this array is written much faster than in its own, if there is one: blocks of
    /// rows, when a rank's runs in the file are many and short, each of them a call to the system. **Pure.**
    ///
    /// Whoever makes plans redistributes first, if there is memory for a second copy.
    #[must_use]
    pub fn faster_distribution(meta: &ArrayMeta, rank_count: usize) -> Option<Distribution> {
        let item_bytes = meta.dtype.size_bytes();
        let is_slow = |rank: usize| {
            let part = part(meta, rank);
            part.is_some_and(|part| part.run_count() > MANY_RUNS && !part.is_direct())
        };
        if !meta.distribution.grid().ranks().any(is_slow) {
            return None;
        }
        let rows = Distribution::block_rows(meta.shape(), rank_count).ok()?;
        let is_better = Part::new(&rows, 0, item_bytes, Order::C).is_some_and(|part| part.run_count() == 1);
        is_better.then_some(rows)
    }

    /// Writes `array`. **Collective** over all ranks of the worker.
    ///
    /// # Errors
    /// [`Error::Agreed`], naming the lowest rank that failed; [`Error::Comm`].
    pub fn save(&self, array: &AnyLocalArray, worker: &Worker) -> Result<(), Error> {
        let header = Header::new(array.dtype(), array.shape());
        let (created, mut temporary) = match (worker.rank() == 0).then(|| self.create(&header)) {
            Some(Ok((temporary, token))) => (Some(Ok(token)), Some(temporary)),
            Some(Err(failure)) => (Some(Err(failure)), None),
            None => (None, None),
        };
        let token = told(worker, created.as_ref())?;

        let written = match self.write(array, worker, &header, temporary.as_ref(), &token) {
            Err(Halt::Comm(error)) => return Err(error.into()),
            Err(Halt::File(error)) => Err(error.at(Self::NAME, worker.rank())),
            Ok(()) => Ok(()),
        };
        worker.agree(Self::NAME, written)?;

        let published = temporary.take().map(|temporary| {
            let published = temporary.publish().map_err(|error| error.at(Self::NAME, 0));
            published.map_err(|error| Failure::of(Self::NAME, 0, &error))
        });
        told(worker, published.as_ref())
    }

    fn create(&self, header: &Header) -> Result<(Temporary, Token), Failure> {
        Temporary::create(&self.path, header)
            .map_err(|error| Failure::of(Self::NAME, 0, &error.at(Self::NAME, 0)))
    }

    /// Writes what this rank owns.
    fn write(
        &self,
        array: &AnyLocalArray,
        worker: &Worker,
        header: &Header,
        temporary: Option<&Temporary>,
        token: &Token,
    ) -> Result<(), Halt> {
        let Some(part) = part(&array.meta(), worker.rank()) else { return Ok(()) };
        let refused = |error| Halt::File(Problem::Element(error).of(&self.path));
        let block = array.view().to_block(worker.pool()).map_err(refused)?;
        let mut staging = worker.pool().allocate(part.staging_bytes()).map_err(refused)?;
        let data_offset = header.to_bytes().len() as u64;
        let joined;
        let sink = match temporary {
            Some(temporary) => temporary.sink(data_offset),
            None => {
                joined = join(&self.path, token).map_err(Halt::File)?;
                Sink { file: &joined, path: &self.path, data_offset }
            }
        };
        let progress = || worker.comm().progress();
        write_part(&sink, &part, block.as_bytes(), staging.as_bytes_mut(), &progress)?;
        // What a disk or a file server refuses is often known only now.
        let synced = sink.file.sync_data();
        synced.map_err(|error| Halt::File(Problem::system("write", &error).of(&self.path)))
    }
}

impl Operation for SaveNpy {
    const NAME: &'static str = "save_npy";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [_] = exactly::<1, _>(Self::NAME, inputs.to_vec())?;
        if self.path.file_name().is_none() {
            return Err(Problem::NoFileName.of(&self.path).at(Self::NAME, 0));
        }
        Ok(Vec::new())
    }

    fn cost(&self, inputs: &[&ArrayMeta], rank: usize, size: usize, _: SameMemory) -> Cost {
        let staging_bytes =
            inputs.first().and_then(|meta| part(meta, rank)).map_or(0, |part| part.staging_bytes());
        let traffic = cost::broadcast(size, rank, 0, TOKEN_BYTES)
            + cost::agree(size)
            + cost::broadcast(size, rank, 0, END_BYTES);
        Cost {
            messages_sent: traffic.messages_sent,
            bytes_sent: traffic.bytes_sent,
            temporary_bytes: Pool::charged_bytes(staging_bytes) as u64,
            ..Cost::default()
        }
    }

    fn execute(&self, worker: &Worker, inputs: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let [input] = exactly::<1, _>(Self::NAME, inputs)?;
        self.save(input.array(), worker)?;
        Ok(Vec::new())
    }
}

/// Writes `array` to one `.npy` file. **Collective** over all ranks of the worker.
///
/// # Errors
/// As [`SaveNpy::save`].
///
/// # Cost
/// Two broadcasts of a few bytes and one agreement; one staging piece of 1 MiB if the rank's runs in
/// the file are short.
pub fn save(path: impl Into<PathBuf>, array: &AnyLocalArray, worker: &Worker) -> Result<(), Error> {
    let save = SaveNpy::new(path);
    save.infer(&[&array.meta()])?;
    save.save(array, worker)
}

/// What `rank` writes: owners write, holders of copies do not.
fn part(meta: &ArrayMeta, rank: usize) -> Option<Part> {
    let distribution = &meta.distribution;
    if !distribution.is_primary(rank) {
        return None;
    }
    Part::new(distribution, rank, meta.dtype.size_bytes(), Order::C)
}

/// Rank 0's outcome, on every rank.
fn told<T>(worker: &Worker, outcome: Option<&Result<T, Failure>>) -> Result<T, Error>
where
    T: Serialize + DeserializeOwned,
{
    let told: Result<Result<T, Failure>, CommError> = worker.comm().broadcast_value(0, outcome);
    told?.map_err(Error::Agreed)
}
