//! A file that is written under a temporary name and gets its own at the end.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::error::{IoError, Problem};
use crate::file::check_is_file;
use crate::header::Header;
use crate::read::Halt;
use crate::write::Sink;

/// What makes a temporary name different from others.
pub(crate) type Token = [u8; 16];

/// How often a name is tried that somebody else has taken.
const ATTEMPTS: u32 = 16;

/// A file in the making. Dropped before it is [published](Temporary::publish), it disappears.
#[derive(Debug)]
pub(crate) struct Temporary {
    target: PathBuf,
    path: PathBuf,
    file: File,
    is_published: bool,
}

impl Temporary {
    /// Creates the temporary file beside the file that `path` leads to, with its header and full length.
    pub(crate) fn create(path: &Path, header: &Header) -> Result<(Self, Token), IoError> {
        Self::create_checked(path, header).map_err(|problem| problem.of(path))
    }

    fn create_checked(path: &Path, header: &Header) -> Result<(Self, Token), Problem> {
        let target = resolved(path)?;
        match std::fs::metadata(&target) {
            Ok(metadata) => check_is_file(&metadata)?,
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Problem::system("create", &error)),
        }
        let (path, file, token) = created(&target)?;
        let temporary = Self { target, path, file, is_published: false };
        let bytes = header.to_bytes();
        let total_bytes = header.data_bytes()?.saturating_add(bytes.len() as u64);
        temporary.file.set_len(total_bytes).map_err(|error| Problem::system("extend", &error))?;
        temporary.sink(0).write(&bytes, 0).map_err(|halt| match halt {
            Halt::File(error) => error.problem,
            // Writing asks nobody else.
            Halt::Comm(_) => Problem::Changed { what: "it was given up" },
        })?;
        Ok((temporary, token))
    }

    /// The file, to write elements to.
    pub(crate) fn sink(&self, data_offset: u64) -> Sink<'_> {
        Sink { file: &self.file, path: &self.target, data_offset }
    }

    /// Waits until everything is on the disk and gives the file its name, in place of one that has it.
    pub(crate) fn publish(mut self) -> Result<(), IoError> {
        let renamed = self.file.sync_all().map_err(|error| Problem::system("write", &error)).and_then(|()| {
            std::fs::rename(&self.path, &self.target).map_err(|error| Problem::system("rename to", &error))
        });
        self.is_published = renamed.is_ok();
        renamed.map_err(|problem| problem.of(&self.target))
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if !self.is_published {
            // Nobody is left to tell if this fails.
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Opens the temporary file that another rank has created, to write to it.
pub(crate) fn join(path: &Path, token: &Token) -> Result<File, IoError> {
    let opened = resolved(path).and_then(|target| {
        let temporary = named(&target, token)?;
        let opened = OpenOptions::new().write(true).open(temporary);
        opened.map_err(|error| Problem::system("open the file begun on rank 0 for", &error))
    });
    opened.map_err(|problem| problem.of(path))
}

/// Where `path` leads: a link that exists is followed, so that it stays a link.
fn resolved(path: &Path) -> Result<PathBuf, Problem> {
    let is_link = std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_symlink());
    if !is_link {
        return Ok(path.to_path_buf());
    }
    std::fs::canonicalize(path).map_err(|error| Problem::system("follow the link", &error))
}

/// The temporary name: beside the target, hidden, and no `.npy` file to those who look for some.
fn named(target: &Path, token: &Token) -> Result<PathBuf, Problem> {
    let name = target.file_name().ok_or(Problem::NoFileName)?;
    let mut temporary = std::ffi::OsString::from(".");
    temporary.push(name);
    temporary.push(format!(".tmp-{:032x}", u128::from_le_bytes(*token)));
    Ok(target.with_file_name(temporary))
}

fn created(target: &Path) -> Result<(PathBuf, File, Token), Problem> {
    let clock = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    for attempt in 0..ATTEMPTS {
        let mut token = Token::default();
        token[..4].copy_from_slice(&std::process::id().to_le_bytes());
        token[4..8].copy_from_slice(&clock.subsec_nanos().wrapping_add(attempt).to_le_bytes());
        token[8..].copy_from_slice(&clock.as_secs().to_le_bytes());
        let path = named(target, &token)?;
        match OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(file) => return Ok((path, file, token)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(error) => return Err(Problem::system("create", &error)),
        }
    }
    Err(Problem::system("create", &ErrorKind::AlreadyExists.into()))
}
