//! A value never changes: the first elements of every variate and of every kind of vector, by their bits.
//!
//! `DISTARRAY_WRITE_GOLDEN=1` writes the file anew; that is for new variates only.

mod common;

use std::fmt::Write;
use std::path::Path;

use distarray_core::kernel::simd::{CpuVariant, cap_variant};
use distarray_core::{DType, Element, Scalar, dispatch};
use distarray_random::{Generator, Kind};

use common::{array, variates, vectors};

/// The first eight elements and the fingerprint of the first 10,000 (or vectors), in hexadecimal digits.
fn line<T: Element>(kind: &Kind) -> String {
    let (name, shape) = match kind {
        Kind::Scalar(variate) => (format!("{variate:?}"), vec![10_000]),
        Kind::Vector(variate) => (format!("{variate:?}"), vec![10_000, variate.length()]),
    };
    let array = array::<T>(&mut Generator::new(2026), kind, &shape);
    let mut fingerprint = 0xcbf2_9ce4_8422_2325_u64;
    let mut text = format!("{} {name}\n   ", T::DTYPE);
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

/// What every processor makes is what stands in the file.
#[track_caller]
fn agrees(kinds: &[(Kind, DType)], file: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(file);
    for processor in [CpuVariant::Baseline, CpuVariant::Avx2, CpuVariant::Avx512] {
        cap_variant(processor);
        let mut text = String::new();
        for (kind, dtype) in kinds {
            text.push_str(&dispatch!(*dtype, Any(T) => line::<T>(kind)));
        }
        if std::env::var_os("DISTARRAY_WRITE_GOLDEN").is_some() {
            std::fs::write(&path, &text).expect("the file can be written");
        }
        let golden = std::fs::read_to_string(&path).expect("the golden file is there");
        for (found, expected) in text.lines().zip(golden.lines()) {
            assert_eq!(found, expected, "{}", processor.name());
        }
        assert_eq!(text.len(), golden.len());
    }
}

#[test]
fn values_are_what_they_have_always_been() {
    let kinds: Vec<_> = variates().into_iter().map(|(variate, dtype)| (variate.into(), dtype)).collect();
    agrees(&kinds, "variates.txt");
}

#[test]
fn vectors_are_what_they_have_always_been() {
    let kinds: Vec<_> = vectors().into_iter().map(|(variate, dtype)| (variate.into(), dtype)).collect();
    agrees(&kinds, "vectors.txt");
}
