//! Random arrays in programs: the library's own numbers under NumPy's names, and what is refused.

mod order;
mod signatures;
mod vectors;

use crate::calc::{CalcError, parse};
use crate::evaluate::{Surroundings, Value, Variables, evaluate};
use crate::launch::Launch;
use distarray_core::{Block, DType};
use distarray_lazy::Context;
use distarray_random::Generator;

/// The value of a program's last expression, on some engines and spread by some letters.
fn run_on(engines: usize, letters: Option<&str>, program: &str) -> Result<Value, CalcError> {
    let context = Context::local(engines).expect("engines start");
    let letters = letters.map(|letters| letters.parse().expect("letters of this test"));
    let surroundings = Surroundings::new(context, letters);
    let value = evaluate(&parse(program)?, &surroundings, &mut Variables::new(), &[])?;
    Ok(value.expect("the program ends with an expression"))
}

/// The array that a program gives.
#[track_caller]
fn block(program: &str) -> Block {
    block_on(2, None, program)
}

#[track_caller]
fn block_on(engines: usize, letters: Option<&str>, program: &str) -> Block {
    match run_on(engines, letters, program) {
        Ok(Value::Array(array)) => array.fetch_block().expect("nothing fails"),
        Ok(other) => panic!("{program}: {}", other.kind()),
        Err(error) => panic!("{}", error.render(program)),
    }
}

/// The message, and the piece of the program it points at.
#[track_caller]
fn refusal(program: &str) -> (String, &str) {
    let error = run_on(1, None, program).expect_err(program);
    (error.message, error.range.text(program))
}

#[track_caller]
fn same(left: &Block, right: &Block, what: &str) {
    assert_eq!((left.dtype(), left.shape()), (right.dtype(), right.shape()), "{what}");
    assert_eq!(left.as_bytes(), right.as_bytes(), "{what}");
}

/// Both programs make the same array.
#[track_caller]
fn agree(left: &str, right: &str) {
    same(&block(left), &block(right), &format!("{left} and {right}"));
}

#[test]
fn programs_draw_what_the_library_draws() {
    let mut generator = Generator::new(42);
    let normal = generator.normal::<f64>(1.0, 2.0, &[7, 5]).expect("valid parameters");
    let integers = generator.integers::<i16>(-3, 9, &[11]).expect("valid parameters");
    let counts = generator.binomial(100, 0.25, &[4]).expect("valid parameters");
    let truth = generator.bernoulli(0.5, &[9]).expect("valid parameters");
    let begin = "rng = random.default_rng(42); a = rng.normal(1, 2, (7, 5)); b = rng.integers(-3, 9, 11, 'int16'); \
        c = rng.binomial(100, 0.25, 4); d = rng.bernoulli(0.5, 9);";
    let drawn = |name: &str| block(&format!("{begin}\n{name}"));
    assert_eq!(drawn("a").to_ndarray::<f64>().expect("float64"), normal);
    assert_eq!(drawn("b").to_ndarray::<i16>().expect("int16"), integers);
    assert_eq!(drawn("c").to_ndarray::<i64>().expect("int64"), counts);
    assert_eq!(drawn("d").to_ndarray::<bool>().expect("bool"), truth);
}

#[test]
fn a_program_is_the_same_on_any_engines_and_layout() {
    let program = "rng = np.random.default_rng(7); x = rng.gamma(0.7, 2, (101, 17)); \
        y = random.poisson(50, seed=3, shape=(101, 17)); x * y";
    let alone = block_on(1, None, program);
    for engines in 1..=4 {
        for letters in ["b", "c", "c(3)", "n,b", "c,b"] {
            same(&block_on(engines, Some(letters), program), &alone, &format!("{letters} on {engines}"));
        }
    }
}

#[test]
fn the_ways_to_write_a_call_agree() {
    let plain = "random.normal(0, 1, (3, 4), seed=42)";
    for other in [
        "np.random.normal(0, 1, (3, 4), seed=42)",
        "numpy.random.normal(size=[3, 4], seed=42)",
        "random.normal(seed=42, shape=(3, 4))",
        "random.normal(scale=1.0, loc=False, size=(3, 4), seed=42)",
        "random.standard_normal((3, 4), seed=42)",
        "rng = random.default_rng(42); rng.normal(0, 1, (3, 4))",
        "rng = np.random.default_rng(seed=42); rng.normal(size=(3, 4))",
        "rng = random.default_rng(random.default_rng(42)); rng.standard_normal((3, 4))",
        "random.seed(42); random.normal(0, 1, (3, 4))",
        "z = zeros((3, 4)); random.normal(mean(z), mean(z) + 1, z.shape, seed=42)",
        "draw = random.normal; draw(0, 1, (3, 4), seed=42)",
        "r = random; r.normal(0, 1, (3, 4), seed=42)",
    ] {
        agree(plain, other);
    }
}

