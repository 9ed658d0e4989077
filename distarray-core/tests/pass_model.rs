//! The fused pass against one instruction at a time: programs, shapes and layouts by chance.

use distarray_core::kernel::elementwise::{
    BuilderArgument, Operand, Output, PassError, Program, ProgramBuilder, Register, Stop, StorePolicy, run,
    run_with,
};
use distarray_core::ufunc::Ufunc;
use distarray_core::{Accumulator, Block, DType, Pool, Reduction, Scalar, Weak};
use proptest::prelude::*;

/// Chance from a seed.
struct Chance(u64);

impl Chance {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % bound as u64).expect("below the bound")
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> &'a T {
        &from[self.below(from.len())]
    }
}

const DTYPES: [DType; 8] = [
    DType::Float64,
    DType::Float64,
    DType::Float32,
    DType::Int32,
    DType::UInt8,
    DType::Bool,
    DType::Int64,
    DType::Complex128,
];

/// Those that the planner treats in ways of its own come more often.
const UFUNCS: [Ufunc; 34] = [
    Ufunc::Add,
    Ufunc::Add,
    Ufunc::Add,
    Ufunc::Subtract,
    Ufunc::Subtract,
    Ufunc::Subtract,
    Ufunc::Multiply,
    Ufunc::Multiply,
    Ufunc::Multiply,
    Ufunc::Sqrt,
    Ufunc::Sqrt,
    Ufunc::Absolute,
    Ufunc::Absolute,
    Ufunc::Divide,
    Ufunc::FloorDivide,
    Ufunc::Remainder,
    Ufunc::Minimum,
    Ufunc::Maximum,
    Ufunc::Less,
    Ufunc::Equal,
    Ufunc::GreaterEqual,
    Ufunc::LogicalAnd,
    Ufunc::LogicalNot,
    Ufunc::BitwiseXor,
    Ufunc::LeftShift,
    Ufunc::Negative,
    Ufunc::Floor,
    Ufunc::Round,
    Ufunc::IsNan,
    Ufunc::Sin,
    Ufunc::Exp,
    Ufunc::Where,
    Ufunc::Clip,
    Ufunc::Square,
];

const LITERALS: [Weak; 6] =
    [Weak::Int(2), Weak::Int(0), Weak::Float(0.5), Weak::Float(-3.25), Weak::Bool(true), Weak::Int(7)];

fn shape(chance: &mut Chance) -> Vec<usize> {
    match chance.below(8) {
        0 => vec![],
        1 => vec![chance.below(3)],
        2 => vec![chance.below(5000)],
        3 => vec![chance.below(60), chance.below(60)],
        4 => vec![3, chance.below(1500)],
        5 => vec![chance.below(1500), 3],
        6 => vec![chance.below(12), chance.below(12), 1 + chance.below(30)],
        _ => vec![2, chance.below(5), 1, chance.below(9), 1 + chance.below(20)],
    }
}

/// Elements of any dtype, some of them zero, infinite or NaN where there are such.
fn elements(dtype: DType, shape: &[usize], chance: &mut Chance, pool: &Pool) -> Block {
    let size: usize = shape.iter().product();
    let values: Vec<f64> = (0..size)
        .map(|_| match chance.below(40) {
            0 => 0.0,
            1 if !dtype.is_integer() => f64::INFINITY,
            2 if !dtype.is_integer() => f64::NAN,
            _ => (chance.below(20_001) as f64 - 10_000.0) / if dtype.is_integer() { 100.0 } else { 128.0 },
        })
        .collect();
    Block::from_slice(shape, &values, pool).and_then(|block| block.cast(dtype, pool)).expect("memory")
}

/// An operand's memory, how it lies there, and the same elements in order.
struct Input {
    memory: Block,
    strides: Vec<isize>,
    offset: usize,
    in_order: Block,
}

/// Strides and a beginning, and how many elements of memory they need. With `repeats` an element may stand for a whole
/// axis.
fn strides(shape: &[usize], repeats: bool, chance: &mut Chance) -> (Vec<isize>, usize, usize) {
    let kind = chance.below(4);
    let mut strides = vec![0_isize; shape.len()];
    let (mut length, mut offset) = (1_usize, 0_usize);
    let mut order: Vec<usize> = (0..shape.len()).rev().collect();
    if kind == 3 && shape.len() > 1 {
        let (first, second) = (chance.below(shape.len()), chance.below(shape.len()));
        order.swap(first, second);
    }
    for axis in order {
        if kind == 1 && repeats && chance.below(2) == 0 {
            continue;
        }
        let step = if kind >= 2 { 1 + chance.below(2) } else { 1 };
        let is_backwards = kind >= 2 && chance.below(3) == 0;
        let stride = length * step;
        strides[axis] = if is_backwards { -stride.cast_signed() } else { stride.cast_signed() };
        if is_backwards {
            offset += stride * shape[axis].saturating_sub(1);
        }
        length *= step * shape[axis].max(1);
        // A row that is part of a longer one.
        length += if kind == 1 { chance.below(3) } else { 0 };
    }
    (strides, offset, length)
}

