//! Heat in a plate whose borders are held at fixed temperatures, until it changes no more: Jacobi's method by a stencil.
//!
//! `cargo run --release --example heat [SIDE [ENGINES]]`

use distarray::prelude::*;

/// Sweeps between two looks at how much has changed.
const SWEEPS: usize = 50;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut numbers = std::env::args().skip(1).map(|argument| argument.parse());
    let side = numbers.next().transpose()?.unwrap_or(64);
    let context = Context::local(numbers.next().transpose()?.unwrap_or(2))?;

    // Ice along one border, boiling water along the one opposite, and a slope along the others.
    let slope = context.points([side], 0.0, 100.0);
    let inside = context.full([side, side], Scalar::Float64(0.0));
    let is_border = slope.less_equal(0.0).logical_or(slope.greater_equal(100.0));
    let row_border = is_border.expand_dims(1).logical_or(&is_border);
    let mut plate = &inside + row_border * &slope;

    // With `Boundary::None` nothing stands beyond the plate, and its border keeps its temperature.
    let mean = [([-1, 0], 0.25), ([1, 0], 0.25), ([0, -1], 0.25), ([0, 1], 0.25)];
    let mut sweeps = 0;
    loop {
        let before = plate.clone();
        for _ in 0..SWEEPS {
            plate = plate.stencil(mean, Boundary::None);
        }
        sweeps += SWEEPS;
        if let Scalar::Float64(change) = (&plate - &before).abs().max(()).item()?
            && change < 1e-3
        {
            break;
        }
    }
    let middle = plate.index(ix![side / 2, side / 2]).item()?;
    println!("after {sweeps} sweeps the middle of the plate has {middle} degrees");
    context.close()?;
    Ok(())
}
