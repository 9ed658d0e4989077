//! `NpyFile`: what is known of a `.npy` file without its elements.

use std::fs::{File, Metadata};
use std::os::unix::fs::{FileExt, FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::error::{IoError, Problem};
use crate::header::{Header, PREAMBLE_BYTES, Preamble};
use crate::part::Order;

/// A `.npy` file whose header and length have been found to be good.
///
/// # Example
/// ```
/// let path = std::env::temp_dir().join(format!("probed-{}.npy", std::process::id()));
/// distarray_io::write_npy(&path, ndarray::arr2(&[[1.0, 2.0, 3.0]]).view().into_dyn())?;
/// let file = distarray_io::probe(&path)?;
/// assert_eq!((file.header.shape.as_slice(), file.header.dtype.name()), (&[1, 3][..], "float64"));
/// assert_eq!((file.data_offset, file.file_bytes), (128, 128 + 24));
/// # std::fs::remove_file(&path).ok();
/// # Ok::<(), distarray_io::IoError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NpyFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it says about its elements.
    pub header: Header,
    /// Where the elements begin, in bytes.
    pub data_offset: u64,
    /// Bytes of the file, which are those the header promises.
    pub file_bytes: u64,
    /// When it was last written: seconds since 1970, and nanoseconds.
    pub modified: (i64, i64),
}

/// Reads and checks the header of a `.npy` file, and that the file is as long as it says. **Local.**
///
/// # Errors
/// An [`IoError`] for a file that cannot be read, is no `.npy` file, has a header that is wrong or
/// elements that are not supported, or is shorter or longer than its header promises.
pub fn probe(path: impl AsRef<Path>) -> Result<NpyFile, IoError> {
    let path = path.as_ref();
    open(path).map(|(_, file)| file).map_err(|problem| problem.of(path))
}

impl NpyFile {
    /// Bytes of the elements.
    #[must_use]
    pub fn data_bytes(&self) -> u64 {
        self.file_bytes - self.data_offset
    }

    /// Which axis has its elements next to each other.
    #[must_use]
    pub fn order(&self) -> Order {
        if self.header.fortran_order { Order::Fortran } else { Order::C }
    }

    /// Opens the file again, and sees that it is still what it was.
    pub(crate) fn reopen(&self) -> Result<File, IoError> {
        let changed = |what| Problem::Changed { what }.of(&self.path);
        let (file, now) = open(&self.path).map_err(|problem| problem.of(&self.path))?;
        if now.header != self.header || now.data_offset != self.data_offset {
            return Err(changed("its header is another"));
        }
        if now.modified != self.modified {
            return Err(changed("it was written to"));
        }
        Ok(file)
    }
}

fn open(path: &Path) -> Result<(File, NpyFile), Problem> {
    // Opening a pipe would wait for its other end: look first.
    check_is_file(&std::fs::metadata(path).map_err(|error| Problem::system("open", &error))?)?;
    let file = File::open(path).map_err(|error| Problem::system("open", &error))?;
    let metadata = file.metadata().map_err(|error| Problem::system("open", &error))?;
    check_is_file(&metadata)?;
    let file_bytes = metadata.len();

    let mut first = [0; PREAMBLE_BYTES];
    let available = usize::try_from(file_bytes).unwrap_or(PREAMBLE_BYTES).min(PREAMBLE_BYTES);
    read_exact(&file, &mut first[..available], 0)?;
    let preamble = Preamble::read(&first[..available], file_bytes)?;
    let mut text = vec![0; preamble.text_bytes];
    read_exact(&file, &mut text, preamble.text_offset as u64)?;
    let header = Header::parse(preamble.version, &text)?;

    let data_offset = preamble.data_offset() as u64;
    let expected_bytes = data_offset.saturating_add(header.data_bytes()?);
    if file_bytes < expected_bytes {
        return Err(Problem::Truncated { expected_bytes, found_bytes: file_bytes });
    }
    if file_bytes > expected_bytes {
        return Err(Problem::Oversized { expected_bytes, found_bytes: file_bytes });
    }
    let modified = (metadata.mtime(), metadata.mtime_nsec());
    Ok((file, NpyFile { path: path.to_path_buf(), header, data_offset, file_bytes, modified }))
}

/// Refuses directories, pipes and devices.
pub(crate) fn check_is_file(metadata: &Metadata) -> Result<(), Problem> {
    let kind = metadata.file_type();
    let found = if kind.is_file() {
        return Ok(());
    } else if kind.is_dir() {
        "a directory"
    } else if kind.is_fifo() {
        "a pipe"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    };
    Err(Problem::NotAFile { found })
}

/// Fills `bytes` from the file; a file that ends too early has been cut since it was looked at.
pub(crate) fn read_exact(file: &File, bytes: &mut [u8], offset: u64) -> Result<(), Problem> {
    file.read_exact_at(bytes, offset).map_err(|error| {
        if error.kind() != std::io::ErrorKind::UnexpectedEof {
            return Problem::system("read", &error);
        }
        Problem::Truncated {
            expected_bytes: offset + bytes.len() as u64,
            found_bytes: file.metadata().map_or(0, |metadata| metadata.len()),
        }
    })
}