/// The places of the elements of `shape` in memory, in order.
fn places(shape: &[usize], strides: &[isize], offset: usize) -> Vec<usize> {
    let place = |flat: usize| {
        let mut rest = flat;
        let mut position = offset.cast_signed();
        for (length, stride) in shape.iter().zip(strides).rev() {
            position += (rest % length).cast_signed() * stride;
            rest /= length;
        }
        position.cast_unsigned()
    };
    (0..shape.iter().product()).map(place).collect()
}

fn input(shape: &[usize], chance: &mut Chance, pool: &Pool) -> Input {
    let dtype = *chance.pick(&DTYPES);
    let (strides, offset, length) = strides(shape, true, chance);
    let memory = elements(dtype, &[length], chance, pool);
    let in_order = in_order(&memory, shape, &places(shape, &strides, offset), pool);
    Input { memory, strides, offset, in_order }
}

/// The elements at `places` as a block of their own.
fn in_order(memory: &Block, shape: &[usize], places: &[usize], pool: &Pool) -> Block {
    let item_bytes = memory.dtype().size_bytes();
    let mut in_order = Block::uninit(memory.dtype(), shape, pool).expect("memory");
    let target = in_order.as_bytes_mut().expect("it is not shared");
    for (flat, place) in places.iter().enumerate() {
        target[flat * item_bytes..][..item_bytes]
            .copy_from_slice(&memory.as_bytes()[place * item_bytes..][..item_bytes]);
    }
    in_order
}

/// One ufunc alone, of blocks in order.
fn alone(ufunc: Ufunc, arguments: &[Result<Block, Weak>], shape: &[usize], pool: &Pool) -> Block {
    let mut builder = ProgramBuilder::new();
    let mut given: Vec<BuilderArgument> = Vec::new();
    let mut blocks: Vec<&Block> = Vec::new();
    for argument in arguments {
        match argument {
            Ok(block) => {
                let slot = u32::try_from(blocks.len()).expect("few");
                given.push(builder.input(slot, block.dtype()).into());
                blocks.push(block);
            }
            Err(literal) => given.push(BuilderArgument::Weak(*literal)),
        }
    }
    let value = builder.apply(ufunc, &given).expect("it was resolved before");
    builder.output(value).expect("the register is there");
    let dtype = builder.dtype(value).expect("the register is there");
    let program = builder.finish().expect("a program");
    let mut output = Block::uninit(dtype, shape, pool).expect("memory");
    let operands: Vec<Operand<'_>> = blocks.iter().map(|block| Operand::block(block)).collect();
    run(&program, shape, &operands, &mut [into(&mut output)], &mut [], &mut || Ok(())).expect("a pass");
    output
}

/// All of a block that is not shared, as an output.
fn into(block: &mut Block) -> Output<'_> {
    Output::block(block).expect("it is not shared")
}

/// Bit for bit, but for the bits of NaN.
fn same(first: &Block, second: &Block) -> bool {
    first.dtype() == second.dtype()
        && first.shape() == second.shape()
        && (first.as_bytes() == second.as_bytes()
            || (0..first.size()).all(|index| {
                let (first, second) = (first.get_flat(index), second.get_flat(index));
                let (first, second) = (first.expect("inside"), second.expect("inside"));
                let parts = |scalar: Scalar| match scalar {
                    Scalar::Float32(value) => vec![f64::from(value)],
                    Scalar::Complex64(value) => vec![f64::from(value.re), f64::from(value.im)],
                    Scalar::Complex128(value) => vec![value.re, value.im],
                    other => vec![other.to_f64()],
                };
                first.same_bits(&second)
                    || parts(first).iter().zip(parts(second)).all(|(first, second)| {
                        first.to_bits() == second.to_bits() || first.is_nan() && second.is_nan()
                    })
            }))
}

