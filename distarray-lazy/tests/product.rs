//! Products of handles against NumPy's rules on one process, over every kind of layout, and what explain says of them.
#![allow(clippy::cast_possible_truncation, reason = "small numbers")]

#[path = "common/foretold.rs"]
mod foretold;

mod common;

use common::distributed;
use distarray_comm::threads;
use distarray_core::{Complex, DType, Scalar, promote};
use distarray_lazy::{Context, DistArray};
use distarray_maps::Distribution;
use distarray_spmd::Error;
use foretold::costs_what_is_said;
use ndarray::{ArrayD, IxDyn};
use proptest::prelude::*;

/// An array of small integers of `dtype`, and how it lies.
#[derive(Clone, Debug)]
struct Operand {
    layout: Distribution,
    dtype: DType,
    seed: usize,
}

impl Operand {
    fn model(&self) -> ArrayD<i64> {
        let is_signed = self.dtype != DType::Bool && !self.dtype.name().starts_with('u');
        let number = |place: usize| {
            let number = ((place + self.seed) * 7 % 5) as i64;
            if self.dtype == DType::Bool {
                i64::from(number > 2)
            } else {
                number - if is_signed { 2 } else { 0 }
            }
        };
        let numbers = (0..self.layout.size()).map(number).collect();
        ArrayD::from_shape_vec(self.layout.shape(), numbers).expect("as many")
    }

    fn handle(&self, context: &Context) -> Result<DistArray, Error> {
        let array = context.array(self.model().view(), self.layout.clone());
        Ok(array.check()?.astype(self.dtype))
    }
}

/// The sum of products by letters, loop by loop; letters of length 1 are repeated.
fn summed(operands: &[(&ArrayD<i64>, &str)], output: &str) -> ArrayD<i64> {
    let mut letters: Vec<char> = operands.iter().flat_map(|(_, letters)| letters.chars()).collect();
    letters.sort_unstable();
    letters.dedup();
    let length = |letter: char| {
        let of = |(array, own): &(&ArrayD<i64>, &str)| own.find(letter).map(|axis| array.shape()[axis]);
        let all: Vec<usize> = operands.iter().filter_map(of).collect();
        all.iter().copied().find(|length| *length != 1).or(all.first().copied()).unwrap_or(1)
    };
    let lengths: Vec<usize> = letters.iter().map(|letter| length(*letter)).collect();
    let shape: Vec<usize> = output.chars().map(length).collect();
    let mut result = ArrayD::zeros(shape);
    for at in ndarray::indices(lengths) {
        let index = |own: &str, shape: &[usize]| {
            let of = |(axis, letter): (usize, char)| {
                let place = letters.binary_search(&letter).expect("a letter");
                if shape[axis] == 1 { 0 } else { at[place] }
            };
            IxDyn(&own.chars().enumerate().map(of).collect::<Vec<_>>())
        };
        let product: i64 = operands.iter().map(|(array, own)| array[index(own, array.shape())]).product();
        let shape = result.shape().to_vec();
        result[index(output, &shape)] += product;
    }
    result
}

const DTYPES: [DType; 6] =
    [DType::Float64, DType::Float32, DType::Int64, DType::Int8, DType::Bool, DType::Complex64];

/// What is asked for, and the letters that say what it is.
const FORMS: [(&str, &str, &str, &str); 16] = [
    ("matmul", "ik", "kj", "ij"),
    ("matmul", "ik", "k", "i"),
    ("matmul", "k", "kj", "j"),
    ("matmul", "k", "k", ""),
    ("matmul", "aik", "kj", "aij"),
    ("matmul", "aik", "akj", "aij"),
    ("matmul", "ik", "akj", "aij"),
    ("dot", "aik", "bkj", "aibj"),
    ("inner", "aik", "jk", "aij"),
    ("outer", "i", "j", "ij"),
    ("vecdot", "ik", "k", "i"),
    ("matvec", "aik", "ak", "ai"),
    ("vecmat", "k", "akj", "aj"),
    ("vdot", "ik", "ik", ""),
    ("einsum", "ijk", "jil", "kl"),
    ("einsum", "iji", "kj", "ik"),
];

fn case() -> impl Strategy<Value = (usize, usize, [Operand; 2], bool)> {
    let lengths = prop::collection::vec(prop_oneof![5 => 2_usize..6, 1 => Just(0), 1 => Just(1)], 8);
    (0..FORMS.len(), 1_usize..5, lengths, any::<bool>(), any::<[prop::sample::Index; 2]>()).prop_flat_map(
        |(form, ranks, lengths, is_repeated, dtypes)| {
            let (_, left, right, _) = FORMS[form];
            let order = "abijkl";
            let shape = |letters: &str, is_second: bool| {
                let length = |letter: char| {
                    let is_one = is_repeated && is_second && letter == 'a';
                    if is_one { 1 } else { lengths[order.find(letter).expect("a known letter")] }
                };
                letters.chars().map(length).collect::<Vec<_>>()
            };
            let layouts = [distributed(shape(left, false), ranks), distributed(shape(right, true), ranks)];
            (layouts, any::<bool>()).prop_map(move |(layouts, is_computed)| {
                let mut seed = 0;
                let operands = [0, 1].map(|place: usize| {
                    seed += 1;
                    Operand { layout: layouts[place].clone(), dtype: *dtypes[place].get(&DTYPES), seed }
                });
                (form, ranks, operands, is_computed)
            })
        },
    )
}

