//! Broken files: refused with a reason and numbers, never with a panic, never with a large allocation.

mod common;

use std::path::Path;

use common::{Directory, file_bytes};
use distarray_core::{ByteOrder, DType};
use distarray_io::header::{Header, Preamble};
use distarray_io::{IoError, Problem, probe, read_npy};
use proptest::prelude::*;

fn with_text(major: u8, text: &str) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend_from_slice(&[major, 0]);
    let length = u32::try_from(text.len()).expect("short").to_le_bytes();
    bytes.extend_from_slice(&length[..if major == 1 { 2 } else { 4 }]);
    bytes.extend_from_slice(text.as_bytes());
    bytes
}

#[track_caller]
fn refused(directory: &Directory, bytes: &[u8]) -> Problem {
    let path = directory.join("broken.npy");
    std::fs::write(&path, bytes).expect("can be written");
    let IoError { path: named, problem } = probe(&path).expect_err("must be refused");
    assert_eq!(named, path);
    problem
}

#[track_caller]
fn refused_text(text: &str) -> Problem {
    let problem = Header::read(&with_text(1, text)).expect_err(text);
    let (two, three) = (Header::read(&with_text(2, text)), Header::read(&with_text(3, text)));
    assert_eq!((two, three), (Err(problem.clone()), Err(problem.clone())));
    problem
}

#[test]
fn a_file_that_is_cut_anywhere_is_refused() {
    let directory = Directory::new();
    let whole = file_bytes(&Header::new(DType::Float64, &[3, 2]));
    for length in 0..whole.len() {
        let problem = refused(&directory, &whole[..length]);
        let found = length as u64;
        match length {
            0..6 => assert!(matches!(&problem, Problem::NotNpy { .. } | Problem::HeaderTruncated { .. })),
            6..128 => {
                assert!(
                    matches!(&problem, Problem::HeaderTruncated { found_bytes, needed_bytes }
                    if *found_bytes == found && *needed_bytes > found),
                    "{length}: {problem}"
                );
            }
            _ => assert_eq!(
                problem,
                Problem::Truncated { expected_bytes: whole.len() as u64, found_bytes: found }
            ),
        }
    }
    std::fs::write(directory.join("whole.npy"), whole).expect("can be written");
    assert!(read_npy::<f64>(directory.join("whole.npy")).is_ok());
}

#[test]
fn a_file_that_is_too_long_is_refused() {
    let directory = Directory::new();
    let mut bytes = file_bytes(&Header::new(DType::Int16, &[5]));
    bytes.push(0);
    assert_eq!(refused(&directory, &bytes), Problem::Oversized { expected_bytes: 138, found_bytes: 139 });
}

#[test]
fn what_is_no_npy_file_is_refused_by_name() {
    let directory = Directory::new();
    let text = |bytes: &[u8]| refused(&directory, bytes).to_string();
    assert!(text(b"PK\x03\x04and so on").contains(".npz"));
    assert!(text(b"\x80\x04\x95pickled...").contains("pickle"));
    assert!(text(b"\x89HDF\r\n\x1a\n....").contains("HDF5"));
    assert!(text(b"").contains("empty"));
    assert_eq!(refused(&directory, b"\x93NUMPY\x04\x00abcdefgh"), Problem::Version { major: 4, minor: 0 });
    assert_eq!(refused(&directory, b"\x93NUMPY\x01\x01abcdefgh"), Problem::Version { major: 1, minor: 1 });
    let missing = probe(directory.join("missing.npy")).expect_err("is not there");
    assert!(matches!(missing.problem, Problem::System { code: Some(2), .. }), "{missing}");
    let itself = probe(directory.path()).expect_err("is a directory");
    assert_eq!(itself.problem, Problem::NotAFile { found: "a directory" });
    let device = probe(Path::new("/dev/zero")).expect_err("is a device");
    assert_eq!(device.problem, Problem::NotAFile { found: "a device" });
}

#[test]
fn absurd_header_lengths_are_refused_before_anything_is_read() {
    let huge = b"\x93NUMPY\x02\x00\xff\xff\xff\xff";
    assert_eq!(
        Preamble::read(huge, u64::MAX),
        Err(Problem::HeaderTooLong { header_bytes: 0xffff_ffff, limit_bytes: 10_000 })
    );
    let long = b"\x93NUMPY\x01\x00\x10\x27";
    assert_eq!(
        Preamble::read(long, 100),
        Err(Problem::HeaderTruncated { needed_bytes: 10_010, found_bytes: 100 })
    );
}