/// A program by chance, with the value of each of its registers computed one instruction at a time.
fn program(
    inputs: &[Input],
    shape: &[usize],
    chance: &mut Chance,
    pool: &Pool,
) -> (ProgramBuilder, Vec<(Register, Block)>) {
    let mut builder = ProgramBuilder::new();
    let mut values: Vec<(Register, Block)> = (0..)
        .zip(inputs)
        .map(|(slot, input)| (builder.input(slot, input.in_order.dtype()), input.in_order.clone()))
        .collect();
    for _ in 0..1 + chance.below(12) {
        let ufunc = *chance.pick(&UFUNCS);
        let mut arguments: Vec<BuilderArgument> = Vec::new();
        let mut blocks: Vec<Result<Block, Weak>> = Vec::new();
        for position in 0..ufunc.arity() {
            if position > 0 && chance.below(4) == 0 {
                let literal = *chance.pick(&LITERALS);
                arguments.push(BuilderArgument::Weak(literal));
                blocks.push(Err(literal));
            } else {
                // Late values more often, so that chains arise.
                let first = if chance.below(2) == 0 { 0 } else { values.len().saturating_sub(3) };
                let (register, block) = &values[first + chance.below(values.len() - first)];
                arguments.push((*register).into());
                blocks.push(Ok(block.clone()));
            }
        }
        if let Ok(register) = builder.apply(ufunc, &arguments) {
            values.push((register, alone(ufunc, &blocks, shape, pool)));
        }
    }
    (builder, values)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn fusing_changes_no_bit(seed in any::<u64>()) {
        let mut chance = Chance(seed);
        let pool = Pool::new(None);
        let shape = shape(&mut chance);
        let inputs: Vec<Input> = (0..1 + chance.below(3)).map(|_| input(&shape, &mut chance, &pool)).collect();
        let (mut builder, values) = program(&inputs, &shape, &mut chance, &pool);
        // The last value, perhaps others, perhaps a sum.
        let mut stored = vec![values.len() - 1];
        for _ in 0..chance.below(3) {
            stored.push(chance.below(values.len()));
        }
        for &index in &stored {
            builder.output(values[index].0).expect("the register is there");
        }
        let reduced: Vec<bool> = shape.iter().map(|_| chance.below(2) == 0).collect();
        let summed = chance.below(values.len());
        let has_sum = chance.below(2) == 0;
        if has_sum {
            builder.reduce(values[summed].0, Reduction::Sum, &reduced).expect("the register is there");
        }
        let program = builder.finish().expect("a program");
        let text = serde_json::to_string(&program).expect("text");
        let program: Program = serde_json::from_str(&text).expect("it was a program");
        let operands: Vec<Operand<'_>> = inputs
            .iter()
            .map(|input| Operand::strided(input.memory.as_bytes(), input.memory.dtype(), &input.strides, input.offset))
            .collect();
        // Some results are part of something larger.
        let regions: Vec<(Vec<isize>, usize, usize)> =
            stored.iter().map(|_| strides(&shape, false, &mut chance)).collect();
        let mut outputs: Vec<Block> = stored
            .iter()
            .zip(&regions)
            .map(|(&index, (_, _, length))| elements(values[index].1.dtype(), &[*length], &mut chance, &pool))
            .collect();
        let before = outputs.clone();
        let start = |dtype| Accumulator::start(Reduction::Sum, dtype, &shape, &reduced, &pool).expect("memory");
        let mut accumulators: Vec<Accumulator> = Vec::new();
        if has_sum {
            accumulators.push(start(values[summed].1.dtype()));
        }
        let policy = *chance.pick(&[StorePolicy::Auto, StorePolicy::Streaming]);
        let region = |(output, (strides, offset, _)): (_, &(Vec<isize>, usize, usize))| {
            Output::region(output, &shape, strides, *offset).expect("it is not shared")
        };
        // What clones share cannot be written.
        outputs.iter_mut().for_each(|output| *output = output.cast(output.dtype(), &pool).expect("memory"));
        let mut targets: Vec<Output<'_>> = outputs.iter_mut().zip(&regions).map(region).collect();
        run_with(policy, &program, &shape, &operands, &mut targets, &mut accumulators, &mut || Ok(())).expect("a pass");
        for (((&index, output), before), (strides, offset, _)) in
            stored.iter().zip(&outputs).zip(&before).zip(&regions)
        {
            let places = places(&shape, strides, *offset);
            let found = in_order(output, &shape, &places, &pool);
            prop_assert!(same(&found, &values[index].1), "register {index} of {program:?}");
            let item_bytes = output.dtype().size_bytes();
            let mut untouched = output.as_bytes().to_vec();
            for place in places {
                let element = place * item_bytes..(place + 1) * item_bytes;
                untouched[element.clone()].copy_from_slice(&before.as_bytes()[element]);
            }
            prop_assert!(untouched == before.as_bytes(), "register {index} of {program:?} and nothing else");
        }
        if let Some(fused) = accumulators.pop() {
            let mut unfused = start(values[summed].1.dtype());
            unfused.add_tile(values[summed].1.as_bytes(), 0).expect("a tile");
            let fused = fused.finish(1, &pool).expect("a sum");
            let unfused = unfused.finish(1, &pool).expect("a sum");
            prop_assert!(same(&fused, &unfused), "sum of {program:?}");
        }
    }

    #[test]
    fn a_pass_in_place_reads_what_was_there(seed in any::<u64>()) {
        let mut chance = Chance(seed);
        let pool = Pool::new(None);
        let shape = [chance.below(4000)];
        let mut blocks: Vec<Block> = (0..2).map(|_| elements(DType::Float64, &shape, &mut chance, &pool)).collect();
        let before = blocks.clone();
        // Each output takes from both, or just the other one.
        let mut builder = ProgramBuilder::new();
        let (x, y) = (builder.input(0, DType::Float64), builder.input(1, DType::Float64));
        let swaps = chance.below(2) == 0;
        let first = if swaps { y } else { builder.apply(Ufunc::Subtract, &[x.into(), y.into()]).expect("floats") };
        let second = if chance.below(2) == 0 { x } else { builder.apply(Ufunc::Sin, &[x.into()]).expect("floats") };
        builder.output(first).expect("the register is there");
        builder.output(second).expect("the register is there");
        builder.reduce(y, Reduction::Sum, &[true]).expect("the register is there");
        let program = builder.finish().expect("a program");
        let start = || Accumulator::start(Reduction::Sum, DType::Float64, &shape, &[true], &pool).expect("memory");
        let mut in_place_sum = [start()];
        let operands = [Operand::output(0, DType::Float64), Operand::output(1, DType::Float64)];
        let (strides, offset, length) = strides(&shape, false, &mut chance);
        let places = places(&shape, &strides, offset);
        let mut wide: Vec<Block> = before
            .iter()
            .map(|block| {
                let mut wide = Block::zeros(DType::Float64, &[length], &pool).expect("memory");
                let mut elements = wide.view_mut::<f64>().expect("floats");
                let given = block.as_slice::<f64>().expect("floats");
                places.iter().zip(given).for_each(|(place, element)| elements[*place] = *element);
                wide
            })
            .collect();
        let mut in_wide: Vec<Output<'_>> = wide
            .iter_mut()
            .map(|block| Output::region(block, &shape, &strides, offset).expect("it is not shared"))
            .collect();
        let mut wide_sum = [start()];
        run(&program, &shape, &operands, &mut in_wide, &mut wide_sum, &mut || Ok(())).expect("a pass");
        let wide: Vec<Block> = wide.iter().map(|block| in_order(block, &shape, &places, &pool)).collect();
        let mut targets: Vec<Output<'_>> = blocks.iter_mut().map(into).collect();
        run(&program, &shape, &operands, &mut targets, &mut in_place_sum, &mut || Ok(())).expect("a pass");

        let mut expected: Vec<Block> =
            (0..2).map(|_| Block::zeros(DType::Float64, &shape, &pool).expect("memory")).collect();
        let operands: Vec<Operand<'_>> = before.iter().map(Operand::block).collect();
        let mut targets: Vec<Output<'_>> = expected.iter_mut().map(into).collect();
        let mut sum = [start()];
        run(&program, &shape, &operands, &mut targets, &mut sum, &mut || Ok(())).expect("a pass");
        for (found, expected) in blocks.iter().chain(&wide).zip(expected.iter().cycle()) {
            prop_assert!(same(found, expected));
        }
        let ([expected], sums) = (sum, [in_place_sum, wide_sum]);
        let expected = expected.finish(1, &pool).expect("a sum");
        for [found] in sums {
            prop_assert!(same(&found.finish(1, &pool).expect("a sum"), &expected));
        }
    }
}

