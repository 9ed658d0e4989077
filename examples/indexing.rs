//! Parts of an array, read and written: `cargo run --release --example indexing`.

use distarray::prelude::*;

fn main() -> Result<(), Error> {
    let context = Context::local(4)?;
    let mut a = context.linspace(0.0, 1.0, 1_000_000).reshape(&[1000, 1000]);
    let slope = a.index(ix![1.., ..]) - a.index(ix![..-1, ..]); // a[1:, :] - a[:-1, :]: one row per engine moves
    a.index_mut(ix![.., 0]).assign(slope.mean(()))?; // a[:, 0] = slope.mean()
    a.index_mut(ix![&a.greater(0.5)]).multiply(2)?; // a[a > 0.5] *= 2
    println!("{}", a.index(ix![[3, 1, -1], 7..;100]).sum(()).item()?);
    context.close()
}
