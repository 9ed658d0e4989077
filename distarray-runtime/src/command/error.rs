//! What can be wrong with a command, and the exit status that says so.

use std::path::PathBuf;

use crate::calc::CalcError;

/// A value on the command line that makes no sense.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ArgumentError {
    /// A size of memory.
    #[error("`{text}` is not a size such as 2G, 512MiB or 1.5GB: {reason}")]
    Size {
        /// What was written.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A pair without `=`, or with nothing on one side of it.
    #[error("`{text}` is not a pair NAME=FILE: {reason}")]
    Pair {
        /// What was written.
        text: String,
        /// What is wrong with it.
        reason: &'static str,
    },
    /// A name that a program cannot use.
    #[error(
        "`{name}` cannot be a name in a program: a name is letters, digits and `_`, and none of Python's words"
    )]
    Name {
        /// The name.
        name: String,
    },
    /// A name that is given to two files.
    #[error("{option} gives the name `{name}` to two files, {first} and {second}", first = first.display(), second = second.display())]
    NameTwice {
        /// `--in` or `--out`.
        option: &'static str,
        /// The name.
        name: String,
        /// The file given first.
        first: PathBuf,
        /// The file given second.
        second: PathBuf,
    },
    /// A file that two names would be written to.
    #[error("--out writes both `{first}` and `{second}` to {file}", file = file.display())]
    FileTwice {
        /// The name given first.
        first: String,
        /// The name given second.
        second: String,
        /// The file.
        file: PathBuf,
    },
    /// A number of engines.
    #[error("`{text}` is not a number of engines: it is a whole number from 1 to {most}")]
    EngineCount {
        /// What was written.
        text: String,
        /// The largest number accepted.
        most: usize,
    },
}

/// Why a command ended without doing what it was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CommandError {
    /// The command line itself: also a request for help or for the version, which is no failure.
    #[error("{0}")]
    CommandLine(#[from] clap::Error),
    /// Arguments that do not fit together.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// A mistake in a program of `calc`.
    #[error("{}", error.render(program))]
    Program {
        /// The program's text.
        program: String,
        /// What is wrong, and where.
        error: CalcError,
    },
    /// A file with a program that cannot be read.
    #[error("cannot read the program {}: {error}", file.display())]
    ProgramFile {
        /// The file.
        file: PathBuf,
        /// What the system said.
        error: std::io::Error,
    },
    /// A name that is to be written to a file stands for nothing that can be written.
    #[error("--out {name}=..: `{name}` stands for {found} at the end of the program, not for an array")]
    Output {
        /// The name.
        name: String,
        /// What it stands for.
        found: String,
    },
    /// The processes that a launcher started cannot work together.
    #[error("{0}")]
    Launcher(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// The command was understood but could not be carried out.
    #[error("{0}")]
    Failure(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl CommandError {
    /// A command that was understood but could not be carried out.
    pub fn failure(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Failure(error.into())
    }

    /// The exit status of the process: 0 for help and version, 2 for mistakes of the command line
    /// or of a program, 1 for failures.
    pub fn exit_status(&self) -> u8 {
        match self {
            Self::CommandLine(error) => u8::from(error.use_stderr()) * 2,
            Self::Argument(_)
            | Self::Program { .. }
            | Self::ProgramFile { .. }
            | Self::Output { .. }
            | Self::Launcher(_) => 2,
            Self::Failure(_) => 1,
        }
    }

    /// Writes the message to standard error, or help and version to standard output. A closed pipe
    /// is not worth another error and is ignored.
    pub fn print(&self) {
        use std::io::Write;
        let _ = match self {
            Self::CommandLine(error) => error.print(),
            other => writeln!(std::io::stderr(), "error: {other}"),
        };
    }
}
