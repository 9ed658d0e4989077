//! The table of distributions: NumPy's names and parameters, and which variate each is.

use distarray_random::Variate;

/// A distribution whose parameters are real numbers.
pub(super) struct Row {
    /// NumPy's name.
    pub(super) name: &'static str,
    /// In NumPy's order; `size` follows them.
    pub(super) parameters: &'static [Parameter],
    /// Whether `dtype` may be given by position, after `size`. By name it may always be given.
    pub(super) has_dtype: bool,
    /// The variate of as many numbers as there are parameters.
    pub(super) variate: fn(&[f64]) -> Variate,
}

/// A parameter of a distribution.
pub(super) struct Parameter {
    /// NumPy's name.
    pub(super) name: &'static str,
    /// The variate's name for it.
    pub(super) field: &'static str,
    /// What it is unless it is given; nothing if it must be.
    pub(super) default: Option<f64>,
}

const fn needed(name: &'static str, field: &'static str) -> Parameter {
    Parameter { name, field, default: None }
}

const fn given(name: &'static str, field: &'static str, default: f64) -> Parameter {
    Parameter { name, field, default: Some(default) }
}

const fn row(name: &'static str, parameters: &'static [Parameter], variate: fn(&[f64]) -> Variate) -> Row {
    Row { name, parameters, has_dtype: false, variate }
}

impl Row {
    const fn with_dtype(self) -> Row {
        Row { has_dtype: true, ..self }
    }
}

const LOCATION_AND_SCALE: &[Parameter] = &[given("loc", "location", 0.0), given("scale", "scale", 1.0)];
const SCALE: &[Parameter] = &[given("scale", "scale", 1.0)];
const SHAPE: &[Parameter] = &[needed("a", "shape_parameter")];
const FREEDOM: &[Parameter] = &[needed("df", "freedom")];
const PROBABILITY: &[Parameter] = &[needed("p", "probability")];
const NONCENTRALITY: Parameter = needed("nonc", "noncentrality");

/// A parameter of a distribution of our own, under the library's name.
const fn own(name: &'static str) -> Parameter {
    needed(name, name)
}

/// The distributions, in alphabetical order. `bernoulli`, `frechet`, `normal_inverse_gaussian`, `pert` and
/// `skew_normal` are our own, the others are NumPy's.
pub(super) const ROWS: &[Row] = &[
    row("bernoulli", PROBABILITY, |p| Variate::Bernoulli { probability: p[0] }),
    row("beta", &[needed("a", "alpha"), needed("b", "beta")], |p| Variate::Beta { alpha: p[0], beta: p[1] }),
    row("chisquare", FREEDOM, |p| Variate::ChiSquare { freedom: p[0] }),
    row("exponential", SCALE, |p| Variate::Exponential { scale: p[0] }),
    row("f", &[needed("dfnum", "numerator"), needed("dfden", "denominator")], |p| Variate::FisherF {
        numerator: p[0],
        denominator: p[1],
    }),
    row("frechet", &[own("location"), own("shape_parameter"), own("scale")], |p| Variate::Frechet {
        location: p[0],
        shape_parameter: p[1],
        scale: p[2],
    }),
    row("gamma", &[needed("shape", "shape_parameter"), given("scale", "scale", 1.0)], |p| Variate::Gamma {
        shape_parameter: p[0],
        scale: p[1],
    }),
    row("geometric", PROBABILITY, |p| Variate::Geometric { probability: p[0] }),
    row("gumbel", LOCATION_AND_SCALE, |p| Variate::Gumbel { location: p[0], scale: p[1] }),
    row("laplace", LOCATION_AND_SCALE, |p| Variate::Laplace { location: p[0], scale: p[1] }),
    row("logistic", LOCATION_AND_SCALE, |p| Variate::Logistic { location: p[0], scale: p[1] }),
    row("lognormal", &[given("mean", "mean", 0.0), given("sigma", "deviation", 1.0)], |p| {
        Variate::LogNormal { mean: p[0], deviation: p[1] }
    }),
    row("logseries", PROBABILITY, |p| Variate::LogSeries { probability: p[0] }),
    row("negative_binomial", &[needed("n", "successes"), needed("p", "probability")], |p| {
        Variate::NegativeBinomial { successes: p[0], probability: p[1] }
    }),
    row("noncentral_chisquare", &[needed("df", "freedom"), NONCENTRALITY], |p| {
        Variate::NoncentralChiSquare { freedom: p[0], noncentrality: p[1] }
    }),
    row(
        "noncentral_f",
        &[needed("dfnum", "numerator"), needed("dfden", "denominator"), NONCENTRALITY],
        |p| Variate::NoncentralF { numerator: p[0], denominator: p[1], noncentrality: p[2] },
    ),
    row("normal", &[given("loc", "mean", 0.0), given("scale", "deviation", 1.0)], |p| Variate::Normal {
        mean: p[0],
        deviation: p[1],
    }),
    row("normal_inverse_gaussian", &[own("alpha"), own("beta")], |p| Variate::NormalInverseGaussian {
        alpha: p[0],
        beta: p[1],
    }),
    row("pareto", SHAPE, |p| Variate::Pareto { shape_parameter: p[0] }),
    row(
        "pert",
        &[own("left"), own("mode"), own("right"), given("shape_parameter", "shape_parameter", 4.0)],
        |p| Variate::Pert { left: p[0], mode: p[1], right: p[2], shape_parameter: p[3] },
    ),
    row("poisson", &[given("lam", "mean", 1.0)], |p| Variate::Poisson { mean: p[0] }),
    row("power", SHAPE, |p| Variate::Power { shape_parameter: p[0] }),
    row("random", &[], |_| Variate::Uniform { low: 0.0, high: 1.0 }).with_dtype(),
    row("rayleigh", SCALE, |p| Variate::Rayleigh { scale: p[0] }),
    row("skew_normal", &[own("location"), own("scale"), own("skewness")], |p| Variate::SkewNormal {
        location: p[0],
        scale: p[1],
        skewness: p[2],
    }),
    row("standard_cauchy", &[], |_| Variate::Cauchy { location: 0.0, scale: 1.0 }),
    row("standard_exponential", &[], |_| Variate::Exponential { scale: 1.0 }).with_dtype(),
    row("standard_gamma", &[needed("shape", "shape_parameter")], |p| Variate::Gamma {
        shape_parameter: p[0],
        scale: 1.0,
    })
    .with_dtype(),
    row("standard_normal", &[], |_| Variate::Normal { mean: 0.0, deviation: 1.0 }).with_dtype(),
    row("standard_t", FREEDOM, |p| Variate::StudentT { freedom: p[0] }),
    row("triangular", &[needed("left", "left"), needed("mode", "mode"), needed("right", "right")], |p| {
        Variate::Triangular { left: p[0], mode: p[1], right: p[2] }
    }),
    row("uniform", &[given("low", "low", 0.0), given("high", "high", 1.0)], |p| Variate::Uniform {
        low: p[0],
        high: p[1],
    }),
    row("vonmises", &[needed("mu", "mean"), needed("kappa", "concentration")], |p| Variate::VonMises {
        mean: p[0],
        concentration: p[1],
    }),
    row("wald", &[needed("mean", "mean"), needed("scale", "scale")], |p| Variate::Wald {
        mean: p[0],
        scale: p[1],
    }),
    row("weibull", SHAPE, |p| Variate::Weibull { shape_parameter: p[0], scale: 1.0 }),
    row("zipf", &[needed("a", "exponent")], |p| Variate::Zeta { exponent: p[0] }),
];

/// The row of a name.
pub(super) fn row_of(name: &str) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.name == name)
}
