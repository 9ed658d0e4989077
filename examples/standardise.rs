//! A client and its engines: reads an array, standardises it, and writes the result.
//!
//! `cargo run --release --example standardise [INPUT.npy OUTPUT.npy]`

use distarray::io::{LoadNpy, SaveNpy, probe};
use distarray::prelude::*;
use std::path::Path;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let input = arguments.next().unwrap_or_else(|| "data/jacksboro_dem_i16.npy".to_owned());
    let output = arguments.next().unwrap_or_else(|| "standardised.npy".to_owned());

    let context = Context::local(2)?;
    let found = probe(Path::new(&input))?;
    // Rows in blocks, columns not distributed: any letters do, the result is the same.
    let layout = Distribution::from_spec(&found.header.shape, &"b,n".parse()?, context.rank_count())?;
    let z = context.call(LoadNpy::new(found, layout)?, &[])?.remove(0);

    // Nothing has been read or computed so far; shape, dtype and errors are known all the same.
    let standardised = (&z - z.mean(())) / z.std(());
    println!("{:?} {}", standardised.shape(), standardised.dtype()?.name());
    context.call(SaveNpy::new(Path::new(&output)), &[&standardised])?;
    print!("{}", context.explain()?);

    println!("mean {}, deviation {}", standardised.mean(()).item()?, standardised.std(()).item()?);
    println!("written to {output}");
    context.close()?;
    Ok(())
}
