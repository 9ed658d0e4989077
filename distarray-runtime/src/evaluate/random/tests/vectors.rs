//! Random vectors: the library's own along the last axis, parameters as lists and as arrays, and what is refused.

use super::{agree, block, block_on, refusal, same};
use distarray_core::DType;
use distarray_random::Generator;
use ndarray::arr2;

const BEGIN: &str = "rng = random.default_rng(42); a = rng.multivariate_normal([1, -1], [[2, 0.5], [0.5, 1]], (7, 5)); \
    b = rng.dirichlet([0.5, 2, 1], 9); c = rng.multinomial(100, [0.25, 0.5, 0.25], (4, 3)); \
    d = rng.multivariate_hypergeometric([5, 0, 9], 6, 8); e = rng.unit_sphere((2, 3)); f = rng.unit_disc()";

#[test]
fn vectors_are_those_of_the_library() {
    let mut generator = Generator::new(42);
    let covariance = arr2(&[[2.0, 0.5], [0.5, 1.0]]);
    let normal = generator.multivariate_normal::<f64>(&[1.0, -1.0], &covariance, &[7, 5]).expect("one");
    let shares = generator.dirichlet::<f64>(&[0.5, 2.0, 1.0], &[9]).expect("valid parameters");
    let counts = generator.multinomial(100, &[0.25, 0.5, 0.25], &[4, 3]).expect("valid parameters");
    let colors = generator.multivariate_hypergeometric(&[5, 0, 9], 6, &[8]).expect("valid parameters");
    let sphere = generator.unit_sphere::<f64>(&[2, 3]).expect("no parameters");
    let disc = generator.unit_disc::<f64>(&[]).expect("no parameters");
    let drawn = |name: &str| block(&format!("{BEGIN}\n{name}"));
    for (name, expected) in [("a", normal), ("b", shares), ("e", sphere), ("f", disc)] {
        assert_eq!(drawn(name).to_ndarray::<f64>().expect("float64"), expected, "{name}");
    }
    for (name, expected) in [("c", counts), ("d", colors)] {
        assert_eq!(drawn(name).to_ndarray::<i64>().expect("int64"), expected, "{name}");
    }
}

#[test]
fn components_are_one_more_axis() {
    for (program, shape) in [
        ("random.multivariate_normal([0, 0], [[1, 0], [0, 1]])", &[2][..]),
        ("random.multivariate_normal([0, 0], [[1, 0], [0, 1]], size=None)", &[2]),
        ("random.multivariate_normal([0], [[1]], (), 'ignore', method='eigh')", &[1]),
        ("random.dirichlet([1, 2, 3], 0)", &[0, 3]),
        ("random.dirichlet([1, 2, 3], (4, 1))", &[4, 1, 3]),
        ("random.multinomial(5, pvals=[1.0], shape=2)", &[2, 1]),
        ("random.unit_circle()", &[2]),
        ("random.unit_disc(5)", &[5, 2]),
        ("random.unit_ball(shape=(5, 4))", &[5, 4, 3]),
    ] {
        assert_eq!(block(program).shape(), shape, "{program}");
    }
    assert_eq!(block("random.unit_ball(5, dtype=float32)").dtype(), DType::Float32);
    assert_eq!(block("random.dirichlet([1, 2], dtype='f4')").dtype(), DType::Float32);
}

#[test]
fn parameters_may_be_lists_or_arrays_of_the_program() {
    let plain = "random.multivariate_normal([0, 1], [[2, 1], [1, 2]], 6, seed=3)";
    for other in [
        "m = arange(2); c = ones((2, 2)) + array([[1, 0], [0, 1]]); random.multivariate_normal(m, c, 6, seed=3)",
        "random.multivariate_normal((0.0, True), array([[2, 1], [1, 2]], dtype=float32), size=6, seed=3)",
        "random.multivariate_normal([0, 1], [[2, 1], [1, 2]], 6, 'raise', 1e-8, method='svd', seed=3)",
    ] {
        agree(plain, other);
    }
    let plain = "random.multivariate_hypergeometric([3, 0, 9], 4, 6, seed=3)";
    for colors in
        ["array([3, 0, 9], dtype=uint64)", "array([3, 0, 9], dtype=int8)", "arange(3) * 3 + [3, -3, 3]"]
    {
        agree(plain, &format!("random.multivariate_hypergeometric({colors}, nsample=4, size=6, seed=3)"));
    }
    agree(
        "random.dirichlet([2, 1], 4, seed=3)",
        "random.dirichlet(array([False, True]) * -1 + 2, 4, seed=3)",
    );
}

#[test]
fn vectors_are_the_same_on_any_engines_and_layout() {
    for name in ["a", "b", "c", "d", "e", "f"] {
        let program = format!("{BEGIN}\n{name}");
        let alone = block_on(1, None, &program);
        for engines in 1..=4 {
            for letters in ["b", "c", "c(3)", "n", "n,b", "c,b,c", "n,n,c"] {
                same(
                    &block_on(engines, Some(letters), &program),
                    &alone,
                    &format!("{name} as {letters} on {engines}"),
                );
            }
        }
    }
}

