//! Golden pictures, and pictures of distributions by chance.

use distarray_maps::{AxisMap, DistSpec, Distribution, Grid};
use proptest::prelude::*;

use super::words::symbol;
use super::*;

fn spread(shape: &[usize], spec: &str, ranks: usize) -> Distribution {
    Distribution::from_spec(shape, &spec.parse::<DistSpec>().unwrap(), ranks).unwrap()
}

/// All pictures of one golden file, each under its caption.
#[test]
fn golden_pictures() {
    let irregular = |lists: Vec<Vec<usize>>| {
        let axis = AxisMap::unstructured(lists).unwrap();
        let parts = axis.parts();
        Distribution::new(&[axis.length()], vec![axis], Grid::row_major(&[parts]).unwrap()).unwrap()
    };
    let bounded = |bounds: &[usize]| {
        let axis = AxisMap::block_with_bounds(bounds).unwrap();
        let (length, parts) = (axis.length(), axis.parts());
        Distribution::new(&[length], vec![axis], Grid::row_major(&[parts]).unwrap()).unwrap()
    };
    let pictures = [
        ("a vector in blocks", spread(&[10], "b", 3)),
        ("a long vector in blocks", spread(&[1_000_000], "b", 4)),
        ("a vector dealt out", spread(&[1_000_000], "c", 4)),
        ("a small matrix, blocks by cyclic", spread(&[4, 6], "b,c", 4)),
        ("a large matrix in blocks", spread(&[5000, 3000], "b,b", 4)),
        ("a large matrix of rows dealt out", spread(&[5000, 3000], "c,n", 3)),
        ("block-cyclic both ways", spread(&[1000, 1000], "c(100),c(64)", 4)),
        ("more engines than rows", spread(&[2, 5], "b", 4)),
        ("three dimensions", spread(&[7, 8, 9], "b,b", 4)),
        ("four dimensions, many slices", spread(&[8, 8, 8, 8], "b,c,n,b", 16)),
        ("more slices than are shown", spread(&[6, 2, 2], "c", 6)),
        ("a single element", spread(&[], "", 3)),
        ("no elements", spread(&[0, 5], "b", 2)),
        ("copies on every engine", Distribution::replicated(&[3, 4], 3).unwrap()),
        ("one engine has it all", Distribution::on_rank(&[3, 4], 2).unwrap()),
        ("a result of a reduction", spread(&[8, 8], "b,b", 4).reduce(&[1], false).unwrap()),
        ("explicit indices", irregular(vec![vec![9, 0, 1], vec![5, 2, 3, 4], vec![6, 7, 8]])),
        ("blocks with a narrow one between", bounded(&[0, 31, 34, 100, 1000])),
        ("many engines", spread(&[100, 100], "b,b", 100)),
    ];
    let mut drawn = String::new();
    for (caption, distribution) in &pictures {
        drawn.push_str(&format!("== {caption}\n{}\n", distribution_text(distribution)));
    }
    let golden = include_str!("../../tests/golden/distributions.txt");
    if drawn != golden {
        let file = std::env::temp_dir().join("distributions.txt");
        std::fs::write(&file, &drawn).unwrap();
        panic!("the pictures differ from tests/golden/distributions.txt; they are in {}", file.display());
    }
}

#[test]
fn huge_arrays_cost_nothing() {
    let start = std::time::Instant::now();
    let text = distribution_text(&spread(&[1 << 30, 1 << 30], "b,c(3)", 65_536));
    assert!(text.lines().count() < 50);
    assert!(start.elapsed().as_millis() < 500, "{:?}", start.elapsed());
}

#[test]
fn symbols_begin_again_after_62_ranks() {
    assert_eq!([0, 10, 61, 62].map(symbol), ['0', 'a', 'Z', '0']);
}

proptest! {
    #[test]
    fn small_matrices_show_the_owner_of_every_element(
        rows in 1usize..24, columns in 1usize..60, ranks in 1usize..9,
        spec in prop::sample::select(vec!["b", "c", "n,b", "b,b", "c,c", "b,c(3)", "c(2),b", "n,n"]),
    ) {
        let distribution = spread(&[rows, columns], spec, ranks);
        let text = distribution_text(&distribution);
        let lines: Vec<&str> = text.lines().skip(2).take(rows).collect();
        for (row, line) in lines.iter().enumerate() {
            prop_assert_eq!(line.chars().count(), columns);
            for (column, shown) in line.chars().enumerate() {
                prop_assert_eq!(shown, symbol(distribution.owner(&[row, column]).unwrap().0));
            }
        }
    }

    #[test]
    fn no_picture_is_too_large(
        shape in prop::collection::vec(0usize..200, 0..5), ranks in 1usize..20,
        spec in prop::sample::select(vec!["", "b", "c", "n,b", "b,b", "c,c", "b,c(3),b", "c(2),b,n,c"]),
    ) {
        let spec: DistSpec = spec.parse().unwrap();
        let named = spec.axes().len().min(shape.len());
        let distribution = Distribution::from_spec(&shape, &DistSpec::new(spec.axes()[..named].to_vec()), ranks).unwrap();
        let text = distribution_text(&distribution);
        prop_assert!(text.lines().count() <= 24 + 40);
        prop_assert!(text.lines().all(|line| line.chars().count() <= 110));
    }
}
