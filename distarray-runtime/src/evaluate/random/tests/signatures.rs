//! Signatures: every function has NumPy's parameters in NumPy's order, and they mean what they mean in the library.

use super::{agree, block};
use crate::evaluate::random::names::INSTEAD;
use crate::evaluate::random::order::SHUFFLE;
use crate::evaluate::random::special::FUNCTIONS;
use crate::evaluate::random::table::ROWS;
use distarray_core::DType;
use distarray_random::{Generator, Variate};

/// NumPy's signatures, read from the docstrings of NumPy 2.4. Our own are `bernoulli`, `frechet`,
/// `normal_inverse_gaussian`, `pert`, `skew_normal`, `unit_ball` and its kin, and `zipfian`.
const SIGNATURES: [&str; 51] = [
    "bernoulli(p, size=None)",
    "beta(a, b, size=None)",
    "binomial(n, p, size=None)",
    "chisquare(df, size=None)",
    "choice(a, size=None, replace=True, p=None, axis=0, shuffle=True)",
    "dirichlet(alpha, size=None)",
    "exponential(scale=1.0, size=None)",
    "f(dfnum, dfden, size=None)",
    "frechet(location, shape_parameter, scale, size=None)",
    "gamma(shape, scale=1.0, size=None)",
    "geometric(p, size=None)",
    "gumbel(loc=0.0, scale=1.0, size=None)",
    "hypergeometric(ngood, nbad, nsample, size=None)",
    "integers(low, high=None, size=None, dtype=np.int64, endpoint=False)",
    "laplace(loc=0.0, scale=1.0, size=None)",
    "logistic(loc=0.0, scale=1.0, size=None)",
    "lognormal(mean=0.0, sigma=1.0, size=None)",
    "logseries(p, size=None)",
    "multinomial(n, pvals, size=None)",
    "multivariate_hypergeometric(colors, nsample, size=None, method='marginals')",
    "multivariate_normal(mean, cov, size=None, check_valid='warn', tol=1e-08, *, method='svd')",
    "negative_binomial(n, p, size=None)",
    "noncentral_chisquare(df, nonc, size=None)",
    "noncentral_f(dfnum, dfden, nonc, size=None)",
    "normal(loc=0.0, scale=1.0, size=None)",
    "normal_inverse_gaussian(alpha, beta, size=None)",
    "pareto(a, size=None)",
    "permutation(x, axis=0)",
    "pert(left, mode, right, shape_parameter=4.0, size=None)",
    "poisson(lam=1.0, size=None)",
    "power(a, size=None)",
    "random(size=None, dtype=np.float64, out=None)",
    "rayleigh(scale=1.0, size=None)",
    "shuffle(x, axis=0)",
    "skew_normal(location, scale, skewness, size=None)",
    "standard_cauchy(size=None)",
    "standard_exponential(size=None, dtype=np.float64, method='zig', out=None)",
    "standard_gamma(shape, size=None, dtype=np.float64, out=None)",
    "standard_normal(size=None, dtype=np.float64, out=None)",
    "standard_t(df, size=None)",
    "triangular(left, mode, right, size=None)",
    "uniform(low=0.0, high=1.0, size=None)",
    "unit_ball(size=None)",
    "unit_circle(size=None)",
    "unit_disc(size=None)",
    "unit_sphere(size=None)",
    "vonmises(mu, kappa, size=None)",
    "wald(mean, scale, size=None)",
    "weibull(a, size=None)",
    "zipf(a, size=None)",
    "zipfian(n, exponent, size=None)",
];

#[test]
fn signatures_are_those_of_numpy() {
    let names: Vec<&str> =
        SIGNATURES.iter().map(|text| text.split_once('(').expect("a signature").0).collect();
    for name in ROWS.iter().map(|row| row.name).chain(FUNCTIONS.iter().map(|(name, _)| *name)) {
        assert!(names.contains(&name), "{name} is tested");
    }
    for (name, _) in INSTEAD {
        assert!(!names.contains(&name), "{name} is here");
    }
    for row in ROWS {
        let signature = SIGNATURES.iter().find(|text| text.starts_with(&format!("{}(", row.name)));
        let mut written: Vec<String> = Vec::new();
        for parameter in row.parameters {
            written.push(match parameter.default {
                Some(default) => format!("{}={default:?}", parameter.name),
                None => parameter.name.to_owned(),
            });
        }
        written.push("size=None".to_owned());
        if row.has_dtype {
            written.push("dtype=np.float64".to_owned());
        }
        let written = format!("{}({}", row.name, written.join(", "));
        let signature = signature.expect("every row has one");
        let rest =
            signature.strip_prefix(written.as_str()).unwrap_or_else(|| panic!("{signature}, not {written}"));
        assert!([")", ", out=None)", ", method='zig', out=None)"].contains(&rest), "{signature}");
    }
}

