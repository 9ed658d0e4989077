//! Writing one rank's block to its part of a file.

use std::fs::File;
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::error::Problem;
use crate::part::{PIECE_BYTES, Part, Window};
use crate::read::{Halt, Progress};
use crate::staged::{Staged, gather};

/// The most spans that are staged at a time.
const STAGED: usize = 16 << 10;

/// An open file and where its elements begin.
pub(crate) struct Sink<'a> {
    pub(crate) file: &'a File,
    /// The name that errors show.
    pub(crate) path: &'a Path,
    pub(crate) data_offset: u64,
}

/// A stretch of the file that is written at once. In items.
struct Stretch {
    file: usize,
    staging: usize,
    length: usize,
}

/// Writes the bytes of a block in C order to `part` of a file in C order, and nothing beside it.
///
/// `staging` has [`Part::staging_bytes`] bytes. Every call to the system moves at most 1 MiB.
pub(crate) fn write_part(
    sink: &Sink<'_>,
    part: &Part,
    block: &[u8],
    staging: &mut [u8],
    progress: Progress<'_>,
) -> Result<(), Halt> {
    if part.is_direct() {
        return write_direct(sink, part, block, progress);
    }
    let capacity = staging.len() / part.item_bytes();
    let mut batch = Batch { sink, part, block, staging, used: 0, stretches: vec![], staged: vec![] };
    for window in part.windows(0) {
        for line in part.lines() {
            for (index, span) in window.spans.iter().enumerate() {
                if batch.used + span.length > capacity || batch.staged.len() == STAGED {
                    batch.flush(&window, progress)?;
                }
                batch.push(line.file + span.start, span.length, line.local, index);
            }
        }
        batch.flush(&window, progress)?;
    }
    Ok(())
}

fn write_direct(sink: &Sink<'_>, part: &Part, block: &[u8], progress: Progress<'_>) -> Result<(), Halt> {
    let mut since_progress = 0;
    for extent in part.extents() {
        let length = extent.items * part.item_bytes();
        let bytes = &block[extent.local_offset..extent.local_offset + length];
        let mut offset = sink.data_offset + extent.file_offset as u64;
        for piece in bytes.chunks(PIECE_BYTES) {
            sink.write(piece, offset)?;
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

impl Sink<'_> {
    pub(crate) fn write(&self, bytes: &[u8], offset: u64) -> Result<(), Halt> {
        let written = self.file.write_all_at(bytes, offset);
        written.map_err(|error| Halt::File(Problem::system("write", &error).of(self.path)))
    }
}

/// Spans collected until the staging piece is full. All counts in items.
struct Batch<'a> {
    sink: &'a Sink<'a>,
    part: &'a Part,
    block: &'a [u8],
    staging: &'a mut [u8],
    used: usize,
    stretches: Vec<Stretch>,
    staged: Vec<Staged>,
}

impl Batch<'_> {
    /// Plans a span, as one stretch with the span before it if they touch.
    fn push(&mut self, file: usize, length: usize, local: usize, span: usize) {
        match self.stretches.last_mut() {
            Some(last) if last.file + last.length == file => last.length += length,
            _ => self.stretches.push(Stretch { file, staging: self.used, length }),
        }
        self.staged.push(Staged { staging: self.used, local, span });
        self.used += length;
    }

    /// Collects what is planned and writes it.
    fn flush(&mut self, window: &Window, progress: Progress<'_>) -> Result<(), Halt> {
        let item_bytes = self.part.item_bytes();
        let copied = gather(item_bytes, self.block, self.staging, window, &self.staged);
        copied.map_err(|error| Halt::of(error, self.sink.path))?;
        for (count, stretch) in self.stretches.drain(..).enumerate() {
            let start = stretch.staging * item_bytes;
            let bytes = &self.staging[start..start + stretch.length * item_bytes];
            self.sink.write(bytes, self.sink.data_offset + (stretch.file * item_bytes) as u64)?;
            if count % 1024 == 0 {
                progress()?;
            }
        }
        self.staged.clear();
        self.used = 0;
        Ok(())
    }
}
