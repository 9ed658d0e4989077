//! Where Rust and NumPy differ, NumPy wins: its behaviour as tables, made by `tables/make_tables.py`.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_truncation,
    reason = "a test may panic, and counts small things"
)]

use distarray_core::kernel::cast::cast;
use distarray_core::kernel::reduce::reduce;
use distarray_core::{Block, Complex, DType, Pool, Reduction, Scalar, Weak, promote, promote_weak};
use serde_json::Value;

fn table(text: &str) -> Vec<Value> {
    serde_json::from_str(text).expect("a table is a list")
}

fn dtype(value: &Value) -> DType {
    DType::from_name(value.as_str().unwrap()).unwrap()
}

/// Reads `float.hex`: sign, `0x`, hexadecimal digits, `p`, exponent; or a word.
fn float(text: &str) -> f64 {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => (-1.0, rest),
        None => (1.0, text),
    };
    let Some(digits) = digits.strip_prefix("0x") else {
        return sign * digits.parse::<f64>().unwrap();
    };
    let (mantissa, exponent) = digits.split_once('p').unwrap();
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let bits = u64::from_str_radix(&format!("{whole}{fraction}"), 16).unwrap() as f64;
    let exponent: i32 = exponent.parse().unwrap();
    // In two steps, because the power alone may be too small to be a float.
    let shift = exponent - 4 * fraction.len() as i32;
    sign * bits * 2_f64.powi(shift / 2) * 2_f64.powi(shift - shift / 2)
}

/// A scalar as the tables write it.
fn scalar(dtype: DType, value: &Value) -> Scalar {
    if let Some([real, imaginary]) = value.as_array().map(Vec::as_slice) {
        let [real, imaginary] = [real, imaginary].map(|part| float(part.as_str().unwrap()));
        return Scalar::Complex128(Complex::new(real, imaginary)).cast(dtype);
    }
    let text = value.as_str().unwrap();
    if dtype.is_float() {
        return Scalar::Float64(float(text)).cast(dtype);
    }
    Scalar::of(dtype, text.parse::<i128>().unwrap()).unwrap()
}

/// Whether the two are the same, all NaNs being one.
fn same(found: &Scalar, expected: &Scalar) -> bool {
    let parts = |scalar: &Scalar| match *scalar {
        Scalar::Float32(value) => Some([f64::from(value), 0.0]),
        Scalar::Float64(value) => Some([value, 0.0]),
        Scalar::Complex64(value) => Some([f64::from(value.re), f64::from(value.im)]),
        Scalar::Complex128(value) => Some([value.re, value.im]),
        _ => None,
    };
    let one = |a: f64, b: f64| (a.is_nan() && b.is_nan()) || a.to_bits() == b.to_bits();
    found.dtype() == expected.dtype()
        && match (parts(found), parts(expected)) {
            (Some(a), Some(b)) => one(a[0], b[0]) && one(a[1], b[1]),
            _ => found == expected,
        }
}

#[test]
fn dtypes_meet_where_numpy_s_do() {
    let rows = table(include_str!("tables/promotion.json"));
    assert_eq!(rows.len(), 169);
    for row in rows {
        let (first, second, expected) = (dtype(&row[0]), dtype(&row[1]), dtype(&row[2]));
        assert_eq!(promote(first, second), expected, "{first} and {second}");
    }
}

#[test]
fn literals_meet_dtypes_as_numpy_s_do() {
    for row in table(include_str!("tables/weak.json")) {
        let literal = Weak::parse(row[1].as_str().unwrap()).unwrap();
        let found = promote_weak(dtype(&row[0]), &literal).ok();
        let expected = (!row[2].is_null()).then(|| dtype(&row[2]));
        assert_eq!(found, expected, "{row}");
    }
}

#[test]
fn scalars_are_printed_as_numpy_s_are() {
    for row in table(include_str!("tables/printed.json")) {
        let value = scalar(dtype(&row[0]), &row[1]);
        assert_eq!(value.to_string(), row[2].as_str().unwrap(), "{row}");
        // What is printed reads back as the same number, but for signs of zeros in complex numbers.
        let read = Scalar::parse(&value.to_string(), value.dtype()).unwrap();
        assert!(value.dtype().is_complex() || same(&read, &value), "{row} {read}");
    }
}

#[test]
fn casts_give_what_numpy_s_do() {
    for row in table(include_str!("tables/casts.json")) {
        let source = scalar(dtype(&row[0]), &row[1]);
        for (target, expected) in DType::ALL.into_iter().zip(row[2].as_array().unwrap()) {
            let expected = scalar(target, expected);
            let found = source.cast(target);
            assert!(same(&found, &expected), "{source} as {target}: {found} where {expected}");
            // The kernel's vectors and tails agree with the scalar.
            let sources = source.to_bytes().repeat(67);
            let pool = Pool::new(None);
            let mut aligned = pool.allocate(sources.len()).unwrap();
            aligned.as_bytes_mut().copy_from_slice(&sources);
            let mut targets = pool.allocate(67 * target.size_bytes()).unwrap();
            cast(source.dtype(), aligned.as_bytes(), target, targets.as_bytes_mut()).unwrap();
            for bytes in targets.as_bytes().chunks(target.size_bytes()) {
                let found = Scalar::from_bytes(target, bytes).unwrap();
                assert!(same(&found, &expected), "{source} as {target}: {found} in a vector");
            }
        }
    }
}

#[test]
fn reductions_give_what_numpy_s_do() {
    let pool = Pool::new(None);
    for row in table(include_str!("tables/reductions.json")) {
        let dtype = dtype(&row[0]);
        let values = row[1].as_array().unwrap();
        let bytes: Vec<u8> = values.iter().flat_map(|value| scalar(dtype, value).to_bytes()).collect();
        let mut block = Block::uninit(dtype, &[values.len()], &pool).unwrap();
        block.as_bytes_mut().unwrap().copy_from_slice(&bytes);
        let reduction = match row[2].as_str().unwrap() {
            "sum" => Reduction::Sum,
            "prod" => Reduction::Prod,
            "min" => Reduction::Min,
            "max" => Reduction::Max,
            "any" => Reduction::Any,
            "all" => Reduction::All,
            "count_nonzero" => Reduction::CountNonzero,
            "mean" => Reduction::Mean,
            "var" => Reduction::Var { ddof: 0 },
            "var1" => Reduction::Var { ddof: 1 },
            _ => Reduction::Std { ddof: 0 },
        };
        let found = reduce(reduction, &block, &[true], &pool);
        if row[3].is_null() {
            assert!(reduction.needs_elements());
            assert_eq!(found.unwrap_err().to_string(), row[4].as_str().unwrap());
            continue;
        }
        let found = found.unwrap().to_scalar().unwrap();
        let expected = scalar(self::dtype(&row[3]), &row[4]);
        let is_near = (found.to_f64() - expected.to_f64()).abs() <= 1e-15 * expected.to_f64().abs();
        assert!(
            same(&found, &expected) || (found.dtype() == expected.dtype() && is_near),
            "{row} {found} where {expected}"
        );
    }
}