#[test]
fn generators_are_shared_as_in_python() {
    agree(
        "g = random.default_rng(1); h = g; a = g.random(5); h.random(5)",
        "g = random.default_rng(1); a = g.random(5); g.random(5)",
    );
    agree(
        "g = random.default_rng(1); draw = g.random; draw(5); draw(5)",
        "g = random.default_rng(1); g.random(5); g.random(5)",
    );
    agree(
        "random.seed(5); a = random.random(3); random.random(3)",
        "g = random.default_rng(5); g.random(3); g.random(3)",
    );
    let different = |left: &str, right: &str| {
        assert_ne!(block(left).as_bytes(), block(right).as_bytes(), "{left} and {right}");
    };
    different("random.random(5, seed=1)", "random.random(5, seed=2)");
    different(
        "g = random.default_rng(1); g.random(5)",
        "g = random.default_rng(1); g.random(5); g.random(5)",
    );
    // Nobody foresees these.
    different("random.random(5)", "random.random(5)");
    different("random.random(5)", "a = random.random(5); random.random(5)");
    different("random.default_rng().random(5)", "random.default_rng(None).random(5)");
    different("random.seed(); random.random(5)", "random.random(5, seed=None)");
}

#[test]
fn a_seed_in_a_call_leaves_the_programs_generator_alone() {
    agree("random.seed(5); a = random.random(3, seed=9); random.random(3)", "random.random(3, seed=5)");
    agree(
        "random.seed(5); g = random.default_rng(6); g.random(9); random.random(3)",
        "random.random(3, seed=5)",
    );
}

#[test]
fn children_are_those_of_the_library() {
    let mut parent = Generator::new(42);
    let children = parent.spawn(3).expect("three are few");
    for (number, child) in children.iter().enumerate() {
        let expected = child.clone().standard_normal::<f64>(&[6]).expect("valid parameters");
        let found = block(&format!(
            "rng = random.default_rng(42); a, b = rng.spawn(2); c = rng.spawn(1)[0]; (a, b, c)[{number}].standard_normal(6)"
        ));
        assert_eq!(found.to_ndarray::<f64>().expect("float64"), expected);
    }
}

#[test]
fn without_a_size_there_is_one_number() {
    for program in ["random.normal()", "random.uniform(2, 3, None)", "random.random(size=())"] {
        assert_eq!((block(program).dtype(), block(program).shape()), (DType::Float64, &[][..]), "{program}");
    }
    assert_eq!(block("random.integers(5)").dtype(), DType::Int64);
    assert_eq!(block_on(3, Some("c,b"), "random.integers(5, size=(2, 0))").shape(), [2, 0]);
}

#[test]
fn dtypes() {
    for (program, dtype) in [
        ("random.random(3, float32)", DType::Float32),
        ("random.standard_gamma(0.5, 3, 'f4')", DType::Float32),
        ("random.normal(size=3, dtype=np.float32)", DType::Float32),
        ("random.normal(size=3, dtype=float)", DType::Float64),
        ("random.normal(size=3, dtype=None)", DType::Float64),
        ("random.integers(0, 256, 3, uint8)", DType::UInt8),
        ("random.integers(0, 255, 3, dtype='u1', endpoint=True)", DType::UInt8),
        ("random.integers(0, 2**64, 3, dtype=uint64)", DType::UInt64),
        ("random.integers(0, 10, 3, int)", DType::Int64),
    ] {
        assert_eq!(block(program).dtype(), dtype, "{program}");
    }
    let ends =
        block("random.integers(3, 4, 1000, seed=1, endpoint=True)").to_ndarray::<i64>().expect("int64");
    assert!(ends.iter().all(|end| (3..=4).contains(end)) && ends.iter().any(|end| *end == 4));
    let low = block("random.integers(3, 5, 1000, seed=1)").to_ndarray::<i64>().expect("int64");
    assert_eq!(low, ends);
}

#[test]
fn a_variable_called_random_hides_the_module() {
    let (message, place) = refusal("random = ones(3); random.normal(3)");
    assert_eq!((message.as_str(), place), ("an array has no attribute normal", "normal"));
    agree("random = ones(3); np.random.random(3, seed=1)", "random.random(3, seed=1)");
    agree("random = random.default_rng(1); random.random(3)", "random.random(3, seed=1)");
}

