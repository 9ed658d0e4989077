//! A value never changes: the first elements of every variate, by their bits.
//!
//! `DISTARRAY_WRITE_GOLDEN=1` writes the file anew; that is for new variates only.

mod common;

use std::fmt::Write;
use std::path::Path;

use distarray_core::{Element, Scalar, dispatch};
use distarray_random::{Generator, Variate};

use common::variates;

/// The first eight elements and the fingerprint of the first 10,000, in hexadecimal digits.
fn line<T: Element>(variate: Variate) -> String {
    let array = Generator::new(2026).array::<T>(&variate, &[10_000]).expect("valid parameters");
    let mut fingerprint = 0xcbf2_9ce4_8422_2325_u64;
    let mut text = format!("{} {variate:?}\n   ", T::DTYPE);
    for (place, value) in array.iter().enumerate() {
        let scalar: Scalar = (*value).into();
        let bytes = scalar.to_bytes();
        // FNV-1a.
        for byte in &bytes[..] {
            fingerprint = (fingerprint ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
        if place < 8 {
            text.push(' ');
            for byte in bytes.iter().rev() {
                write!(text, "{byte:02x}").expect("strings take what is written");
            }
        }
    }
    write!(text, "\n    all {fingerprint:016x}\n").expect("strings take what is written");
    text
}

#[test]
fn values_are_what_they_have_always_been() {
    let mut text = String::new();
    for (variate, dtype) in variates() {
        text.push_str(&dispatch!(dtype, Any(T) => line::<T>(variate)));
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/variates.txt");
    if std::env::var_os("DISTARRAY_WRITE_GOLDEN").is_some() {
        std::fs::write(&path, &text).expect("the file can be written");
    }
    let golden = std::fs::read_to_string(&path).expect("the golden file is there");
    for (found, expected) in text.lines().zip(golden.lines()) {
        assert_eq!(found, expected);
    }
    assert_eq!(text.len(), golden.len());
}
