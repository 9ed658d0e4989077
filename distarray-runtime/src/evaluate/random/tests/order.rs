//! Rows in a random order and choices of them: what NumPy's names do to arrays, and what is refused.

use super::{agree, block, block_on, refusal, run_on, same};
use crate::evaluate::Value;
use distarray_core::{Block, DType};
use distarray_random::{Generator, Replacement};
use ndarray::{ArrayD, Axis};

/// The int64 array that a program gives, as places along an axis.
#[track_caller]
fn places(program: &str) -> Vec<usize> {
    let places = block(program).to_ndarray::<i64>().expect("int64");
    places.iter().map(|place| usize::try_from(*place).expect("not negative")).collect()
}

#[track_caller]
fn floats(program: &str) -> ArrayD<f64> {
    block(program).to_ndarray().expect("float64")
}

#[test]
fn permutations_are_those_of_the_library() {
    let mut generator = Generator::new(42);
    let first = generator.permutation(101).expect("small").into_dyn();
    let second = generator.permutation(7).expect("small").into_dyn();
    let drawn = |name: &str| {
        let program =
            format!("rng = random.default_rng(42); a = rng.permutation(101); b = rng.permutation(7); {name}");
        block(&program).to_ndarray::<i64>().expect("int64")
    };
    assert_eq!((drawn("a"), drawn("b")), (first, second));
}

/// The law that ties the two together: rows go where the permutation of their count says.
#[test]
fn a_permuted_array_is_the_array_at_the_permuted_integers() {
    for (array, axis) in [
        ("linspace(0, 1, 101)", 0),
        ("random.random((101, 3), seed=1)", 0),
        ("random.random((3, 17), seed=1)", 1),
        ("random.random((2, 5, 17), seed=1)", -1),
        ("[[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]", 0),
        ("zeros((0, 3))", 0),
    ] {
        let plain = floats(&format!("array({array})"));
        let from_front =
            if axis < 0 { plain.ndim() - 1 } else { usize::try_from(axis).expect("not negative") };
        let order = places(&format!("random.permutation({}, seed=9)", plain.len_of(Axis(from_front))));
        let permuted = floats(&format!("random.permutation({array}, {axis}, seed=9)"));
        assert_eq!(permuted, plain.select(Axis(from_front), &order), "{array} along {axis}");
    }
}

#[test]
fn shuffle_changes_the_variable_and_gives_none() {
    for (shuffled, permuted) in [
        ("x = arange(50); random.shuffle(x, seed=3); x", "random.permutation(arange(50), seed=3)"),
        ("x = [1, 2, 3, 4]; np.random.shuffle(x=x, seed=3); x", "random.permutation([1, 2, 3, 4], seed=3)"),
        (
            "x = random.random((4, 9), seed=1); rng = random.default_rng(3); rng.shuffle(x, axis=-1); x",
            "random.permutation(random.random((4, 9), seed=1), axis=1, seed=3)",
        ),
        (
            "x = arange(50); mix = random.default_rng(3).shuffle; mix(x); mix(x); x",
            "rng = random.default_rng(3); rng.permutation(rng.permutation(arange(50)))",
        ),
        ("x = arange(50); y = x; random.shuffle(x); y", "arange(50)"),
    ] {
        agree(shuffled, permuted);
    }
    let nothing = run_on(2, None, "x = arange(5); random.shuffle(x)").expect("nothing is wrong");
    assert!(matches!(nothing, Value::None));
}

#[test]
fn choices_are_those_of_the_library() {
    let weights = [0.125, 0.0, 0.5, 0.25, 0.125];
    let integers = |block: Block| block.to_ndarray::<i64>().expect("int64");
    for (replace, replacement) in [("True", Replacement::With), ("False", Replacement::Without)] {
        let alone = Generator::new(5).choice(100, &[6, 4], replacement).expect("enough");
        assert_eq!(integers(block(&format!("random.choice(100, (6, 4), {replace}, seed=5)"))), alone);
        let alone = Generator::new(5).weighted_choice(&weights, &[3], replacement).expect("they sum to 1");
        for p in ["[0.125, 0, 0.5, 0.25, 0.125]", "array([1, 0, 4, 2, 1]) / 8", "(1/8, 0.0, 1/2, 1/4, 1/8)"] {
            let program = format!("random.choice(5, 3, replace={replace}, p={p}, seed=5)");
            assert_eq!(integers(block(&program)), alone, "{program}");
        }
    }
}

