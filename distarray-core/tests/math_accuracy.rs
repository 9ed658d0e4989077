//! The vector kernels against values made with MPFR (`tests/tables/accuracy.py`): at most 4 ulp, on every variant.

use std::collections::BTreeMap;

use distarray_core::kernel::math::*;
use distarray_core::kernel::simd::{CpuVariant, cap_variant};

/// One row of the table: arguments, the nearest double, and how far above it the exact value is, in ulp.
struct Row {
    x: f64,
    y: f64,
    reference: f64,
    rest: f64,
    /// What the error is counted in.
    unit: f64,
}

fn table() -> BTreeMap<&'static str, Vec<Row>> {
    let mut table: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for line in include_str!("tables/accuracy.txt").lines() {
        let words: Vec<&str> = line.split(' ').collect();
        let value = |word: &str| f64::from_bits(u64::from_str_radix(word, 16).expect("sixteen digits"));
        let (last, second) = (words.len() - 1, words.len() - 2);
        let reference = value(words[second]);
        // A tilde says that the last word is the ulp of something larger than the value.
        let (name, rest, unit) = match words[0].strip_suffix('~') {
            Some(name) => (name, 0.0, value(words[last])),
            None => (words[0], words[last].parse().expect("a number"), ulp(reference)),
        };
        table.entry(name).or_default().push(Row {
            x: value(words[1]),
            y: if second == 3 { value(words[2]) } else { 0.0 },
            reference,
            rest: rest / 1000.0,
            unit,
        });
    }
    table
}

fn evaluate<T: MathFloat>(name: &str, x: &[T], y: &[T], out: &mut [T]) {
    match name {
        "sin" => apply1::<Sin, T>(x, out),
        "cos" => apply1::<Cos, T>(x, out),
        "tan" => apply1::<Tan, T>(x, out),
        "exp" => apply1::<Exp, T>(x, out),
        "exp2" => apply1::<Exp2, T>(x, out),
        "expm1" => apply1::<Expm1, T>(x, out),
        "log" => apply1::<Log, T>(x, out),
        "log1p" => apply1::<Log1p, T>(x, out),
        "log2" => apply1::<Log2, T>(x, out),
        "log10" => apply1::<Log10, T>(x, out),
        "arctan" => apply1::<Arctan, T>(x, out),
        "arcsin" => apply1::<Arcsin, T>(x, out),
        "arccos" => apply1::<Arccos, T>(x, out),
        "sinh" => apply1::<Sinh, T>(x, out),
        "cosh" => apply1::<Cosh, T>(x, out),
        "tanh" => apply1::<Tanh, T>(x, out),
        "arcsinh" => apply1::<Arcsinh, T>(x, out),
        "arccosh" => apply1::<Arccosh, T>(x, out),
        "arctanh" => apply1::<Arctanh, T>(x, out),
        "cbrt" => apply1::<Cbrt, T>(x, out),
        "sinc" => apply1::<Sinc, T>(x, out),
        "erf" => apply1::<Erf, T>(x, out),
        "erfc" => apply1::<Erfc, T>(x, out),
        "gamma" => apply1::<Gamma, T>(x, out),
        "lgamma" => apply1::<Lgamma, T>(x, out),
        "expit" => apply1::<Expit, T>(x, out),
        "logaddexp" => apply2::<LogAddExp, T>(x, y, out),
        "logaddexp2" => apply2::<LogAddExp2, T>(x, y, out),
        "arctan2" => apply2::<Arctan2, T>(x, y, out),
        "power" => apply2::<Power, T>(x, y, out),
        "hypot" => apply2::<Hypot, T>(x, y, out),
        _ => panic!("{name} is not a kernel"),
    }
}

/// The distance between two neighbours at `x`, as C's `nextafter` has it.
fn ulp(x: f64) -> f64 {
    let exponent = i32::try_from((x.to_bits() >> 52) & 0x7ff).expect("eleven bits").max(1) - 1075;
    2f64.powi(exponent / 2) * 2f64.powi(exponent - exponent / 2)
}