fn run(form: usize, left: &DistArray, right: &DistArray) -> DistArray {
    let (name, first, second, output) = FORMS[form];
    match name {
        "matmul" => left.matmul(right),
        "dot" => left.dot(right),
        "inner" => left.inner(right),
        "outer" => left.outer(right),
        "vecdot" => left.vecdot(right),
        "matvec" => left.matvec(right),
        "vecmat" => left.vecmat(right),
        "vdot" => left.vdot(right),
        _ => left.context().einsum(&format!("{first},{second}->{output}"), &[left, right]),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn products_are_sums_of_products((form, ranks, operands, is_computed) in case()) {
        let (_, first, second, output) = FORMS[form];
        let models = [operands[0].model(), operands[1].model()];
        let dtype = promote(operands[0].dtype, operands[1].dtype);
        let expected = summed(&[(&models[0], first), (&models[1], second)], output);
        let expected = if dtype == DType::Bool { expected.mapv(|sum| i64::from(sum != 0)) } else { expected };
        let found = threads::run(ranks, |comm| {
            let context = Context::spmd(&comm)?;
            let arrays = [operands[0].handle(&context)?, operands[1].handle(&context)?];
            if is_computed {
                arrays[0].compute()?;
                arrays[1].compute()?;
            }
            let product = run(form, &arrays[0], &arrays[1]);
            product.check()?;
            if is_computed {
                costs_what_is_said(&context)?;
            }
            Ok::<_, Error>((product.dtype()?, product.astype(DType::Complex128).fetch::<Complex<f64>>()?))
        });
        for (found_dtype, found) in found.expect("no rank fails") {
            prop_assert_eq!(found_dtype, dtype);
            prop_assert_eq!(found.mapv(|sum| sum.re as i64), expected.clone());
        }
    }
}

#[test]
fn einsum_takes_any_number_of_operands() {
    let found = threads::run(3, |comm| {
        let context = Context::spmd(&comm)?;
        let counted =
            |shape: &[isize]| context.arange(shape.iter().product::<isize>() as usize).reshape(shape);
        let (a, b, c) = (counted(&[3, 4]), counted(&[4, 5]), counted(&[5, 3]));
        let all = context.einsum("ij,jk,ki->", &[&a, &b, &c]).item()?;
        let chain = a.matmul(&b).matmul(&c).trace(0, (0, 1)).item()?;
        let ring = context.einsum("ij,jk,kl->il", &[&a, &b, &c]) - a.matmul(&b).matmul(&c);
        let turned = context.einsum("...j->j...", &[&a]) - a.transpose(());
        let sum = context.einsum("i...->", &[&a.sum(1)]).item()?;
        let batch = context.einsum("...ij,...jk", &[&counted(&[2, 3, 4]), &b]);
        let batch = batch - counted(&[2, 3, 4]).matmul(&b);
        let rest = [ring, turned, batch].map(|difference| difference.abs().max(()).item());
        Ok::<_, Error>((all == chain, sum, rest))
    });
    let zero = Ok(Scalar::Int64(0));
    for found in found.expect("no rank fails") {
        assert_eq!(found, (true, Scalar::Int64(66), [zero.clone(), zero.clone(), zero.clone()]));
    }
}

#[test]
fn tensordot_and_kron_are_numpys() {
    let found = threads::run(2, |comm| {
        let context = Context::spmd(&comm)?;
        let a = context.arange(24).reshape(&[2, 3, 4]);
        let b = context.arange(24).reshape(&[4, 3, 2]);
        let over = a.tensordot(&b, (&[1, -1], &[1, 0])).fetch::<i64>()?;
        let kron = context.arange(3).kron(&context.arange(4).reshape(&[2, 2])).fetch::<i64>()?;
        let turned = b.transpose([2, 0, 1]).astype(DType::Float64);
        let in_order = a.matmul_in_order(&turned).fetch::<f64>()?;
        Ok::<_, Error>((over, kron, in_order == a.matmul(&turned).fetch::<f64>()?))
    });
    for (over, kron, is_same) in found.expect("no rank fails") {
        // numpy.tensordot(a, b, ((1, -1), (1, 0))), numpy.kron(arange(3), [[0, 1], [2, 3]])
        assert_eq!(over, ndarray::arr2(&[[880, 946], [2464, 2674]]).into_dyn());
        assert_eq!(kron, ndarray::arr2(&[[0, 0, 0, 1, 0, 2], [0, 0, 2, 3, 4, 6]]).into_dyn());
        assert!(is_same);
    }
}