#[test]
fn chosen_rows_are_those_at_the_chosen_integers() {
    for (rest, count) in [("12", 40), ("12, False", 40), ("(), p=ones(40) / 40", 40), ("0", 40), ("None", 40)]
    {
        let order = places(&format!("random.choice({count}, {rest}, seed=4)"));
        let line = floats(&format!("linspace(0, 1, {count})"));
        let chosen = floats(&format!("random.choice(linspace(0, 1, {count}), {rest}, seed=4)"));
        assert_eq!(
            chosen.iter().copied().collect::<Vec<_>>(),
            line.select(Axis(0), &order).into_raw_vec_and_offset().0
        );
        let plane = floats(&format!("random.random(({count}, 3), seed=1)"));
        let found = floats(&format!("random.choice(random.random(({count}, 3), seed=1), {rest}, seed=4)"));
        let expected = plane.select(Axis(0), &order);
        // One row of several is without its axis.
        let expected = if matches!(rest, "None" | "(), p=ones(40) / 40") {
            expected.index_axis_move(Axis(0), 0)
        } else {
            expected
        };
        assert_eq!(found, expected, "{rest}");
    }
    let order = places("random.choice(7, 20, seed=4)");
    let chosen = floats("random.choice(random.random((3, 7), seed=1), 20, axis=-1, seed=4)");
    assert_eq!(chosen, floats("random.random((3, 7), seed=1)").select(Axis(1), &order));
}

/// Without its axis a row is what it was, to the sign of a zero.
#[test]
fn one_row_is_taken_of_an_array_of_any_dtype() {
    for dtype in DType::ALL {
        let program =
            format!("x = array([[-0.0, 1.0, 5.0, nan]]).astype({}); random.choice(x)", dtype.name());
        let expected = format!("array([-0.0, 1.0, 5.0, nan]).astype({})", dtype.name());
        same(&block(&program), &block(&expected), dtype.name());
    }
    assert_eq!(block("random.choice(zeros((4, 0, 2)))").shape(), [0, 2]);
    assert_eq!(block("random.choice(zeros((4, 0, 2)), axis=-1)").shape(), [4, 0]);
}

#[test]
fn none_may_be_chosen_of_none() {
    assert_eq!(block("random.choice(0, 0)").shape(), [0]);
    assert_eq!(block("random.choice([], (0, 2))").shape(), [0, 2]);
    assert_eq!(block("random.permutation(0)").shape(), [0]);
}

#[test]
fn orders_are_the_same_on_any_engines_and_layout() {
    let program = "rng = random.default_rng(7); x = rng.random((101, 17)); p = ones(101) / 101\nrng.shuffle(x); x = rng.permutation(x, axis=1); rng.choice(x, 60, False, p) + rng.choice(x, 60)";
    let alone = block_on(1, None, program);
    for engines in 1..=4 {
        for letters in ["b", "c", "c(3)", "n,b", "c,b"] {
            same(&block_on(engines, Some(letters), program), &alone, &format!("{letters} on {engines}"));
        }
    }
}

