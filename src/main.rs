//! The `distarray` program: everything is in `distarray-runtime`.

use std::process::ExitCode;

fn main() -> ExitCode {
    distarray::runtime::run::main(std::env::args_os(), include_bytes!("../data/jacksboro_dem_i16.npy"))
}