#[test]
fn every_value_is_within_four_ulp_and_the_same_on_every_variant() {
    for (name, rows) in table() {
        let x: Vec<f64> = rows.iter().map(|row| row.x).collect();
        let y: Vec<f64> = rows.iter().map(|row| row.y).collect();
        let mut reference: Option<Vec<u64>> = None;
        for variant in [CpuVariant::Avx512, CpuVariant::Avx2, CpuVariant::Baseline] {
            cap_variant(variant);
            let mut found = vec![0.0; rows.len()];
            evaluate(name, &x, &y, &mut found);
            let (mut worst, mut at) = (0.0, (0.0, 0.0));
            for (row, &found) in rows.iter().zip(&found) {
                if row.reference.is_nan() || row.reference.is_infinite() || row.reference == 0.0 {
                    let agrees = found == row.reference
                        && found.is_sign_negative() == row.reference.is_sign_negative();
                    assert!(
                        agrees || found.is_nan() && row.reference.is_nan(),
                        "{name}({:?}, {:?}) = {found:?}",
                        row.x,
                        row.y
                    );
                    continue;
                }
                let error = ((found - row.reference) / row.unit - row.rest).abs();
                assert!(error <= 4.0, "{name}({:?}, {:?}) = {found:?}, {error} ulp", row.x, row.y);
                if error > worst {
                    (worst, at) = (error, (row.x, row.y));
                }
            }
            let bits: Vec<u64> =
                found.iter().map(|value| if value.is_nan() { 0 } else { value.to_bits() }).collect();
            match &reference {
                None => {
                    println!("{name:8} {worst:.3} ulp at {at:?} of {} points", rows.len());
                    reference = Some(bits);
                }
                Some(reference) => assert_eq!(*reference, bits, "{name} on {variant:?}"),
            }
        }
        cap_variant(CpuVariant::Avx512);
    }
}

#[test]
fn a_value_depends_on_its_argument_alone() {
    for (name, rows) in table() {
        let x: Vec<f64> = rows.iter().map(|row| row.x).collect();
        let y: Vec<f64> = rows.iter().map(|row| row.y).collect();
        let mut together = vec![0.0; rows.len()];
        evaluate(name, &x, &y, &mut together);
        for (index, expected) in together.iter().enumerate() {
            let mut alone = [0.0];
            evaluate(name, &x[index..=index], &y[index..=index], &mut alone);
            let same = alone[0].to_bits() == expected.to_bits() || alone[0].is_nan() && expected.is_nan();
            assert!(same, "{name} of {:?}, {:?}: {} alone", x[index], y[index], alone[0]);
        }
    }
}

#[test]
fn single_precision_is_the_double_rounded_once() {
    #[expect(clippy::cast_possible_truncation, reason = "single precision is what is tested")]
    fn narrow(values: impl Iterator<Item = f64>) -> Vec<f32> {
        values.map(|value| value as f32).collect()
    }
    for (name, rows) in table() {
        let x = narrow(rows.iter().map(|row| row.x));
        let y = narrow(rows.iter().map(|row| row.y));
        let mut found = vec![0.0_f32; rows.len()];
        evaluate(name, &x, &y, &mut found);
        let wide = |values: &[f32]| -> Vec<f64> { values.iter().map(|&value| f64::from(value)).collect() };
        let mut expected = vec![0.0; rows.len()];
        evaluate(name, &wide(&x), &wide(&y), &mut expected);
        for (index, (found, expected)) in found.iter().zip(narrow(expected.into_iter())).enumerate() {
            let same = found.to_bits() == expected.to_bits() || found.is_nan() && expected.is_nan();
            assert!(same, "{name} of {:?}, {:?}", x[index], y[index]);
        }
    }
}

#[test]
fn sine_and_cosine_stay_within_one() {
    let x: Vec<f64> = (0..200_000).map(|index| f64::from(index) * 0.7 - 70_000.0).collect();
    let mut out = vec![0.0; x.len()];
    for name in ["sin", "cos"] {
        evaluate(name, &x, &x, &mut out);
        assert!(out.iter().all(|value| value.abs() <= 1.0), "{name}");
    }
}
