//! Products by NumPy's names: `matmul`, `dot`, `einsum` and their kin, and the operator `@`.

use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Argument, Arguments, integer};
use crate::evaluate::create::given_array;
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{Value, checked};
use distarray_lazy::DistArray;

/// Whether a product of this name exists.
pub(crate) fn is_product(name: &str) -> bool {
    of_two(name).is_some() || matches!(name, "vecdot" | "tensordot" | "einsum")
}

/// Whether arrays have it as a method.
pub(crate) fn is_method(name: &str) -> bool {
    name == "dot"
}

/// The products that are given two arrays and nothing else.
fn of_two(name: &str) -> Option<fn(&DistArray, &DistArray) -> DistArray> {
    Some(match name {
        "matmul" => DistArray::matmul,
        "matvec" => DistArray::matvec,
        "vecmat" => DistArray::vecmat,
        "dot" => DistArray::dot,
        "vdot" => DistArray::vdot,
        "inner" => DistArray::inner,
        "outer" => DistArray::outer,
        "kron" => DistArray::kron,
        _ => return None,
    })
}

/// `left @ right`.
///
/// # Errors
/// What is no array, and what the library refuses.
pub(crate) fn matmul(
    surroundings: &Surroundings,
    [left, right]: [Argument; 2],
    range: SourceRange,
) -> Result<Value, CalcError> {
    let (left, right) = (given_array(surroundings, left)?, given_array(surroundings, right)?);
    checked(left.matmul(&right), range)
}

/// Calls a product.
///
/// # Errors
/// Wrong arguments, and what the library refuses.
pub(crate) fn call(
    surroundings: &Surroundings,
    name: &str,
    mut arguments: Arguments,
) -> Result<Value, CalcError> {
    let range = arguments.range();
    if name == "einsum" {
        return einsum(surroundings, arguments);
    }
    let mut operand = |place: usize, names: &[&str]| {
        arguments.required(place, names).and_then(|given| given_array(surroundings, given))
    };
    let (left, right) = (operand(0, &["a", "x1"])?, operand(1, &["b", "x2"])?);
    let result = match name {
        "vecdot" => {
            let axis = arguments.optional(2, &["axis"])?.map_or(Ok(-1), |axis| place(&axis))?;
            arguments.finish()?;
            left.moveaxis(axis, -1).vecdot(&right.moveaxis(axis, -1))
        }
        "tensordot" => {
            let axes = arguments.optional(2, &["axes"])?;
            arguments.finish()?;
            tensordot(&left, &right, axes)?
        }
        _ => {
            arguments.finish()?;
            let product =
                of_two(name).ok_or_else(|| CalcError::new(range, format!("{name} is not known")))?;
            product(&left, &right)
        }
    };
    checked(result, range)
}

/// An axis.
fn place(argument: &Argument) -> Result<isize, CalcError> {
    let axis = integer(argument)?;
    isize::try_from(axis).map_err(|_| CalcError::new(argument.1, format!("axis {axis} is out of bounds")))
}

fn places((value, range): Argument) -> Result<Vec<isize>, CalcError> {
    match value {
        Value::Tuple(values) => values.iter().map(|value| place(&(value.clone(), range))).collect(),
        other => Ok(vec![place(&(other, range))?]),
    }
}

fn tensordot(left: &DistArray, right: &DistArray, axes: Option<Argument>) -> Result<DistArray, CalcError> {
    let (value, range) = match axes {
        None => return Ok(left.tensordot_last(right, 2)),
        Some(axes) => axes,
    };
    let Value::Tuple(pair) = &value else {
        let count = integer(&(value, range))?;
        return match usize::try_from(count) {
            Ok(count) => Ok(left.tensordot_last(right, count)),
            Err(_) => Err(CalcError::new(range, format!("{count} is no number of axes"))),
        };
    };
    let members: Vec<Value> = pair.iter().cloned().collect();
    let [first, second]: [Value; 2] = members
        .try_into()
        .map_err(|_| CalcError::new(range, "axes are a number, or a pair of axes or lists of them"))?;
    Ok(left.tensordot(right, (&places((first, range))?, &places((second, range))?)))
}