#[test]
fn mistakes_name_the_value_and_the_place() {
    for (program, message, place) in [
        (
            "random.uniform(2, 1, 3)",
            "low 2 is refused: it must be below high, which is 1",
            "random.uniform(2, 1, 3)",
        ),
        (
            "random.uniform(low=1)",
            "low 1 is refused: it must be below high, which is 1",
            "random.uniform(low=1)",
        ),
        ("random.uniform(0, inf)", "high inf is refused: it must be finite", "inf"),
        (
            "1 + random.normal(0, -2.5, 3)",
            "scale -2.5 is refused: it must be finite and not negative",
            "-2.5",
        ),
        ("random.lognormal(sigma=-1)", "sigma -1 is refused: it must be finite and not negative", "-1"),
        ("random.gamma(shape=-1, size=3)", "shape -1 is refused: it must be positive and finite", "-1"),
        ("random.poisson(-1)", "lam -1 is refused: it must be between 0 and 2^62", "-1"),
        ("random.bernoulli(1.5)", "p 1.5 is refused: it must be between 0 and 1", "1.5"),
        ("random.f(1, 0)", "dfden 0 is refused: it must be between 1e-300 and 1e300", "0"),
        ("random.binomial(-1, 0.5)", "n -1 is refused: it must be from 0 to 2^62", "-1"),
        ("random.hypergeometric(5, 15, 30)", "nsample 30 is refused: there are 20 in all", "30"),
        ("random.hypergeometric(5, -1, 3)", "nbad -1 is refused: it must be from 0 to 2^62", "-1"),
        (
            "random.hypergeometric(2**62, 1, 3)",
            "ngood + nbad 4611686018427387905 is refused: it must be at most 2^62",
            "random.hypergeometric(2**62, 1, 3)",
        ),
        ("random.vonmises(0, kappa=-2)", "kappa -2 is refused: it must be finite and not negative", "-2"),
        ("random.vonmises(inf, 1)", "mu inf is refused: it must be finite", "inf"),
        ("random.zipf(1)", "a 1 is refused: it must be above 1", "1"),
        ("random.logseries(1)", "p 1 is refused: it must be at least 0 and below 1", "1"),
        ("random.noncentral_chisquare(3, -1)", "nonc -1 is refused: it must be between 0 and 2^62", "-1"),
        ("random.noncentral_f(1, 0, 2)", "dfden 0 is refused: it must be between 1e-300 and 1e300", "0"),
        ("random.frechet(0, 0, 1)", "shape_parameter 0 is refused: it must be positive and finite", "0"),
        ("random.skew_normal(0, -1, 2)", "scale -1 is refused: it must be finite and not negative", "-1"),
        (
            "random.normal_inverse_gaussian(1, -2)",
            "beta -2 is refused: it must lie between -alpha and alpha",
            "-2",
        ),
        (
            "random.pert(3, 2, 4)",
            "left 3, mode 2, right 4 are refused: left <= mode <= right and left < right",
            "random.pert(3, 2, 4)",
        ),
        (
            "random.pert(1, 2, 4, -1)",
            "shape_parameter -1 is refused: it must be finite and not negative",
            "-1",
        ),
        ("random.zipfian(0, 1)", "n 0 is refused: it must be from 1 to 2^62", "0"),
        (
            "random.zipfian(9, exponent=-1)",
            "exponent -1 is refused: it must be finite and not negative",
            "-1",
        ),
        ("random.zipf(2, dtype=int32)", "dtype int32 is refused: these numbers are int64", "int32"),
        ("random.binomial(1.5, 0.5)", "n is a float: an integer is needed", "1.5"),
        (
            "random.triangular(3, 2, 4)",
            "left 3, mode 2, right 4 are refused: left <= mode <= right and left < right",
            "random.triangular(3, 2, 4)",
        ),
        ("random.integers(5, 5)", "high 5 is refused: it must be above low, which is 5", "5"),
        ("random.integers(0)", "high 0 is refused: it must be above low, which is 0", "0"),
        (
            "random.integers(5, 4, endpoint=True)",
            "high 4 is refused: it must not be below low, which is 5",
            "4",
        ),
        ("random.integers(0, 257, dtype=uint8)", "high 257 is refused: it is out of bounds for uint8", "257"),
        ("random.integers(-1, 9, dtype=uint8)", "low -1 is refused: it is out of bounds for uint8", "-1"),
        ("random.integers(2, dtype=bool)", "dtype bool is refused: these numbers are integers", "bool"),
        ("random.integers(0, 2.5)", "high is a float: an integer is needed", "2.5"),
        ("random.normal(dtype=int8)", "dtype int8 is refused: these numbers are float32 or float64", "int8"),
        ("random.poisson(2, dtype='f4')", "dtype float32 is refused: these numbers are int64", "'f4'"),
        ("random.random(-3)", "-3 is no size: it must be from 0 to 2^63 - 1", "-3"),
        ("random.random((2, -3))", "-3 is no size: it must be from 0 to 2^63 - 1", "(2, -3)"),
        ("random.random(2.5)", "a float where an integer is needed", "2.5"),
        ("random.random(3, size=4)", "random.random() is given size twice, by position and by name", "size"),
        ("random.random(size=3, shape=4)", "random.random() takes size= or shape=, not both", "4"),
        (
            "random.normal(ones(3))",
            "loc is an array of float64 of shape [3]: here it must be one number for all elements",
            "ones(3)",
        ),
        (
            "random.normal(0, [1, 2])",
            "scale is a list of 2 values: here it must be one number for all elements",
            "[1, 2]",
        ),
        ("random.normal('a')", "loc is the text \"a\": a number is needed", "'a'"),
        ("random.normal(1j)", "loc is complex: a real number is needed", "1j"),
        ("random.beta(1)", "random.beta() is missing its argument b", "random.beta(1)"),
        ("random.normal(0, 1, 3, float32)", "random.normal() takes at most 3 arguments, 4 given", "float32"),
        ("random.normal(mean=0)", "random.normal() has no argument named mean", "mean"),
        ("random.random(3, out=zeros(3))", "random.random() does not take out= here", "zeros(3)"),
        ("random.nosuch(3)", "the function random.nosuch is not known", "nosuch"),
        ("np.random.nosuch(3)", "the function random.nosuch is not known", "np.random.nosuch"),
        (
            "random.randn(3)",
            "the function random.randn is not known: write standard_normal(size=(2, 3))",
            "randn",
        ),
        ("random.spawn(3)", "the function random.spawn is not known", "spawn"),
        ("random.default_rng(1).nosuch", "a random generator has no attribute nosuch", "nosuch"),
        ("random.random(seed=-1)", "seed -1 is refused: it must be from 0 to 2^64 - 1", "-1"),
        ("random.default_rng(-1)", "seed -1 is refused: it must be from 0 to 2^64 - 1", "-1"),
        (
            "random.seed(2**64)",
            "seed 18446744073709551616 is refused: it must be from 0 to 2^64 - 1",
            "2**64",
        ),
        ("random.random(seed=1.5)", "a float where an integer is needed", "1.5"),
        (
            "random.default_rng(1).random(seed=7)",
            "seed 7 is refused: a generator's random() takes none, random.random() does",
            "7",
        ),
        ("random.default_rng(1).spawn(-1)", "-1 is no size: it must be from 0 to 2^63 - 1", "-1"),
        ("random.default_rng(1).spawn(70000)", "70000 children are too many: at most 65536", "70000"),
        ("random(3)", "the module random is not a function", "random"),
        ("random + 1", "the module random where an array or a number is needed", "random"),
        (
            "random.default_rng(1) + 1",
            "a random generator where an array or a number is needed",
            "random.default_rng(1)",
        ),
    ] {
        assert_eq!(refusal(program), (message.to_owned(), place), "{program}");
    }
    let (message, place) = refusal("random.bytes(10)");
    assert!(message.contains("there are no byte strings here"), "{message}");
    assert_eq!(place, "bytes");
    block("random.integers(-2**63, 2**63, 5)");
    block("random.default_rng(2**64 - 1).random(5)");
}

