//! Files read and written by one process alone, as `ndarray` arrays.

use std::path::Path;

use distarray_core::element::as_bytes;
use distarray_core::{Block, Element, Pool};
use distarray_maps::Distribution;
use ndarray::{ArrayD, ArrayViewD};

use crate::error::{IoError, Problem};
use crate::file::probe;
use crate::header::Header;
use crate::load::read_block;
use crate::part::{PIECE_BYTES, Part};
use crate::read::Halt;
use crate::target::Temporary;

/// Reads a whole `.npy` file into memory of `pool`. **Local.**
///
/// # Errors
/// As [`probe`], and memory refused.
pub fn read_npy_block(path: impl AsRef<Path>, pool: &Pool) -> Result<Block, IoError> {
    let path = path.as_ref();
    let file = probe(path)?;
    let shape = &file.header.shape;
    let whole = Distribution::on_rank(shape, 0).map_err(|error| Problem::Map(error).of(path))?;
    let part = Part::new(&whole, 0, file.header.dtype.size_bytes(), file.order());
    read_block(&file, shape, part.as_ref(), pool, &|| Ok(())).map_err(|halt| alone(halt, path))
}

/// Reads a whole `.npy` file as an array of `T`, in C order whatever the file's. **Local.**
///
/// # Errors
/// As [`probe`]; [`Problem::DType`] if the elements are no `T`; memory refused.
///
/// # Cost
/// Twice the array's bytes while it is read; [`read_npy_block`] does with once.
///
/// # Example
/// ```
/// # let path = std::env::temp_dir().join(format!("plain-{}.npy", std::process::id()));
/// let squares = ndarray::Array::from_iter((0..5).map(|i| i * i)).into_dyn();
/// distarray_io::write_npy(&path, squares.view())?;
/// assert_eq!(distarray_io::read_npy::<i32>(&path)?, squares);
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), distarray_io::IoError>(())
/// ```
pub fn read_npy<T: Element>(path: impl AsRef<Path>) -> Result<ArrayD<T>, IoError> {
    let path = path.as_ref();
    let found = probe(path)?.header.dtype;
    if found != T::DTYPE {
        return Err(Problem::DType { found, expected: T::DTYPE }.of(path));
    }
    let block = read_npy_block(path, &Pool::new(None))?;
    block.to_ndarray().map_err(|error| Problem::Element(error).of(path))
}

/// Writes an array to a `.npy` file in C order, under a temporary name until it is complete. **Local.**
///
/// # Errors
/// Whatever the system says; what was at `path` before is then untouched.
pub fn write_npy<T: Element>(path: impl AsRef<Path>, array: ArrayViewD<'_, T>) -> Result<(), IoError> {
    let path = path.as_ref();
    let header = Header::new(T::DTYPE, array.shape());
    let (temporary, _) = Temporary::create(path, &header)?;
    let sink = temporary.sink(0);
    let mut offset = header.to_bytes().len() as u64;
    let mut write = |elements: &[T]| {
        let bytes = as_bytes(elements);
        let written = sink.write(bytes, offset);
        offset += bytes.len() as u64;
        written.map_err(|halt| alone(halt, path))
    };
    let piece = PIECE_BYTES / size_of::<T>();
    if let Some(elements) = array.as_slice() {
        elements.chunks(piece).try_for_each(&mut write)?;
    } else {
        let mut elements = array.iter().copied();
        loop {
            let next: Vec<T> = elements.by_ref().take(piece).collect();
            if next.is_empty() {
                break;
            }
            write(&next)?;
        }
    }
    temporary.publish()
}

/// The error of somebody who works alone, and whom nobody stops.
fn alone(halt: Halt, path: &Path) -> IoError {
    match halt {
        Halt::File(error) => error,
        Halt::Comm(_) => Problem::Changed { what: "it was given up" }.of(path),
    }
}
