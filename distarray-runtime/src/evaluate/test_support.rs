//! What the tests of programs share.

use super::{Surroundings, Value, Variables, evaluate};
use crate::calc::{CalcError, parse};
use crate::launch::Launch;
use distarray_core::Element;
use distarray_lazy::Context;
use ndarray::ArrayD;

/// `x` is `[[0, 1, 2], [10, 11, 12], [20, 21, 22], [30, 31, 32]]`.
pub(super) const X: &str = "x = 10 * arange(4)[:, None] + arange(3); ";

/// What the last expression of a program is, with arrays spread by these letters.
pub(super) fn run_on(engines: usize, letters: &str, program: &str) -> Result<Value, CalcError> {
    let context = Context::local(engines).expect("engines start");
    let letters = Some(letters.parse().expect("letters of this test"));
    let surroundings = Surroundings::new(context, letters);
    let value = evaluate(&parse(program)?, &surroundings, &mut Variables::new(), &[])?;
    Ok(value.expect("the program ends with an expression"))
}

/// Fails unless a program ends with an array of these elements, of this dtype.
#[track_caller]
pub(super) fn gives_on<T: Element>(
    (engines, letters): (usize, &str),
    program: &str,
    dtype: &str,
    expected: &ArrayD<T>,
) {
    match run_on(engines, letters, program) {
        Ok(Value::Array(array)) => {
            let found = array.astype(T::DTYPE).fetch::<T>().expect("nothing fails");
            assert_eq!(&found, expected, "{program} on {engines} engines by {letters}");
            assert_eq!(array.dtype().expect("no error").name(), dtype, "{program}");
        }
        Ok(other) => panic!("{program}: {}", other.kind()),
        Err(error) => panic!("{}", error.render(program)),
    }
}
