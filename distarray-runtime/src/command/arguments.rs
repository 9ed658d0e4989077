//! The sub-commands and their arguments.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::{Args, Parser};
use distarray_maps::DistSpec;

use super::error::{ArgumentError, CommandError};
use super::size::parse_size;
use crate::calc::is_assignable_name;

/// More engines than this in one process are taken for a slip of the finger.
const MOST_ENGINES: usize = 4096;

/// Distributed NumPy-like arrays.
#[derive(Clone, Debug, PartialEq, Parser)]
#[command(
    name = "distarray",
    version,
    about = "Distributed NumPy-like arrays",
    arg_required_else_help = true
)]
#[command(propagate_version = true, disable_help_subcommand = true)]
pub enum Command {
    /// Show what a .npy file holds and how it would lie on the engines.
    Info(InfoArguments),
    /// Run a program in NumPy's expression syntax on files, and print the value of its last expression.
    Calc(CalcArguments),
    /// Show what this build can do: transports, MPI, CPU features, memory.
    Doctor,
    /// Run the main job: standardise an elevation model, with statistics, pictures and a result file.
    Demo(DemoArguments),
}

/// The arguments of `distarray info`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct InfoArguments {
    /// The file to look at.
    pub file: PathBuf,
    /// How to spread it: one letter per axis, as in `b,c` or `n,b` or `c(64),c(64)`.
    #[arg(long = "dist", value_name = "SPEC")]
    pub distribution: Option<DistSpec>,
    /// The number of engines [default: the number of cores].
    #[arg(short = 'n', long = "engines", value_name = "N", value_parser = parse_engine_count)]
    pub engines: Option<NonZeroUsize>,
}

/// The arguments of `distarray calc`.
#[derive(Args, Clone, Debug, PartialEq)]
#[group(skip)]
pub struct CalcArguments {
    /// Assignments and expressions separated by `;` or new lines, such as
    /// 'd = (z - mean(z)) / std(z); mean(d, axis=0)'. Random arrays are the same for any number of engines:
    /// 'random.normal(5, 2, size=(1001, 17), seed=42)'.
    #[arg(
        value_name = "PROGRAM",
        allow_hyphen_values = true,
        required_unless_present = "program_file",
        conflicts_with = "program_file"
    )]
    pub program: Option<String>,
    /// Read the program from a file.
    #[arg(long = "program", value_name = "FILE")]
    pub program_file: Option<PathBuf>,
    /// Give a name to the array in a .npy file; may be repeated.
    #[arg(long = "in", value_name = "NAME=FILE", value_parser = parse_named_file)]
    pub inputs: Vec<NamedFile>,
    /// Write what a name stands for at the end to a .npy file; may be repeated.
    #[arg(long = "out", value_name = "NAME=FILE", value_parser = parse_named_file)]
    pub outputs: Vec<NamedFile>,
    /// How to spread the inputs and the arrays that the program makes: one letter per axis, as in `b,c` or `n,b` or `c(64),c(64)`.
    #[arg(long = "dist", value_name = "SPEC")]
    pub distribution: Option<DistSpec>,
    /// The number of engines [default: the number of cores].
    #[arg(short = 'n', long = "engines", value_name = "N", value_parser = parse_engine_count)]
    pub engines: Option<NonZeroUsize>,
    /// The most memory that all engines together may hold arrays in, such as 2G or 512MiB.
    #[arg(long = "memory", value_name = "SIZE", value_parser = parse_size)]
    pub memory_bytes: Option<u64>,
    /// Show the steps, with messages, bytes and memory.
    #[arg(long)]
    pub explain: bool,
}

/// The arguments of `distarray demo`.
#[derive(Args, Clone, Debug, PartialEq)]
pub struct DemoArguments {
    /// The elevation model, a .npy file of two dimensions [default: the one that comes with the project].
    pub file: Option<PathBuf>,
    /// The directory for the results.
    #[arg(long = "out", value_name = "DIRECTORY", default_value = "distarray-demo")]
    pub directory: PathBuf,
    /// How to spread the array: one letter per axis, as in `b,c` or `n,b` or `c(64),c(64)`.
    #[arg(long = "dist", value_name = "SPEC")]
    pub distribution: Option<DistSpec>,
    /// The number of engines [default: the number of cores].
    #[arg(short = 'n', long = "engines", value_name = "N", value_parser = parse_engine_count)]
    pub engines: Option<NonZeroUsize>,
}

