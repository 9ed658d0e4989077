//! The library's side of `products.py`: products of matrices, on engines of this process or on processes.
//!
//! usage: [mpiexec -n ENGINES] product_rows SIDE [ENGINES], then the name of one row per line of standard input
//!
//! Each line is answered with the seconds that the row took, once. Square matrices have SIDE rows; tall ones 5000 times as
//! many, and 8 columns.

mod engines;

use distarray::prelude::*;

struct Rows {
    square: DistArray,
    other: DistArray,
    tall: DistArray,
    vector: DistArray,
    small: DistArray,
}

impl Rows {
    fn new(context: &Context, side: usize) -> Result<Rows, Error> {
        let tall = 5000 * side;
        let rows = Rows {
            square: context.points(([side, side], "b,n"), 0.0, 1.0),
            other: context.points(([side, side], "b,n"), -1.0, 1.0),
            tall: context.points(([tall, 8], "b,n"), 0.0, 1.0),
            vector: context.points(([8], "n"), 0.0, 1.0),
            small: context.points(([8, 8], "n,n"), 0.0, 1.0),
        };
        for array in [&rows.square, &rows.other, &rows.tall, &rows.vector, &rows.small] {
            array.compute()?;
        }
        Ok(rows)
    }

    /// Runs one row once.
    fn run(&self, row: &str) -> Result<(), Error> {
        let product = match row {
            "matmul" => self.square.matmul(&self.other),
            "turned" => self.square.transpose(()).matmul(&self.other),
            "in_order" => self.square.matmul_in_order(&self.other),
            "gram" => self.tall.transpose(()).matmul(&self.tall),
            "tall" => self.tall.matmul(&self.small),
            "matvec" => self.tall.matmul(&self.vector),
            _ => panic!("there is no row {row}"),
        };
        product.compute().map(|_| ())
    }
}

/// Answers the lines of standard input.
fn answer(context: &Context, side: usize) -> Result<(), Error> {
    let rows = Rows::new(context, side)?;
    engines::answer_rows(|_| 1, |row| rows.run(row))
}

fn main() -> Result<(), Error> {
    engines::run(answer)
}