#[test]
fn headers_that_lie_are_refused_with_numbers() {
    let shape = |shape: &str| {
        refused_text(&format!("{{'descr': '<f8', 'fortran_order': False, 'shape': {shape}, }}\n"))
    };
    assert_eq!(shape("(3, -1)"), Problem::Length { axis: 1, length: -1, reason: "it is negative" });
    assert!(matches!(shape("(18446744073709551616,)"), Problem::Length { axis: 0, .. }));
    assert_eq!(
        shape("(4294967296, 4294967296)"),
        Problem::TooLarge { shape: vec![1 << 32, 1 << 32], dtype: DType::Float64 }
    );
    assert!(matches!(shape("(2305843009213693951,)"), Problem::TooLarge { .. }));
    assert!(matches!(shape("[3]"), Problem::HeaderValue { key: "shape", .. }));
    assert!(matches!(shape("(3)"), Problem::HeaderValue { key: "shape", .. }));
    assert!(matches!(shape("(True,)"), Problem::HeaderValue { key: "shape", .. }));
    assert!(matches!(shape("(1.0,)"), Problem::HeaderSyntax { .. }));
    let many = format!("({})", "1, ".repeat(65));
    assert_eq!(shape(&many), Problem::Dimensions { found: 65, limit: 64 });

    for (text, expected) in [
        ("{'descr': '<f8', 'fortran_order': False}", Problem::HeaderKeyMissing { key: "shape" }),
        ("{'descr': '<f8', 'shape': ()}", Problem::HeaderKeyMissing { key: "fortran_order" }),
        ("{'fortran_order': False, 'shape': ()}", Problem::HeaderKeyMissing { key: "descr" }),
        (
            "{'descr': '<f8', 'descr': '<f8', 'fortran_order': False, 'shape': ()}",
            Problem::HeaderKey { key: String::from("descr") },
        ),
        (
            "{'descr': '<f8', 'fortran_order': False, 'shape': (), 'x': 1}",
            Problem::HeaderKey { key: String::from("x") },
        ),
        (
            "{'descr': '<f8', 'fortran_order': 0, 'shape': ()}",
            Problem::HeaderValue {
                key: "fortran_order",
                found: String::from("0"),
                expected: "True or False",
            },
        ),
        (
            "{'descr': 8, 'fortran_order': False, 'shape': ()}",
            Problem::HeaderValue { key: "descr", found: String::from("8"), expected: "a dtype in quotes" },
        ),
    ] {
        assert_eq!(refused_text(text), expected);
    }
}

#[test]
fn unusual_headers_that_numpy_reads_are_read() {
    let read = |major, text: &str| Header::read(&with_text(major, text)).map(|(header, _)| header);
    let plain = read(1, "{'descr': '<i8', 'fortran_order': False, 'shape': (3, 4)}");
    let plain = plain.expect("is read");
    for text in [
        "{'shape': (3, 4), 'fortran_order': False, 'descr': '<i8'}\n",
        "{\"descr\":'<i8','fortran_order':False,'shape':(3,4,),}",
        " {'descr': u'<i8',\n 'fortran_order': False,\t'shape': (3L, 4L), }   \n",
        "{'descr': '<q', 'fortran_order': False, 'shape': (3, 4)}",
        "{'descr': '\\x3ci8', 'fortran_order': False, 'shape': (+3, 4)}",
    ] {
        assert_eq!(read(1, text).as_ref(), Ok(&plain), "{text}");
    }
    let python2 = "{'descr': '<i8', 'fortran_order': False, 'shape': (3L, 4L)}";
    assert!(matches!(read(3, python2), Err(Problem::HeaderSyntax { .. })));
    let utf8 = read(3, "{'descr': '<\u{3b1}8', 'fortran_order': False, 'shape': ()}");
    assert!(matches!(utf8, Err(Problem::UnsupportedDType { .. })));
    let bytes = [b"\x93NUMPY\x03\x00\x04\x00\x00\x00".as_slice(), b"{'\xff}"].concat();
    assert_eq!(Header::read(&bytes), Err(Problem::HeaderEncoding { position: 2 }));
    let nothing = read(1, "{'descr': '|u1', 'fortran_order': False, 'shape': (0, 9223372036854775807)}");
    assert_eq!(nothing.map(|header| header.data_bytes()), Ok(Ok(0)));
}

fn headers() -> impl Strategy<Value = Header> {
    let shape =
        prop_oneof![prop::collection::vec(0..2000_usize, 0..5), prop::collection::vec(0..3_usize, 0..40),];
    (0..13_usize, any::<bool>(), any::<bool>(), shape).prop_map(|(dtype, big, fortran, shape)| {
        let dtype = DType::ALL[dtype];
        let big = big && dtype.size_bytes() > 1;
        let byte_order = if big { ByteOrder::Big } else { ByteOrder::NATIVE };
        Header { byte_order, fortran_order: fortran, ..Header::new(dtype, &shape) }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read(header in headers()) {
        let bytes = header.to_bytes();
        prop_assert_eq!(bytes.len() % 64, 0);
        prop_assert_eq!(Header::read(&bytes), Ok((header, bytes.len())));
    }

    #[test]
    fn a_corrupted_header_is_read_or_refused(
        header in headers(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
    ) {
        let mut bytes = header.to_bytes();
        for (index, byte) in changes {
            let index = index.index(bytes.len());
            bytes[index] = byte;
        }
        if let Ok((header, length)) = Header::read(&bytes) {
            prop_assert!(length <= bytes.len());
            prop_assert!(header.data_bytes().is_ok());
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[{}()\\[\\]'\",:LuTrueFalsdcptohnr_ 0-9<>=|\\\\x.-]{0,80}") {
        let _ = Header::read(&with_text(1, &text));
        let _ = Header::read(&with_text(3, &text));
    }
}