/// `x + 1` of `int64`.
fn increment() -> Program {
    let mut builder = ProgramBuilder::new();
    let x = builder.input(0, DType::Int64);
    let sum = builder.apply(Ufunc::Add, &[x.into(), 1.into()]).expect("integers");
    builder.output(sum).expect("the register is there");
    builder.finish().expect("a program")
}

#[test]
fn the_progress_function_can_stop_a_pass() {
    let pool = Pool::new(None);
    let shape = [1_000_000];
    let input = Block::zeros(DType::Int64, &shape, &pool).expect("memory");
    let mut output = Block::zeros(DType::Int64, &shape, &pool).expect("memory");
    let mut asked = 0;
    let result =
        run(&increment(), &shape, &[Operand::block(&input)], &mut [into(&mut output)], &mut [], &mut || {
            asked += 1;
            if asked == 3 { Err(Stop) } else { Ok(()) }
        });
    assert_eq!(result, Err(PassError::Stopped { done: 3 * 64 * 1024, size: 1_000_000 }));
    assert_eq!(asked, 3);
}

#[test]
fn operands_that_do_not_fit_are_refused_before_anything_is_written() {
    let pool = Pool::new(None);
    let program = increment();
    let mut output = Block::zeros(DType::Int64, &[4], &pool).expect("memory");
    let wrong_dtype = Block::zeros(DType::Float64, &[4], &pool).expect("memory");
    let short = Block::zeros(DType::Int64, &[3], &pool).expect("memory");
    let operands = [
        Operand::block(&wrong_dtype),
        Operand::strided(short.as_bytes(), DType::Int64, &[1], 0),
        Operand::strided(&short.as_bytes()[1..], DType::Int64, &[0], 0),
        Operand::strided(short.as_bytes(), DType::Int64, &[1, 1], 0),
        Operand::output(1, DType::Int64),
    ];
    for operand in operands {
        let result = run(
            &program,
            &[4],
            std::slice::from_ref(&operand),
            &mut [into(&mut output)],
            &mut [],
            &mut || Ok(()),
        );
        assert!(result.is_err(), "{operand:?}");
        assert_eq!(output.as_slice::<i64>(), Ok(&[0; 4][..]));
    }
    let result =
        run(&program, &[3], &[Operand::block(&short)], &mut [into(&mut output)], &mut [], &mut || Ok(()));
    assert!(result.is_err(), "the output has another shape");
    assert!(Operand::broadcast(&short, &[2, 4]).is_err());
}

