//! `LoadNpy`: a `.npy` file into any distribution, each rank reading its own part.

use std::path::Path;

use distarray_comm::SameMemory;
use distarray_core::{Block, Pool};
use distarray_maps::{DistSpec, Distribution};
use distarray_spmd::{
    AnyLocalArray, ArrayMeta, Cost, Error, Failure, Inferred, Input, Operation, Worker, exactly,
};
use serde::{Deserialize, Serialize};

use crate::error::Problem;
use crate::file::{NpyFile, probe};
use crate::fix::Fix;
use crate::part::Part;
use crate::read::{Halt, Progress, Source, read_part};

/// Reads a `.npy` file into an array that is distributed as asked for.
///
/// Takes no arrays and gives one. Every rank, holders of copies included, opens the file, sees that it
/// is still what it was when it was probed, and reads what it holds and little beside it. No messages.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LoadNpy {
    file: NpyFile,
    distribution: Distribution,
}

impl LoadNpy {
    /// The file as [`probe`] found it, to be distributed so. **Pure.**
    ///
    /// # Errors
    /// [`Error::Shape`] if the distribution is for another shape.
    pub fn new(file: NpyFile, distribution: Distribution) -> Result<Self, Error> {
        let load = Self { file, distribution };
        load.infer(&[])?;
        Ok(load)
    }

    /// What is read.
    #[must_use]
    pub fn file(&self) -> &NpyFile {
        &self.file
    }

    fn part(&self, rank: usize) -> Option<Part> {
        let item_bytes = self.file.header.dtype.size_bytes();
        Part::new(&self.distribution, rank, item_bytes, self.file.order())
    }
}

impl Operation for LoadNpy {
    const NAME: &'static str = "load_npy";

    fn infer(&self, inputs: &[&ArrayMeta]) -> Result<Vec<Inferred>, Error> {
        let [] = exactly::<0, _>(Self::NAME, inputs.to_vec())?;
        let header = &self.file.header;
        if self.distribution.shape() != header.shape {
            return Err(Error::Shape {
                found: header.shape.clone(),
                expected: self.distribution.shape().to_vec(),
            });
        }
        let distribution = self.distribution.clone();
        Ok(vec![Inferred::Known(ArrayMeta { dtype: header.dtype, distribution })])
    }

    fn cost(&self, _: &[&ArrayMeta], rank: usize, _: usize, _: SameMemory) -> Cost {
        let staging_bytes = self.part(rank).map_or(0, |part| part.staging_bytes());
        Cost { temporary_bytes: Pool::charged_bytes(staging_bytes) as u64, ..Cost::default() }
    }

    fn communicates(&self, _: &[&ArrayMeta]) -> bool {
        false
    }

    fn execute(&self, worker: &Worker, _: Vec<Input<'_>>) -> Result<Vec<AnyLocalArray>, Error> {
        let needed = self.distribution.grid().max_rank() + 1;
        if needed > worker.size() {
            return Err(Error::Ranks { needed, available: worker.size() });
        }
        let rank = worker.rank();
        let shape = self.distribution.local_shape(rank);
        let part = self.part(rank);
        let progress = || worker.comm().progress();
        let block = read_block(&self.file, &shape, part.as_ref(), worker.pool(), &progress);
        let block = block.map_err(|halt| match halt {
            Halt::File(error) => error.at(Self::NAME, rank),
            Halt::Comm(error) => Error::Comm(error),
        })?;
        Ok(vec![AnyLocalArray::new(self.distribution.clone(), block, rank)?])
    }
}

/// Reads the `.npy` file `path`, distributed over all ranks as `spec` says. **Collective.**
///
/// Rank 0 looks at the header and tells the others.
///
/// # Errors
/// The same on every rank: [`Error::Agreed`] for a file that one rank cannot read or has no memory for,
/// [`Error::Map`] for a distribution that does not fit the file's shape.
///
/// # Example
/// ```
/// # use distarray_comm::threads;
/// # use distarray_spmd::{Error, Worker};
/// # let path = std::env::temp_dir().join(format!("loaded-{}.npy", std::process::id()));
/// # distarray_io::write_npy(&path, ndarray::Array::from_iter(0..12).into_shape_with_order((3, 4)).unwrap().view().into_dyn())?;
/// let shapes = threads::run(2, |comm| {
///     let array = distarray_io::load(&path, &"n,b".parse()?, &Worker::new(&comm))?;
///     Ok::<_, Error>(array.view().shape().to_vec())
/// }).expect("can be read");
/// assert_eq!(shapes, [[3, 2], [3, 2]]);
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), distarray_io::IoError>(())
/// ```
pub fn load(path: impl AsRef<Path>, spec: &DistSpec, worker: &Worker) -> Result<AnyLocalArray, Error> {
    let rank = worker.rank();
    let found = (rank == 0).then(|| {
        let file = probe(path).map_err(|error| error.at(LoadNpy::NAME, rank));
        file.map_err(|error| Failure::of(LoadNpy::NAME, rank, &error))
    });
    let found: Result<NpyFile, Failure> = worker.comm().broadcast_value(0, found.as_ref())?;
    let file = found.map_err(Error::Agreed)?;
    let distribution = Distribution::from_spec(&file.header.shape, spec, worker.size())?;
    let outcome = LoadNpy::new(file, distribution)?.execute(worker, Vec::new());
    let [array] = exactly::<1, _>(LoadNpy::NAME, worker.agree(LoadNpy::NAME, outcome)?)?;
    Ok(array)
}

/// The block of `shape` that a rank with this part gets; nothing is read for a rank without.
pub(crate) fn read_block(
    file: &NpyFile,
    shape: &[usize],
    part: Option<&Part>,
    pool: &Pool,
    progress: Progress<'_>,
) -> Result<Block, Halt> {
    let refused = |error| Halt::File(Problem::Element(error).of(&file.path));
    let opened = file.reopen().map_err(Halt::File)?;
    let Some(part) = part else {
        return Block::zeros(file.header.dtype, shape, pool).map_err(refused);
    };
    let mut block = Block::uninit(file.header.dtype, shape, pool).map_err(refused)?;
    let mut staging = pool.allocate(part.staging_bytes()).map_err(refused)?;
    let source =
        Source { file: &opened, path: &file.path, data_offset: file.data_offset, fix: Fix::of(&file.header) };
    let bytes = block.as_bytes_mut().map_err(refused)?;
    read_part(&source, part, bytes, staging.as_bytes_mut(), progress)?;
    Ok(block)
}
