//! Printed arrays are, character by character, what NumPy prints.
//!
//! The table is made by `tables/make_print_cases.py`.

#![allow(clippy::unwrap_used, reason = "a broken table may end the test")]

use distarray_core::{Complex, DType, dispatch};
use distarray_runtime::print::{PrintOptions, Printable, format_array};
use serde_json::Value;

#[test]
fn every_case_of_the_table() {
    let table: Value = serde_json::from_str(include_str!("tables/print_cases.json")).unwrap();
    let cases = table["cases"].as_array().unwrap();
    assert!(cases.len() > 500);
    let mut wrong = Vec::new();
    for case in cases {
        let dtype = DType::from_name(case["dtype"].as_str().unwrap()).unwrap();
        let printed = dispatch!(dtype, Any(T) => print::<T>(case));
        let expected = case["printed"].as_str().unwrap();
        if printed != expected {
            let (shape, options) = (&case["shape"], &case["options"]);
            wrong.push(format!("{dtype:?} {shape} {options}\n{printed}\n-- NumPy:\n{expected}\n"));
        }
    }
    let shown = wrong.iter().take(5).cloned().collect::<String>();
    assert!(wrong.is_empty(), "{} of {} cases differ:\n{shown}", wrong.len(), cases.len());
}

fn print<T: Printable + Read>(case: &Value) -> String {
    let shape: Vec<usize> = serde_json::from_value(case["shape"].clone()).unwrap();
    let option = |name: &str, default: usize| {
        case["options"].get(name).map_or(default, |value| usize::try_from(value.as_u64().unwrap()).unwrap())
    };
    let default = PrintOptions::default();
    let options = PrintOptions {
        precision: option("precision", default.precision),
        threshold: option("threshold", default.threshold),
        edge_items: option("edgeitems", default.edge_items),
        line_width: option("linewidth", default.line_width),
    };
    let hexadecimal = case["elements"].as_str().unwrap();
    let byte = |position: usize| u8::from_str_radix(&hexadecimal[position..position + 2], 16).unwrap();
    let bytes: Vec<u8> = (0..hexadecimal.len()).step_by(2).map(byte).collect();
    let elements: Vec<T> = bytes.chunks(T::DTYPE.size_bytes()).map(T::read).collect();
    format_array(&shape, &elements, &options).unwrap()
}

/// Reads an element from its little-endian bytes.
trait Read {
    fn read(bytes: &[u8]) -> Self;
}

impl Read for bool {
    fn read(bytes: &[u8]) -> Self {
        bytes[0] != 0
    }
}

macro_rules! read {
    ($($type:ty),+) => {$(
        impl Read for $type {
            fn read(bytes: &[u8]) -> Self {
                Self::from_le_bytes(bytes.try_into().unwrap())
            }
        }
    )+};
}

read!(i8, i16, i32, i64, u8, u16, u32, u64, f32, f64);

impl<T: Read> Read for Complex<T> {
    fn read(bytes: &[u8]) -> Self {
        let (re, im) = bytes.split_at(bytes.len() / 2);
        Self { re: T::read(re), im: T::read(im) }
    }
}
