//! Files written by NumPy: headers byte for byte, elements one by one, and refusals.

mod common;

use std::path::PathBuf;

use distarray_core::{ByteOrder, Complex, DType, Element, Pool, Scalar};
use distarray_io::header::{Header, Version};
use distarray_io::{Problem, probe, read_npy, read_npy_block};
use ndarray::{ArrayD, IxDyn};

fn golden(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(format!("{name}.npy"))
}

/// All golden files that can be read, or those that cannot.
fn names(refused: bool) -> Vec<String> {
    let entries = std::fs::read_dir(golden("x").parent().expect("a parent")).expect("is there");
    let mut names: Vec<String> = entries
        .filter_map(|entry| entry.expect("an entry").file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".npy").map(str::to_owned))
        .filter(|name| name.starts_with("refused") == refused)
        .collect();
    names.sort();
    names
}

/// What `make.py` puts at position `i`.
#[expect(clippy::cast_possible_truncation, reason = "integers are to wrap round; the floats are exact")]
fn value(dtype: DType, i: usize) -> Scalar {
    let whole = 7 * i as i64 - 20;
    let real = i as f64 / 4.0 - 2.0;
    match dtype {
        DType::Bool => Scalar::Bool(i % 3 == 1),
        DType::Int8 => Scalar::Int8(whole as i8),
        DType::Int16 => Scalar::Int16(whole as i16),
        DType::Int32 => Scalar::Int32(whole as i32),
        DType::Int64 => Scalar::Int64(whole),
        DType::UInt8 => Scalar::UInt8(whole as u8),
        DType::UInt16 => Scalar::UInt16(whole as u16),
        DType::UInt32 => Scalar::UInt32(whole as u32),
        DType::UInt64 => Scalar::UInt64(whole as u64),
        DType::Float32 => Scalar::Float32(real as f32),
        DType::Float64 => Scalar::Float64(real),
        DType::Complex64 => Scalar::Complex64(Complex::new(real as f32, i as f32)),
        DType::Complex128 => Scalar::Complex128(Complex::new(real, i as f64)),
    }
}

#[test]
fn headers_are_written_as_numpy_writes_them() {
    let names = names(false);
    assert!(names.len() > 50, "{names:?}");
    for name in names {
        let bytes = std::fs::read(golden(&name)).expect("a golden file");
        let (header, length) = Header::read(&bytes).expect(&name);
        assert_eq!(
            header.to_bytes().escape_ascii().to_string(),
            bytes[..length].escape_ascii().to_string(),
            "{name}"
        );
        assert_eq!(length % 64, 0, "{name}");
    }
}

#[test]
fn elements_of_every_dtype_order_and_version_are_read() {
    for name in names(false) {
        if name.starts_with("no_") || name == "empty" {
            continue;
        }
        let block = read_npy_block(golden(&name), &Pool::new(None)).expect(&name);
        assert!(block.size() > 0);
        for i in 0..block.size() {
            assert_eq!(block.get_flat(i), Ok(value(block.dtype(), i)), "{name}, element {i}");
        }
    }
}

#[test]
fn headers_say_what_numpy_meant() {
    let file = probe(golden("float64_big")).expect("can be read");
    assert_eq!(file.header.byte_order, ByteOrder::Big);
    assert_eq!((file.header.dtype, file.header.fortran_order), (DType::Float64, false));
    assert_eq!((file.header.shape, file.data_offset, file.file_bytes), (vec![3, 5], 128, 248));
    assert!(probe(golden("cube_fortran_big")).expect("can be read").header.fortran_order);
    for (name, version) in
        [("version_1", Version::One), ("version_2", Version::Two), ("version_3", Version::Three)]
    {
        assert_eq!(probe(golden(name)).expect("can be read").header.version, version);
    }
    assert_eq!(probe(golden("many_dimensions")).expect("can be read").header.shape.len(), 33);
}

#[test]
fn arrays_without_axes_or_elements_are_read() {
    assert_eq!(read_npy::<f64>(golden("no_dimensions")), Ok(ndarray::arr0(-3.5).into_dyn()));
    let complex = read_npy::<Complex<f64>>(golden("no_dimensions_big"));
    assert_eq!(complex, Ok(ndarray::arr0(Complex::new(1.0, 2.0)).into_dyn()));
    for name in ["no_elements", "no_elements_fortran"] {
        assert_eq!(read_npy::<f32>(golden(name)), Ok(ArrayD::zeros(IxDyn(&[3, 0, 2]))));
    }
    assert_eq!(read_npy::<u8>(golden("empty")), Ok(ArrayD::zeros(IxDyn(&[0]))));
    let wrong = read_npy::<f32>(golden("no_dimensions")).expect_err("another dtype");
    assert_eq!(wrong.problem, Problem::DType { found: DType::Float64, expected: f32::DTYPE });
}

#[test]
fn other_dtypes_are_refused_with_a_reason() {
    let expected = [
        ("refused_bytes", "|S2", "byte strings"),
        ("refused_clongdouble", "<c32", "extended precision"),
        ("refused_date", "<M8[D]", "dates"),
        ("refused_duration", "<m8[s]", "time differences"),
        ("refused_half", "<f2", "half precision"),
        ("refused_longdouble", "<f16", "extended precision"),
        ("refused_objects", "|O", "pickle"),
        ("refused_record", "('x', '<f8')", "fields"),
        ("refused_record_unicode", "\u{3b1}", "fields"),
        ("refused_text", "<U2", "text"),
        ("refused_void", "|V7", "raw bytes"),
    ];
    assert_eq!(names(true), expected.map(|(name, _, _)| name));
    for (name, descr, reason) in expected {
        let error = probe(golden(name)).expect_err(name);
        assert!(matches!(error.problem, Problem::UnsupportedDType { .. }), "{error}");
        let text = error.to_string();
        assert!(text.contains(descr) && text.contains(reason) && text.contains(name), "{text}");
    }
}
