//! Functions of complex numbers against values made with MPC (`tests/tables/accuracy_complex.py`): at most 4 ulp of the
//! modulus in each part, the same on every variant.

use std::collections::BTreeMap;

use distarray_core::kernel::elementwise::{Operand, Output, ProgramBuilder, run};
use distarray_core::kernel::simd::{CpuVariant, cap_variant};
use distarray_core::ufunc::Ufunc;
use distarray_core::{Block, DType, Pool, Scalar};
use num_complex::Complex;

/// The largest error, in units of the last place of the modulus.
const BOUND: f64 = 4.0;

type C = Complex<f64>;

/// Arguments and values of each function.
fn table() -> BTreeMap<&'static str, Vec<(C, C)>> {
    let mut table: BTreeMap<&str, Vec<(C, C)>> = BTreeMap::new();
    for line in include_str!("tables/accuracy_complex.txt").lines() {
        let mut words = line.split(' ');
        let name = words.next().expect("a name");
        let bits = words.map(|word| u64::from_str_radix(word, 16).expect("sixteen digits"));
        let numbers: Vec<f64> = bits.map(f64::from_bits).collect();
        let pair = (Complex::new(numbers[0], numbers[1]), Complex::new(numbers[2], numbers[3]));
        table.entry(name).or_default().push(pair);
    }
    table
}

fn evaluate(ufunc: Ufunc, arguments: &[C], pool: &Pool) -> Vec<C> {
    let mut builder = ProgramBuilder::new();
    let z = builder.input(0, DType::Complex128);
    let value = builder.apply(ufunc, &[z.into()]).expect("complex numbers");
    builder.output(value).expect("it is there");
    let program = builder.finish().expect("it makes sense");
    let shape = [arguments.len()];
    let mut input = Block::uninit(DType::Complex128, &shape, pool).expect("memory");
    let bytes = input.as_bytes_mut().expect("it is not shared");
    bytes.copy_from_slice(distarray_core::element::as_bytes(arguments));
    let mut output = Block::uninit(DType::Complex128, &shape, pool).expect("memory");
    let outputs = &mut [Output::block(&mut output).expect("it is not shared")];
    run(&program, &shape, &[Operand::block(&input)], outputs, &mut [], &mut || Ok(()))
        .expect("nothing fails");
    let value = |index| match output.get_flat(index) {
        Ok(Scalar::Complex128(value)) => value,
        other => panic!("{other:?}"),
    };
    (0..arguments.len()).map(value).collect()
}

/// The distance between neighbours at `x`.
fn ulp(x: f64) -> f64 {
    x.next_up() - x
}

#[test]
fn every_part_is_within_four_ulp_of_the_modulus() {
    let pool = Pool::new(None);
    for (name, rows) in table() {
        let ufunc = Ufunc::by_name(name).expect("the ufunc is there");
        let arguments: Vec<C> = rows.iter().map(|row| row.0).collect();
        let mut first: Option<Vec<[u64; 2]>> = None;
        for variant in [CpuVariant::Avx512, CpuVariant::Avx2, CpuVariant::Baseline] {
            cap_variant(variant);
            let found = evaluate(ufunc, &arguments, &pool);
            let (mut worst, mut at) = (0.0, Complex::new(0.0, 0.0));
            for ((z, expected), found) in rows.iter().zip(&found) {
                let unit = ulp(expected.re.hypot(expected.im).min(f64::MAX / 2.0));
                let error = ((found.re - expected.re).abs().max((found.im - expected.im).abs())) / unit;
                assert!(error <= BOUND, "{name}({z}) = {found}, not {expected}: {error} ulp");
                if error > worst {
                    (worst, at) = (error, *z);
                }
            }
            let bits = found.iter().map(|value| [value.re.to_bits(), value.im.to_bits()]).collect();
            match &first {
                None => {
                    println!("{name:8} {worst:.3} ulp at {at} of {} points", rows.len());
                    first = Some(bits);
                }
                Some(first) => assert_eq!(*first, bits, "{name} on {variant:?}"),
            }
        }
        cap_variant(CpuVariant::Avx512);
    }
}
