//! Reading one rank's part of a file into its block.

use std::fs::File;
use std::path::Path;

use distarray_comm::CommError;
use distarray_core::ElementError;

use crate::error::{IoError, Problem};
use crate::file::read_exact;
use crate::fix::Fix;
use crate::part::{PIECE_BYTES, Part, Window};
use crate::staged::{Staged, scatter};

/// A gap up to this long is read and left aside: a page, which the system fetches whole anyway, and
/// cheaper than a second call.
const GAP_BYTES: usize = 4 << 10;
/// The most spans that are staged at a time.
const STAGED: usize = 16 << 10;

/// Why moving bytes stopped.
#[derive(Debug)]
pub(crate) enum Halt {
    /// The file.
    File(IoError),
    /// Somebody else: the request was aborted.
    Comm(CommError),
}

impl Halt {
    /// What a kernel said about the elements of the file `path`.
    pub(crate) fn of(error: ElementError, path: &Path) -> Halt {
        Halt::File(Problem::from(error).of(path))
    }
}

impl From<CommError> for Halt {
    fn from(error: CommError) -> Self {
        Halt::Comm(error)
    }
}

/// Asked between pieces: go on?
pub(crate) type Progress<'a> = &'a dyn Fn() -> Result<(), CommError>;

/// An open file and what is needed to read elements from it.
pub(crate) struct Source<'a> {
    pub(crate) file: &'a File,
    pub(crate) path: &'a Path,
    pub(crate) data_offset: u64,
    pub(crate) fix: Fix,
}

/// A stretch of the file that is read at once to a place in the staging piece. In items.
struct Fetch {
    file: usize,
    staging: usize,
    length: usize,
}

/// Reads `part` into the bytes of its block.
///
/// `staging` has [`Part::staging_bytes`] bytes. Every call to the system moves at most 1 MiB.
pub(crate) fn read_part(
    source: &Source<'_>,
    part: &Part,
    block: &mut [u8],
    staging: &mut [u8],
    progress: Progress<'_>,
) -> Result<(), Halt> {
    if part.is_direct() {
        return read_direct(source, part, block, progress);
    }
    let item_bytes = part.item_bytes();
    let mut batch = Batch {
        source,
        part,
        block,
        capacity: staging.len() / item_bytes,
        staging,
        used: 0,
        fetches: Vec::new(),
        staged: Vec::new(),
    };
    for window in part.windows(GAP_BYTES / item_bytes) {
        for line in part.lines() {
            for (index, span) in window.spans.iter().enumerate() {
                let file = line.file + span.start;
                if !batch.push(file, span.length, line.local, index) {
                    batch.flush(&window)?;
                    progress()?;
                    batch.push(file, span.length, line.local, index);
                }
            }
        }
        batch.flush(&window)?;
    }
    Ok(())
}

fn read_direct(
    source: &Source<'_>,
    part: &Part,
    block: &mut [u8],
    progress: Progress<'_>,
) -> Result<(), Halt> {
    let mut since_progress = 0;
    for extent in part.extents() {
        let length = extent.items * part.item_bytes();
        let target = &mut block[extent.local_offset..extent.local_offset + length];
        let mut offset = source.data_offset + extent.file_offset as u64;
        for piece in target.chunks_mut(PIECE_BYTES) {
            source.read(piece, offset)?;
            offset += piece.len() as u64;
            since_progress += piece.len();
            if since_progress >= PIECE_BYTES {
                progress()?;
                since_progress = 0;
            }
        }
    }
    Ok(())
}

impl Source<'_> {
    /// Reads whole elements and makes them this machine's.
    fn read(&self, bytes: &mut [u8], offset: u64) -> Result<(), Halt> {
        read_exact(self.file, bytes, offset).map_err(|problem: Problem| Halt::File(problem.of(self.path)))?;
        self.fix.apply(bytes);
        Ok(())
    }
}

/// Spans collected until the staging piece is full. All counts in items.
struct Batch<'a> {
    source: &'a Source<'a>,
    part: &'a Part,
    block: &'a mut [u8],
    staging: &'a mut [u8],
    capacity: usize,
    used: usize,
    fetches: Vec<Fetch>,
    staged: Vec<Staged>,
}

impl Batch<'_> {
    /// Plans a span, together with the one before it if they lie close; false if there is no room.
    fn push(&mut self, file: usize, length: usize, local: usize, span: usize) -> bool {
        let gap_limit = GAP_BYTES / self.part.item_bytes();
        let gap = self
            .fetches
            .last()
            .map(|last| file - (last.file + last.length))
            .filter(|&gap| gap <= gap_limit && self.used + gap + length <= self.capacity);
        if self.used + length > self.capacity || self.staged.len() == STAGED {
            return false;
        }
        match (gap, self.fetches.last_mut()) {
            (Some(gap), Some(last)) => {
                last.length += gap + length;
                self.used += gap;
            }
            _ => self.fetches.push(Fetch { file, staging: self.used, length }),
        }
        self.staged.push(Staged { staging: self.used, local, span });
        self.used += length;
        true
    }

    /// Reads what is planned and puts it into its places.
    fn flush(&mut self, window: &Window) -> Result<(), Halt> {
        let item_bytes = self.part.item_bytes();
        for fetch in self.fetches.drain(..) {
            let start = fetch.staging * item_bytes;
            let bytes = &mut self.staging[start..start + fetch.length * item_bytes];
            self.source.read(bytes, self.source.data_offset + (fetch.file * item_bytes) as u64)?;
        }
        let stride = self.part.item_stride();
        let copied = scatter(item_bytes, self.staging, self.block, window, &self.staged, stride);
        copied.map_err(|error| Halt::of(error, self.source.path))?;
        self.staged.clear();
        self.used = 0;
        Ok(())
    }
}
