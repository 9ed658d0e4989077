//! Every ufunc over every dtype against tables made with NumPy (`tests/tables/ufunc.py`).

use distarray_core::kernel::elementwise::{BuilderArgument, Operand, Output, ProgramBuilder, Register, run};
use distarray_core::ufunc::{Argument, Ufunc};
use distarray_core::{Block, DType, ElementError, Pool, Weak};
use num_complex::Complex;
use serde_json::Value;

fn table(text: &str) -> Value {
    serde_json::from_str(text).expect("the table is JSON")
}

fn dtype(name: &Value) -> DType {
    DType::from_name(name.as_str().expect("a name")).expect("a dtype")
}

fn text(value: &Value) -> &str {
    value.as_str().expect("text")
}

fn bytes(hexadecimal: &str) -> Vec<u8> {
    let digits = hexadecimal.as_bytes().chunks(2);
    digits
        .map(|pair| u8::from_str_radix(std::str::from_utf8(pair).expect("ASCII"), 16).expect("digits"))
        .collect()
}

fn block(dtype: DType, bytes: &[u8], pool: &Pool) -> Block {
    let mut block = Block::uninit(dtype, &[bytes.len() / dtype.size_bytes()], pool).expect("memory");
    block.as_bytes_mut().expect("it is not shared").copy_from_slice(bytes);
    block
}

/// One ufunc of blocks and literals through a program.
fn apply(
    ufunc: Ufunc,
    blocks: &[Block],
    literals: &[(usize, Weak)],
    pool: &Pool,
) -> Result<Block, ElementError> {
    let mut builder = ProgramBuilder::new();
    let mut arguments: Vec<BuilderArgument> = Vec::new();
    for (slot, block) in (0..).zip(blocks) {
        arguments.push(builder.input(slot, block.dtype()).into());
    }
    for &(position, literal) in literals {
        arguments.insert(position, BuilderArgument::Weak(literal));
    }
    let value: Register = builder.apply(ufunc, &arguments)?;
    builder.output(value)?;
    let program = builder.finish()?;
    let shape = blocks[0].shape().to_vec();
    let mut output = Block::uninit(program.dtype(value)?, &shape, pool)?;
    let operands: Vec<Operand<'_>> = blocks.iter().map(Operand::block).collect();
    match run(&program, &shape, &operands, &mut [Output::block(&mut output)?], &mut [], &mut || Ok(())) {
        Ok(()) => Ok(output),
        Err(distarray_core::kernel::elementwise::PassError::Element(error)) => Err(error),
        Err(stopped) => unreachable!("{stopped}"),
    }
}

fn literal(value: &Value) -> Weak {
    let number = |value: &Value| value.as_f64().expect("a number");
    let object = value.as_object().expect("an object");
    let (kind, value) = object.iter().next().expect("one entry");
    match kind.as_str() {
        "bool" => Weak::Bool(value.as_bool().expect("a truth")),
        "int" => Weak::Int(text(value).parse().expect("an integer")),
        "float" => Weak::Float(number(value)),
        _ => Weak::Complex(Complex::new(number(&value[0]), number(&value[1]))),
    }
}