#[test]
fn mistakes_name_the_value_and_the_place() {
    for (program, message, place) in [
        (
            "random.multivariate_normal([0, 0], [[1, 2], [2, 1]])",
            "cov is refused: it must be positive semidefinite, but given the components before it component 1 has \
             variance -3 of 1",
            "[[1, 2], [2, 1]]",
        ),
        (
            "random.multivariate_normal([0, 0], cov=[[1, 2], [3, 1]], check_valid='ignore')",
            "cov[1, 0] 3 is refused: it must equal [0, 1], which is 2",
            "[[1, 2], [3, 1]]",
        ),
        (
            "c = zeros((2, 2)) - 1; random.multivariate_normal([0, 0], c)",
            "cov[0, 0] -1 is refused: a variance must not be negative",
            "c",
        ),
        (
            "random.multivariate_normal([0, nan], [[1, 0], [0, 1]])",
            "mean[1] NaN is refused: it must be finite",
            "[0, nan]",
        ),
        (
            "random.multivariate_normal([0, 0], [[1, 0, 0], [0, 1, 0]])",
            "cov of shape [2, 3] is refused: it must be of shape [2, 2]",
            "[[1, 0, 0], [0, 1, 0]]",
        ),
        (
            "random.multivariate_normal(zeros((2, 2)), [[1]])",
            "mean of shape [2, 2] is refused: it must be of one dimension and not empty",
            "zeros((2, 2))",
        ),
        (
            "random.multivariate_normal([], [])",
            "mean of shape [0] is refused: it must be of one dimension and not empty",
            "[]",
        ),
        ("random.multivariate_normal(0, 1)", "mean is an integer: a list or an array is needed", "0"),
        ("random.multivariate_normal([0], [[1j]])", "cov is complex128: real numbers are needed", "[[1j]]"),
        (
            "random.multivariate_normal([0, 0], [[1, 0], [0]])",
            "the lists of an array must be of one length on each level",
            "[[1, 0], [0]]",
        ),
        (
            "random.multivariate_normal([0])",
            "random.multivariate_normal() is missing its argument cov",
            "random.multivariate_normal([0])",
        ),
        (
            "random.multivariate_normal([0], [[1]], check_valid='no')",
            "check_valid \"no\" is refused: it must be one of \"warn\", \"raise\", \"ignore\"",
            "'no'",
        ),
        (
            "random.multivariate_normal([0], [[1]], 2, 'warn', 1e-3)",
            "tol 0.001 is refused: here it is always 1e-8",
            "1e-3",
        ),
        (
            "random.multivariate_normal([0], [[1]], method=3)",
            "method is an integer: it must be one of \"svd\", \"eigh\", \"cholesky\"",
            "3",
        ),
        (
            "random.multivariate_normal([0], [[1]], 2, 'warn', 1e-8, 'svd')",
            "random.multivariate_normal() takes at most 5 arguments, 6 given",
            "'svd'",
        ),
        (
            "random.multivariate_normal([0], [[1]], dtype=int64)",
            "dtype int64 is refused: these numbers are float32 or float64",
            "int64",
        ),
        (
            "random.dirichlet([1, 0], 3)",
            "alpha[1] 0 is refused: it must be between 1e-300 and 1e300",
            "[1, 0]",
        ),
        (
            "random.dirichlet(zeros(2**30))",
            "alpha of shape [1073741824] is refused: it must have at most 16777216 entries",
            "zeros(2**30)",
        ),
        ("random.dirichlet('ab')", "alpha is the text \"ab\": a list or an array is needed", "'ab'"),
        (
            "random.multinomial(9, pvals=[0.5, 1.5])",
            "pvals[1] 1.5 is refused: it must be between 0 and 1",
            "[0.5, 1.5]",
        ),
        (
            "random.multinomial(9, [0.5, 0.75, 0])",
            "sum of pvals 1.25 is refused: all probabilities but the last must sum up to at most 1",
            "[0.5, 0.75, 0]",
        ),
        ("random.multinomial(-9, [1])", "n -9 is refused: it must be from 0 to 2^62", "-9"),
        (
            "random.multinomial([9, 8], [1])",
            "n is a list of 2 values: here it must be one number for all elements",
            "[9, 8]",
        ),
        (
            "random.multivariate_hypergeometric([3, -2], 1)",
            "colors[1] -2 is refused: it must be from 0 to 2^62",
            "[3, -2]",
        ),
        (
            "random.multivariate_hypergeometric([3, 2.0], 1)",
            "colors is float64: integers are needed",
            "[3, 2.0]",
        ),
        (
            "random.multivariate_hypergeometric([2**62, 1], 1)",
            "sum of colors 4611686018427387905 is refused: it must be at most 2^62",
            "[2**62, 1]",
        ),
        (
            "random.multivariate_hypergeometric([3, 2], nsample=6)",
            "nsample 6 is refused: there are 5 in all",
            "6",
        ),
        (
            "random.multivariate_hypergeometric([3, 2], 1, 2, 'svd')",
            "method \"svd\" is refused: it must be one of \"marginals\", \"count\"",
            "'svd'",
        ),
        ("random.unit_ball(-1)", "-1 is no size: it must be from 0 to 2^63 - 1", "-1"),
        ("random.unit_disc(2, 3)", "random.unit_disc() takes at most 1 arguments, 2 given", "3"),
    ] {
        assert_eq!(refusal(program), (message.to_owned(), place), "{program}");
    }
}
