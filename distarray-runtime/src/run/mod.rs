//! Running the commands: what `distarray` does once its command line is understood.

mod calc;
mod context;
mod demo;
mod doctor;
mod info;
mod output;
mod progress;
mod signals;

use crate::command::{Command, CommandError};
use std::ffi::OsString;
use std::process::ExitCode;

/// The whole program: reads the command line, does what it says, and gives the exit status: 0, 1 for
/// a failure, 2 for a mistake of the command line or of a program, 130 after Ctrl-C. `elevation` is the `.npy` file that
/// the demonstration works on unless it is given another.
pub fn main(arguments: impl IntoIterator<Item = OsString>, elevation: &'static [u8]) -> ExitCode {
    match run(arguments, elevation) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) if signals::was_interrupted() => ExitCode::from(130),
        Err(error) => {
            if context::is_first_process() {
                error.print();
            }
            ExitCode::from(error.exit_status())
        }
    }
}

fn run(arguments: impl IntoIterator<Item = OsString>, elevation: &'static [u8]) -> Result<(), CommandError> {
    let command = Command::from_arguments(arguments)?;
    context::check_launcher()?;
    signals::listen();
    match command {
        Command::Info(arguments) => context::on_first_process(|| info::run(&arguments)),
        Command::Calc(arguments) => calc::run(&arguments),
        Command::Doctor => doctor::run(),
        Command::Demo(arguments) => demo::run(&arguments, elevation),
    }
}