#[test]
fn mistakes_name_the_value_and_the_place() {
    for (program, message, place) in [
        ("random.permutation(-3)", "x -3 is refused: it must be from 0 to 2^63 - 1", "-3"),
        ("random.permutation(2.5)", "x is a float: an integer or an array is needed", "2.5"),
        (
            "random.permutation(array(2.5))",
            "x is an array of float64 of shape []: an integer is needed",
            "array(2.5)",
        ),
        ("random.permutation('ab')", "x is the text \"ab\": an integer or an array is needed", "'ab'"),
        ("random.permutation()", "random.permutation() is missing its argument x", "random.permutation()"),
        ("random.permutation(5, 1)", "axis 1 is out of bounds for an array of 1 dimensions", "1"),
        (
            "random.permutation(ones((2, 2)), axis=-3)",
            "axis -3 is out of bounds for an array of 2 dimensions",
            "-3",
        ),
        ("random.permutation(5, axis=0.5)", "axis is a float: an integer is needed", "0.5"),
        ("random.permutation(5, size=3)", "random.permutation() has no argument named size", "size"),
        (
            "random.shuffle(arange(5))",
            "shuffle() changes a variable, and this is none: write x = rng.permutation(x)",
            "arange(5)",
        ),
        (
            "x = ones(3); random.shuffle(x + 1)",
            "shuffle() changes a variable, and this is none: write x = rng.permutation(x)",
            "x + 1",
        ),
        (
            "random.shuffle(pi)",
            "shuffle() changes a variable, and this is none: write x = rng.permutation(x)",
            "pi",
        ),
        ("random.shuffle(y)", "name `y` is not defined", "y"),
        ("random.shuffle()", "random.shuffle() is missing its argument x", "random.shuffle()"),
        ("x = 5; random.shuffle(x)", "an integer where an array is needed", "x"),
        (
            "x = array(5); random.shuffle(x)",
            "axis 0 is out of bounds for an array of 0 dimensions",
            "random.shuffle(x)",
        ),
        (
            "x = ones(3); random.shuffle(x, axis=1)",
            "axis 1 is out of bounds for an array of 1 dimensions",
            "1",
        ),
        ("random.choice([])", "a is empty: there is nothing to choose from", "[]"),
        ("random.choice(0, (2, 3))", "a is empty: there is nothing to choose from", "0"),
        (
            "random.choice(zeros((3, 0)), 2, axis=1)",
            "a is empty: there is nothing to choose from",
            "zeros((3, 0))",
        ),
        ("random.choice(-1)", "a -1 is refused: it must be from 0 to 2^63 - 1", "-1"),
        ("random.choice(1.5)", "a is a float: an integer or an array is needed", "1.5"),
        (
            "random.choice(5, 6, replace=False)",
            "6 elements cannot be chosen from 5 without putting any back",
            "random.choice(5, 6, replace=False)",
        ),
        (
            "random.choice(2, 3, False, p=[0.5, 0.5])",
            "choice of 3 from 2 is refused: nothing is put back",
            "random.choice(2, 3, False, p=[0.5, 0.5])",
        ),
        (
            "random.choice(ones((5, 2)), (2, 3))",
            "size [2, 3] is refused: of an array of several dimensions it must be an integer",
            "(2, 3)",
        ),
        (
            "random.choice(5, 2, p=[0.5, 0.5])",
            "p of shape [2] is refused: it must be of shape [5]",
            "[0.5, 0.5]",
        ),
        (
            "random.choice(4, 2, p=ones((2, 2)) / 4)",
            "p of shape [2, 2] is refused: it must be of shape [4]",
            "ones((2, 2)) / 4",
        ),
        ("random.choice(4, 2, p=0.25)", "a float where an array is needed", "0.25"),
        ("random.choice(5, -2)", "-2 is no size: it must be from 0 to 2^63 - 1", "-2"),
        ("random.choice(5, replace='no')", "the text \"no\" where True or False is needed", "'no'"),
        ("random.choice(ones(5), axis=1)", "axis 1 is out of bounds for an array of 1 dimensions", "1"),
        (
            "random.permuted(ones(3))",
            "the function random.permuted is not known: write permutation(x, axis=0), which moves whole rows",
            "permuted",
        ),
    ] {
        assert_eq!(refusal(program), (message.to_owned(), place), "{program}");
    }
}

/// What weights hold is known to the engines alone: so it is found when they run.
#[test]
fn wrong_weights_are_refused_when_they_are_looked_at() {
    for (weights, message) in [
        ("[0.5, 0.25, 0]", "weights with sum 0.75 is refused: probabilities must sum to 1"),
        ("[0.5, 1.0, -0.5]", "weight -0.5 at index 2 is refused"),
        (
            "[0.5, 0.5, 0], replace=False",
            "choice of 3 among 2 weights above 0 is refused: nothing is put back",
        ),
    ] {
        let program = format!("random.choice(3, 3, p={weights})");
        let Ok(Value::Array(array)) = run_on(2, None, &program) else { panic!("{program} is written down") };
        let error = array.fetch_block().expect_err(&program).to_string();
        assert!(error.contains(message), "{program}: {error}");
        assert_eq!(array.context().ones([3], DType::Int64).fetch::<i64>().expect("it goes on").sum(), 3);
    }
}
