//! Stencils in programs.

use crate::evaluate::test_support::{gives_on, run_on};
use ndarray::{ArrayD, arr1, arr2};

/// What a program gives on any engines, spread in any way.
#[track_caller]
fn gives(program: &str, dtype: &str, expected: ArrayD<f64>) {
    for engines in 1..=3 {
        for letters in ["b", "n,b", "c,b", "c(2),c"] {
            let letters = if expected.ndim() == 1 {
                &letters[..letters.find(',').unwrap_or(letters.len())]
            } else {
                letters
            };
            gives_on((engines, letters), program, dtype, &expected);
        }
    }
}

#[track_caller]
fn refuses(program: &str, expected: &str) {
    let error = run_on(2, "b", program).expect_err("it makes no sense");
    assert!(error.to_string().contains(expected), "{error}");
}

/// The arrays are what NumPy gives for `w @ numpy.pad(x, 1, mode)` written out, with the modes of the same meaning.
#[test]
fn boundaries_are_those_of_pad() {
    let x = "x = arange(5) ** 2; ";
    let gives = |call: &str, dtype, expected: [f64; 5]| {
        gives(&format!("{x}{call}"), dtype, arr1(&expected).into_dyn())
    };
    gives("stencil(x, [1, -2, 1])", "int64", [0.0, 2.0, 2.0, 2.0, 16.0]);
    gives("stencil(x, [1, -2, 1], 'periodic')", "int64", [17.0, 2.0, 2.0, 2.0, -23.0]);
    gives("stencil(x, [1, -2, 1], boundary='reflect')", "int64", [2.0, 2.0, 2.0, 2.0, -14.0]);
    gives("stencil(x, [1, -2, 1], 'constant', 10)", "int64", [11.0, 2.0, 2.0, 2.0, -13.0]);
    gives("stencil(x, [0.5, 0, 0.5], ['constant'], value=1)", "float64", [1.0, 2.0, 5.0, 10.0, 5.0]);
    gives(
        "stencil(x, array([1, 1], dtype=int8), 'periodic', centre=(0,))",
        "int64",
        [1.0, 5.0, 13.0, 25.0, 16.0],
    );
    gives("stencil(float32(x), [0.5, 0.5], 'periodic', centre=1)", "float32", [8.0, 0.5, 2.5, 6.5, 12.5]);
}

#[test]
fn axes_may_have_boundaries_of_their_own() {
    let program = "x = 10.0 * arange(3)[:, None] + arange(3); stencil(x, [[0,1,0],[1,0,1],[0,1,0]], ('none', 'periodic'))";
    // Row 1 is above + below + left + right, the last two wrapped round.
    let expected = arr2(&[[0.0, 1.0, 2.0], [43.0, 44.0, 45.0], [20.0, 21.0, 22.0]]);
    gives(program, "float64", expected.into_dyn());
}

#[test]
fn what_makes_no_sense_is_refused() {
    refuses(
        "stencil(ones(4), [1, 1])",
        "axis of weights 0 of length 2 is refused: it has no middle: name the centre",
    );
    refuses("stencil(ones(4), [0, 0, 0])", "without weights");
    refuses("stencil(ones((4, 4)), [1, 2, 1])", "1 axes do not match an array of 2 dimensions");
    refuses("stencil(ones(4), [1], 'wrap')", "\"wrap\" is no boundary: it must be \"none\"");
    refuses("stencil(ones(4), [1], 'none', 'x')", "the text \"x\" where a number is needed");
    refuses("stencil(ones(4), 'x')", "where a number is needed");
    refuses("stencil(ones(4, dtype=int8), [1, 300, 1])", "out of bounds for int8");
    refuses("stencil(ones(4), [1], ['none', 'none'])", "2 axes do not match an array of 1 dimensions");
    refuses("stencil(ones(4), zeros(100000))", "65536 at most");
}