#[test]
fn a_refused_call_draws_nothing() {
    let context = Context::local(1).expect("engines start");
    let surroundings = Surroundings::new(context, None);
    let mut variables = Variables::new();
    let mut run = |program: &str| {
        evaluate(&parse(program).expect("it can be read"), &surroundings, &mut variables, &["rng"])
    };
    run("rng = random.default_rng(3)").expect("a generator");
    for wrong in [
        "rng.normal(0, -1, 3)",
        "rng.random(-1)",
        "rng.random(3, nosuch=1)",
        "rng.random(3, int8)",
        "rng.permutation(-1)",
        "rng.choice(5, 6, False)",
        "rng.choice(5, 6, nosuch=1)",
        "rng.choice(2, 3, False, p=[0.5, 0.5])",
        "rng.choice(2, 3, p=[0.5j, 0.5])",
        "rng.hypergeometric(5, 15, 30)",
        "rng.multivariate_normal([0, 0], [[1, 2], [2, 1]])",
        "rng.multivariate_normal([0, 0], [[1, 0], [0, 1]], nosuch=1)",
        "rng.dirichlet([1, -1])",
        "rng.unit_ball(3, int8)",
        "x = ones(3); rng.shuffle(x, axis=1)",
    ] {
        run(wrong).expect_err(wrong);
    }
    let Ok(Some(Value::Array(array))) = run("rng.random(4)") else { panic!("an array") };
    let expected = Generator::new(3).uniform::<f64>(0.0, 1.0, &[4]).expect("valid parameters");
    assert_eq!(array.fetch::<f64>().expect("nothing fails"), expected);
}