/// A pair `NAME=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedFile {
    /// The name in the program.
    pub name: String,
    /// The file.
    pub file: PathBuf,
}

impl Command {
    /// Reads a command line, the program's own name included as the first argument.
    ///
    /// # Errors
    /// A mistake, or the text of the help or of the version where that was asked for; see
    /// [`CommandError::exit_status`].
    pub fn from_arguments<I>(arguments: I) -> Result<Self, CommandError>
    where
        I: IntoIterator,
        I::Item: Into<OsString>,
    {
        let command = Self::try_parse_from(separate_engine_counts(arguments.into_iter().map(Into::into)))?;
        if let Self::Calc(calc) = &command {
            calc.check()?;
        }
        Ok(command)
    }
}

impl CalcArguments {
    /// Checks what no single argument shows: names and files given twice.
    fn check(&self) -> Result<(), ArgumentError> {
        for (option, pairs) in [("--in", &self.inputs), ("--out", &self.outputs)] {
            let mut files = BTreeMap::new();
            for pair in pairs {
                if let Some(first) = files.insert(&pair.name, &pair.file) {
                    let (name, first, second) = (pair.name.clone(), first.clone(), pair.file.clone());
                    return Err(ArgumentError::NameTwice { option, name, first, second });
                }
            }
        }
        let mut names = BTreeMap::new();
        for pair in &self.outputs {
            if let Some(first) = names.insert(&pair.file, &pair.name) {
                let (first, second, file) = (first.clone(), pair.name.clone(), pair.file.clone());
                return Err(ArgumentError::FileTwice { first, second, file });
            }
        }
        Ok(())
    }

    /// The text of the program, from the command line or from its file.
    ///
    /// # Errors
    /// [`CommandError::ProgramFile`] if the file cannot be read or is not text in UTF-8.
    pub fn program_text(&self) -> Result<String, CommandError> {
        match (&self.program, &self.program_file) {
            (Some(program), _) => Ok(program.clone()),
            (None, Some(file)) => std::fs::read_to_string(file)
                .map_err(|error| CommandError::ProgramFile { file: file.clone(), error }),
            (None, None) => Ok(String::new()),
        }
    }
}

/// Writes `-n4` and `-n=4` as `-n 4`, up to a `--`.
///
/// A program may begin with a sign, as in `calc '-z'`, so clap takes what begins with `-` for the
/// program unless all its letters are options; the digits of `-n4` are not.
fn separate_engine_counts(arguments: impl Iterator<Item = OsString>) -> Vec<OsString> {
    let mut separated = Vec::new();
    let mut only_positions = false;
    for argument in arguments {
        only_positions |= argument == "--";
        let count = argument.to_str().and_then(|text| text.strip_prefix("-n"));
        let count = count.map(|count| count.strip_prefix('=').unwrap_or(count));
        match count.filter(|count| {
            !only_positions && !count.is_empty() && count.bytes().all(|byte| byte.is_ascii_digit())
        }) {
            Some(count) => separated.extend([OsString::from("-n"), OsString::from(count)]),
            None => separated.push(argument),
        }
    }
    separated
}

/// Reads a pair `NAME=FILE`.
fn parse_named_file(text: &str) -> Result<NamedFile, ArgumentError> {
    let refused = |reason| ArgumentError::Pair { text: text.to_owned(), reason };
    let (name, file) = text.split_once('=').ok_or_else(|| refused("there is no `=` in it"))?;
    match (name, file) {
        ("", _) => Err(refused("there is no name before `=`")),
        (_, "") => Err(refused("there is no file after `=`")),
        _ if !is_assignable_name(name) => Err(ArgumentError::Name { name: name.to_owned() }),
        _ => Ok(NamedFile { name: name.to_owned(), file: PathBuf::from(file) }),
    }
}

/// Reads a number of engines.
fn parse_engine_count(text: &str) -> Result<NonZeroUsize, ArgumentError> {
    let count = text.parse().ok().filter(|count: &NonZeroUsize| count.get() <= MOST_ENGINES);
    count.ok_or_else(|| ArgumentError::EngineCount { text: text.to_owned(), most: MOST_ENGINES })
}