fn einsum(surroundings: &Surroundings, mut arguments: Arguments) -> Result<Value, CalcError> {
    let range = arguments.range();
    let subscripts = match arguments.required(0, &["subscripts"])? {
        (Value::Text(text), _) => text,
        (other, place) => {
            return Err(CalcError::new(
                place,
                format!("{} where a text of subscripts is needed", other.kind()),
            ));
        }
    };
    let mut operands = Vec::new();
    for position in 1..arguments.positional_count() {
        operands.push(given_array(surroundings, arguments.required(position, &["operands"])?)?);
    }
    // How to multiply is the library's choice.
    arguments.keyword(&["optimize"])?;
    arguments.finish()?;
    checked(surroundings.context.einsum(&subscripts, &operands.iter().collect::<Vec<_>>()), range)
}

#[cfg(test)]
mod tests {
    use crate::evaluate::test_support::{X, gives_on, run_on};
    use ndarray::{arr0, arr1, arr2};

    #[track_caller]
    fn gives(program: &str, dtype: &str, expected: ndarray::ArrayD<i64>) {
        for (engines, letters) in [(1, "b"), (2, "b"), (3, "c"), (2, "n")] {
            gives_on((engines, letters), &format!("{X}{program}"), dtype, &expected);
        }
    }

    #[track_caller]
    fn refuses(program: &str, expected: &str) {
        let error = run_on(2, "b", &format!("{X}{program}")).expect_err("it makes no sense");
        assert!(error.to_string().contains(expected), "{error}");
    }

    /// The numbers are NumPy's.
    #[test]
    fn products_by_name() {
        gives(
            "x.T @ x",
            "int64",
            arr2(&[[1400, 1460, 1520], [1460, 1524, 1588], [1520, 1588, 1656]]).into_dyn(),
        );
        gives("x @ arange(3)", "int64", arr1(&[5, 35, 65, 95]).into_dyn());
        gives("arange(4).dot(x)", "int64", arr1(&[140, 146, 152]).into_dyn());
        gives("vdot(x, x) + zeros(1, int)", "int64", arr1(&[4580]).into_dyn());
        gives("inner(x, x[:2])", "int64", arr2(&[[5, 35], [35, 365], [65, 695], [95, 1025]]).into_dyn());
        gives("outer([1, 2], arange(3))", "int64", arr2(&[[0, 1, 2], [0, 2, 4]]).into_dyn());
        gives("kron([1, 2], [[1, 1]])", "int64", arr2(&[[1, 1, 2, 2]]).into_dyn());
        gives("tensordot(x, x)", "int64", arr0(4580).into_dyn());
        gives("tensordot(x, x, ([0, 1], (0, 1)))", "int64", arr0(4580).into_dyn());
        gives("tensordot(x, arange(3), 1)", "int64", arr1(&[5, 35, 65, 95]).into_dyn());
        gives("einsum('ij,kj->k', x, x[:2])", "int64", arr1(&[200, 2_120]).into_dyn());
        gives("einsum('ij,jk,k', x, x[:3], [1, 0, 2])", "int64", arr1(&[162, 1182, 2202, 3222]).into_dyn());
        gives("vecdot(x, x, axis=0)", "int64", arr1(&[1400, 1524, 1656]).into_dyn());
        gives("matvec(x, int8(arange(3)))", "int64", arr1(&[5, 35, 65, 95]).into_dyn());
        gives(
            "(x > 10) @ (x[:3] > 11)",
            "bool",
            arr2(&[[0, 0, 0], [1, 1, 1], [1, 1, 1], [1, 1, 1]]).into_dyn(),
        );
        gives("x[:3] = x[:3] @ x[:3]; x @= [1, 0, 0]; x", "int64", arr1(&[50, 350, 650, 30]).into_dyn());
    }

    #[test]
    fn mistakes_are_numpys() {
        refuses(
            "x @ x",
            "matmul: Input operand 1 has a mismatch in its core dimension 0, with gufunc signature \
             (n?,k),(k,m?)->(n?,m?) (size 4 is different from 3)",
        );
        refuses("x @ 3", "matmul: Input operand 1 does not have enough dimensions (has 0,");
        refuses("dot(x, x)", "shapes (4,3) and (4,3) not aligned: 3 (dim 1) != 4 (dim 0)");
        refuses("inner(x, x[:, :2])", "shapes (4,3) and (2,4) not aligned: 3 (dim 1) != 2 (dim 0)");
        refuses("vdot(x, [1])", "cannot reshape array of size 1 into shape (12,)");
        refuses("tensordot(x, x, 1)", "shape-mismatch for sum");
        refuses("einsum('ij->k', x)", "output subscript 'k' which never appeared in an input");
        refuses("einsum(x, x)", "where a text of subscripts is needed");
        refuses("outer(x)", "outer() is missing its argument b");
    }
}
