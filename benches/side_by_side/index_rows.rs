//! The library's side of `index_arrays.py`: index arrays and masks, on engines of this process or on processes.
//!
//! usage: [mpiexec -n ENGINES] index_rows ELEMENTS [ENGINES], then the name of one row per line of standard input
//!
//! Each line is answered with the seconds that the row took, once. A tenth as many places as elements are named. Of the
//! rows of points and of single elements the answer is the median of 101 runs.

mod engines;

use distarray::lazy::ix;
use distarray::prelude::*;

struct Rows {
    array: DistArray,
    changed: DistArray,
    mask: DistArray,
    places: DistArray,
    values: DistArray,
    points: Vec<i64>,
    square: DistArray,
}

/// Numbers below `limit` in no order.
fn scattered(numbers: &DistArray, limit: i64) -> DistArray {
    let mixed = numbers * 6_364_136_223_846_793_005_i64;
    let mixed = mixed.bitwise_xor(mixed.right_shift(29)) * 0x3C79_AC49_2BA7_B653_i64;
    mixed.right_shift(1).remainder(limit)
}

impl Rows {
    fn new(context: &Context, count: usize) -> Result<Rows, Error> {
        let limit = i64::try_from(count).unwrap_or(i64::MAX);
        let side = count.isqrt();
        let rows = Rows {
            array: context.linspace(0.0, 1.0, count),
            changed: context.linspace(0.0, 1.0, count),
            mask: scattered(&context.arange(count), 2).equal(0),
            places: scattered(&context.arange(count / 10), limit),
            values: context.linspace(0.0, 1.0, count / 10),
            square: context.points(([side, side], "b,n"), 0.0, 1.0),
            points: (0..65_536).map(|point: i64| point * 7_919 % limit).collect(),
        };
        for array in [&rows.array, &rows.changed, &rows.mask, &rows.places, &rows.values, &rows.square] {
            array.compute()?;
        }
        Ok(rows)
    }

    /// Runs one row once.
    fn run(&mut self, row: &str) -> Result<(), Error> {
        match row {
            "gather" => self.array.index(ix![&self.places]).compute().map(|_| ()),
            "scatter_add" => {
                self.changed.add_at(ix![&self.places], &self.values)?;
                self.changed.compute().map(|_| ())
            }
            "mask" => self.array.index(ix![&self.mask]).compute().map(|_| ()),
            "points_16" => self.array.index(ix![&self.points[..16]]).fetch::<f64>().map(|_| ()),
            "points_65536" => self.array.index(ix![&self.points[..]]).fetch::<f64>().map(|_| ()),
            "get_one" => self.array.index(ix![self.points[7]]).item().map(|_| ()),
            "set_one" => {
                self.changed.index_mut(ix![self.points[7]]).assign(0.5)?;
                self.changed.compute().map(|_| ())
            }
            "transpose" => self.square.transpose(()).copy().compute().map(|_| ()),
            "strided" => self.square.index(ix![..;2, 1..-1]).copy().compute().map(|_| ()),
            "aligned" => {
                // Not the same twice: what was computed before could still be there.
                std::mem::swap(&mut self.array, &mut self.changed);
                (&self.array - &self.changed).compute().map(|_| ())
            }
            "neighbours" => (self.array.index(ix![1..]) - self.array.index(ix![..-1])).compute().map(|_| ()),
            _ => panic!("there is no row {row}"),
        }
    }
}

/// Answers the lines of standard input.
fn answer(context: &Context, count: usize) -> Result<(), Error> {
    let mut rows = Rows::new(context, count)?;
    let runs = |row: &str| if row.starts_with("points") || row.ends_with("_one") { 101 } else { 1 };
    engines::answer_rows(runs, |row| rows.run(row))
}

fn main() -> Result<(), Error> {
    engines::run(answer)
}