#[test]
fn result_dtypes_are_numpys() {
    let table = table(include_str!("tables/ufunc_types.json"));
    let names: Vec<DType> = table["dtypes"].as_array().expect("a list").iter().map(dtype).collect();
    let mut failures = Vec::new();
    for (name, results) in table["arrays"].as_object().expect("an object") {
        let ufunc = Ufunc::by_name(name).expect("the ufunc is there");
        for (position, expected) in results.as_array().expect("a list").iter().enumerate() {
            let expected =
                usize::try_from(expected.as_i64().expect("a number")).ok().map(|number| names[number]);
            let (first, second) = (position / 13, names[position % 13]);
            let arguments: Vec<Argument> = match (ufunc, ufunc.arity()) {
                (_, 1) => vec![second.into()],
                (_, 2) => vec![names[first].into(), second.into()],
                (Ufunc::Where, _) => vec![DType::Bool.into(), names[first].into(), second.into()],
                _ => vec![names[first].into(), second.into(), second.into()],
            };
            let found = ufunc.resolve(&arguments).ok().map(|resolution| resolution.result);
            if found != expected {
                failures.push(format!("{name} {arguments:?}: {found:?}, NumPy {expected:?}"));
            }
        }
    }
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn literals_are_weak_as_in_numpy() {
    let table = table(include_str!("tables/ufunc_types.json"));
    let pool = Pool::new(None);
    let mut failures = Vec::new();
    let mut clipped = 0;
    for row in table["literals"].as_array().expect("a list") {
        let ufunc = Ufunc::by_name(text(&row[0])).expect("the ufunc is there");
        let strong = dtype(&row[1]);
        let weak = literal(&row[2]);
        let swapped = row[3].as_bool().expect("a truth");
        let array = block(DType::Int64, distarray_core::element::as_bytes(&[1_i64, 2, 3]), &pool)
            .cast(strong, &pool)
            .expect("a cast");
        let truths = block(DType::Bool, &[1, 0, 1], &pool);
        let three = Argument::from(Weak::Int(3));
        let arguments: Vec<Argument> = match (ufunc, swapped) {
            (Ufunc::Where, _) => vec![DType::Bool.into(), strong.into(), weak.into()],
            (Ufunc::Clip, _) => vec![strong.into(), weak.into(), three],
            (_, false) => vec![strong.into(), weak.into()],
            (_, true) => vec![weak.into(), strong.into()],
        };
        let expected = (!row[4].is_null()).then(|| dtype(&row[4]));
        let found = ufunc.resolve(&arguments);
        if found.as_ref().ok().map(|resolution| resolution.result) != expected {
            failures.push(format!("{ufunc:?} {arguments:?}: {found:?}, NumPy {expected:?}"));
            continue;
        }
        if row[5].is_null() {
            continue;
        }
        let (blocks, literals) = match ufunc {
            Ufunc::Where => (vec![truths, array], vec![(2, weak)]),
            Ufunc::Clip => (vec![array], vec![(1, weak), (2, Weak::Int(3))]),
            _ => (vec![array], vec![(usize::from(!swapped), weak)]),
        };
        clipped += usize::from(ufunc == Ufunc::Clip);
        let expected = bytes(text(&row[5]));
        match apply(ufunc, &blocks, &literals, &pool) {
            Ok(found) if same(ufunc, found.dtype(), found.as_bytes(), &expected) => {}
            other => failures.push(format!(
                "{ufunc:?} {arguments:?}: {:?}, NumPy {expected:?}",
                other.map(|block| block.as_bytes().to_vec())
            )),
        }
    }
    assert!(clipped > 0, "the table has values of clip");
    println!("{clipped} rows of clip compared");
    assert!(failures.is_empty(), "{} failures\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn values_are_numpys() {
    let table = table(include_str!("tables/ufunc_values.json"));
    let pool = Pool::new(None);
    let operands: Vec<Vec<u8>> =
        table["operands"].as_array().expect("a list").iter().map(|operand| bytes(text(operand))).collect();
    let mut failures = Vec::new();
    let mut count = 0;
    for row in table["rows"].as_array().expect("a list") {
        let ufunc = Ufunc::by_name(text(&row[0])).expect("the ufunc is there");
        let dtypes: Vec<DType> =
            text(&row[1]).split(',').map(|name| DType::from_name(name).expect("a dtype")).collect();
        let numbers = row[2].as_array().expect("a list").iter();
        let blocks: Vec<Block> = numbers
            .enumerate()
            .map(|(position, number)| {
                let dtype = dtypes[position.min(dtypes.len() - 1)];
                let number = usize::try_from(number.as_u64().expect("a number")).expect("small");
                block(dtype, &operands[number], &pool)
            })
            .collect();
        let expected = bytes(text(&row[4]));
        match apply(ufunc, &blocks, &[], &pool) {
            Ok(found) => {
                assert_eq!(found.dtype(), dtype(&row[3]), "{ufunc:?} of {dtypes:?}");
                let item_bytes = found.dtype().size_bytes();
                let elements = found.as_bytes().chunks(item_bytes).zip(expected.chunks(item_bytes));
                for (index, (found_bytes, expected_bytes)) in elements.enumerate() {
                    count += 1;
                    if !same(ufunc, found.dtype(), found_bytes, expected_bytes) {
                        let arguments: Vec<_> =
                            blocks.iter().map(|block| block.get_flat(index).map(|s| s.to_string())).collect();
                        let expected = distarray_core::Scalar::from_bytes(found.dtype(), expected_bytes);
                        failures.push(format!(
                            "{ufunc:?} of {dtypes:?} {arguments:?}: {}, NumPy {}",
                            found.get_flat(index).expect("inside"),
                            expected.expect("a value"),
                        ));
                    }
                }
            }
            Err(error) => failures.push(format!("{ufunc:?} of {dtypes:?}: {error}")),
        }
    }
    println!("{count} values compared");
    assert!(
        failures.is_empty(),
        "{} failures\n{}",
        failures.len(),
        failures[..failures.len().min(60)].join("\n")
    );
}

/// Whether elements agree: bit for bit, except for what is not defined that far.
///
/// NaN is NaN; of 0 and -0 either may be the smaller; mathematical functions are allowed 4 ulp on each side.
fn same(ufunc: Ufunc, dtype: DType, found: &[u8], expected: &[u8]) -> bool {
    let values = |bytes: &[u8]| -> Vec<f64> {
        match dtype {
            DType::Float32 | DType::Complex64 => bytes
                .chunks(4)
                .map(|bytes| f64::from(f32::from_le_bytes(bytes.try_into().expect("four"))))
                .collect(),
            DType::Float64 | DType::Complex128 => {
                bytes.chunks(8).map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight"))).collect()
            }
            _ => Vec::new(),
        }
    };
    if found == expected {
        return true;
    }
    let (found, expected) = (values(found), values(expected));
    let unit = if matches!(dtype, DType::Float32 | DType::Complex64) {
        f64::from(f32::EPSILON)
    } else {
        f64::EPSILON
    };
    // Parts of complex numbers are compared relative to the modulus.
    let scale = |index: usize| match dtype {
        DType::Complex64 | DType::Complex128 => {
            let modulus = expected[index / 2 * 2].hypot(expected[index / 2 * 2 + 1]);
            if modulus.is_finite() { modulus } else { expected[index].abs() }
        }
        _ => expected[index].abs(),
    };
    let tolerance = match ufunc {
        Ufunc::Minimum | Ufunc::Maximum => 0.0,
        Ufunc::CopySign
        | Ufunc::NextAfter
        | Ufunc::Spacing
        | Ufunc::Heaviside
        | Ufunc::Fabs
        | Ufunc::Ldexp
        | Ufunc::FrexpMantissa
        | Ufunc::Radians
        | Ufunc::Degrees => -1.0,
        Ufunc::Power | Ufunc::FloatPower if dtype.is_complex() => 64.0,
        ufunc
            if ufunc.domain() == distarray_core::ufunc::Domain::Float
                || ufunc.domain() == distarray_core::ufunc::Domain::RealFloat
                || ufunc.domain() == distarray_core::ufunc::Domain::Angle
                || matches!(ufunc, Ufunc::Power | Ufunc::FloatPower | Ufunc::Sinc)
                || dtype.is_complex()
                || ufunc == Ufunc::Absolute =>
        {
            8.0
        }
        _ => -1.0,
    };
    !found.is_empty()
        && found.iter().zip(&expected).enumerate().all(|(index, (found, expected))| {
            (found.is_nan() && expected.is_nan())
                || found.to_bits() == expected.to_bits()
                || found == expected && tolerance >= 0.0
                || (found - expected).abs() <= tolerance * unit * scale(index)
                || (found - expected).abs() <= tolerance * f64::MIN_POSITIVE * f64::EPSILON
        })
}