/// Every function: positions and names mean the same, and the dtype is NumPy's.
#[test]
fn parameters_may_be_given_by_position_and_by_name() {
    for signature in SIGNATURES {
        let (name, parameters) =
            signature.strip_suffix(')').and_then(|text| text.split_once('(')).expect("one");
        if name == SHUFFLE {
            // Gives nothing.
            continue;
        }
        let mut by_position = Vec::new();
        let mut by_name = Vec::new();
        let mut by_name_only = false;
        for parameter in parameters.split(", ") {
            let parameter = parameter.split('=').next().expect("a name");
            let value = match parameter {
                "*" => {
                    by_name_only = true;
                    continue;
                }
                "size" => "(3, 2)",
                "dtype" if name == "integers" => "int64",
                "dtype" => "float64",
                "endpoint" => "False",
                "method" if name == "multivariate_normal" => "'cholesky'",
                "method" if name == "multivariate_hypergeometric" => "'count'",
                "check_valid" => "'raise'",
                "tol" => "1e-8",
                "out" | "method" => break,
                "mean" if name == "multivariate_normal" => "[1, -1.5]",
                "cov" => "[[2, 0.5], [0.5, 1]]",
                "alpha" if name == "dirichlet" => "[0.5, 2.0, 1.0]",
                "pvals" => "[0.25, 0.25, 0.5]",
                "colors" => "[5, 0, 9]",
                "beta" => "-0.5",
                "x" => "linspace(0, 1, 7)",
                "a" if name == "choice" => "arange(9)",
                "p" if name == "choice" => "None",
                "axis" => "-1",
                "replace" | "shuffle" => "False",
                "p" => "0.25",
                "low" | "left" => "1",
                "high" | "n" | "ngood" | "nbad" | "nsample" => "7",
                "mode" => "3",
                "right" => "5",
                _ => "1.5",
            };
            let named = format!("{parameter}={value}");
            by_position.push(if by_name_only { named.clone() } else { value.to_owned() });
            by_name.push(named);
        }
        by_name.reverse();
        let by_position = format!("random.{name}({}, seed=8)", by_position.join(", "));
        let by_name = format!("random.default_rng(8).{name}({})", by_name.join(", "));
        agree(&by_position, &by_name);
        let dtype = match name {
            "bernoulli" => DType::Bool,
            "binomial"
            | "choice"
            | "geometric"
            | "hypergeometric"
            | "integers"
            | "logseries"
            | "multinomial"
            | "multivariate_hypergeometric"
            | "negative_binomial"
            | "poisson"
            | "zipf"
            | "zipfian" => DType::Int64,
            _ => DType::Float64,
        };
        assert_eq!(block(&by_name).dtype(), dtype, "{name}");
    }
}

#[test]
fn parameters_are_those_of_the_library_in_their_order() {
    for (call, variate) in [
        ("f(3, 9, ", Variate::FisherF { numerator: 3.0, denominator: 9.0 }),
        ("frechet(1, 2, 3, ", Variate::Frechet { location: 1.0, shape_parameter: 2.0, scale: 3.0 }),
        ("noncentral_chisquare(3, 0.5, ", Variate::NoncentralChiSquare { freedom: 3.0, noncentrality: 0.5 }),
        (
            "noncentral_f(3, 9, 0.5, ",
            Variate::NoncentralF { numerator: 3.0, denominator: 9.0, noncentrality: 0.5 },
        ),
        ("normal_inverse_gaussian(2, -1, ", Variate::NormalInverseGaussian { alpha: 2.0, beta: -1.0 }),
        ("pert(1, 2, 5, ", Variate::Pert { left: 1.0, mode: 2.0, right: 5.0, shape_parameter: 4.0 }),
        ("skew_normal(1, 2, -3, ", Variate::SkewNormal { location: 1.0, scale: 2.0, skewness: -3.0 }),
        ("vonmises(1, 2, ", Variate::VonMises { mean: 1.0, concentration: 2.0 }),
        ("wald(1, 2, ", Variate::Wald { mean: 1.0, scale: 2.0 }),
        ("hypergeometric(15, 20, 10, ", Variate::Hypergeometric { good: 15, bad: 20, sample: 10 }),
        ("logseries(0.5, ", Variate::LogSeries { probability: 0.5 }),
        ("zipf(1.5, ", Variate::Zeta { exponent: 1.5 }),
        ("zipfian(100, 1.5, ", Variate::Zipf { size: 100, exponent: 1.5 }),
    ] {
        let found = block(&format!("random.{call}size=(7, 5), seed=42)"));
        let mut generator = Generator::new(42);
        if found.dtype() == DType::Int64 {
            let alone = generator.array::<i64>(&variate, &[7, 5]).expect("valid parameters");
            assert_eq!(found.to_ndarray::<i64>().expect("int64"), alone, "{call}");
        } else {
            let alone = generator.array::<f64>(&variate, &[7, 5]).expect("valid parameters");
            assert_eq!(found.to_ndarray::<f64>().expect("float64"), alone, "{call}");
        }
    }
}