#[test]
fn a_negative_exponent_of_integers_is_named() {
    let pool = Pool::new(None);
    let base = Block::from_slice(&[3], &[2_i64, 3, 4], &pool).expect("memory");
    let exponent = Block::from_slice(&[3], &[1_i64, -7, 2], &pool).expect("memory");
    let mut builder = ProgramBuilder::new();
    let (x, y) = (builder.input(0, DType::Int64), builder.input(1, DType::Int64));
    let power = builder.apply(Ufunc::Power, &[x.into(), y.into()]).expect("integers");
    builder.output(power).expect("the register is there");
    let program = builder.finish().expect("a program");
    let mut output = Block::zeros(DType::Int64, &[3], &pool).expect("memory");
    let operands = [Operand::block(&base), Operand::block(&exponent)];
    let error =
        run(&program, &[3], &operands, &mut [into(&mut output)], &mut [], &mut || Ok(())).unwrap_err();
    assert!(error.to_string().contains("-7"), "{error}");
}

#[test]
fn constant_exponents_give_the_bits_of_arrays_of_them() {
    let pool = Pool::new(None);
    let values = [3.3, -3.3, 0.0, -0.0, f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 1e-310, -1e200];
    let base = Block::from_slice(&[values.len()], &values, &pool).expect("memory");
    for exponent in [2.0, 0.5, -1.0, 3.0, 1.0, 0.0] {
        let constant =
            alone(Ufunc::Power, &[Ok(base.clone()), Err(Weak::Float(exponent))], base.shape(), &pool);
        let array = Block::full(&Scalar::Float64(exponent), base.shape(), &pool).expect("memory");
        let arrays = alone(Ufunc::Power, &[Ok(base.clone()), Ok(array)], base.shape(), &pool);
        assert!(same(&constant, &arrays), "exponent {exponent}");
    }
}

#[test]
fn descriptions_that_make_no_sense_are_refused() {
    let good = serde_json::to_string(&increment()).expect("text");
    assert!(serde_json::from_str::<Program>(&good).is_ok());
    for (from, to) in
        [("\"arguments\":[0,1]", "\"arguments\":[0,9]"), ("Int64\"", "Int8\""), ("\"slot\":0", "\"slot\":5")]
    {
        let bad = good.replacen(from, to, 1);
        assert_ne!(bad, good, "{from} is in {good}");
        assert!(serde_json::from_str::<Program>(&bad).is_err(), "{bad}");
    }
}
