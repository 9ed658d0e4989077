//! Whatever is accepted comes to an end, and is a number.

mod common;

use distarray_core::{DType, dispatch};
use distarray_random::{Family, Generator, Kind, RandomError, Variate, VectorVariate};

use common::array;
use common::measures::{DEVIATIONS, mean_misses, seed};
use common::moments::moments;

const COUNT: usize = 3000;
/// From tiny to huge.
const SIZES: [f64; 19] = [
    1e-308,
    1e-300,
    1e-150,
    1e-20,
    1e-8,
    0.01,
    0.5,
    1.0,
    1.000_000_1,
    2.0,
    10.0,
    1e3,
    1e6,
    1e9,
    1e15,
    1e18,
    1e150,
    1e300,
    1e308,
];
const CHANCES: [f64; 10] =
    [0.0, 1e-300, 1e-20, 1e-9, 0.3, 0.5, 0.75, 1.0 - 1e-9, 1.0 - f64::EPSILON / 2.0, 1.0];
const WHOLE: [u64; 9] = [0, 1, 2, 9, 1000, 1 << 31, 1 << 40, 1 << 61, 1 << 62];

/// Makes some, if they are accepted.
fn try_out(kind: &Kind) -> bool {
    let (family, shape) = match kind {
        Kind::Scalar(variate) => (variate.family(), vec![COUNT]),
        Kind::Vector(variate) => (variate.family(), vec![COUNT, variate.length()]),
    };
    let dtype = match family {
        Family::Float => DType::Float64,
        Family::Integer | Family::Count => DType::Int64,
        Family::Truth => DType::Bool,
    };
    if kind.check(dtype, &shape).is_err() {
        return false;
    }
    dispatch!(dtype, Any(T) => {
        // Nothing but NaN differs from itself.
        let made = array::<T>(&mut Generator::new(seed(2000)), kind, &shape);
        #[expect(clippy::eq_op, reason = "that is how one asks")]
        let lost = made.iter().filter(|value| *value != *value).count();
        assert!(lost == 0, "{kind:?}: {lost} are no numbers");
    });
    true
}

#[test]
fn whatever_is_accepted_comes_to_an_end() {
    let mut accepted = 0;
    for a in SIZES {
        let mut kinds = vec![
            Variate::Exponential { scale: a },
            Variate::Rayleigh { scale: a },
            Variate::Pareto { shape_parameter: a },
            Variate::Power { shape_parameter: a },
            Variate::ChiSquare { freedom: a },
            Variate::StudentT { freedom: a },
            Variate::Poisson { mean: a },
            Variate::Zeta { exponent: a },
            Variate::Zeta { exponent: 1.0 + a },
            Variate::Zeta { exponent: 1.0 + f64::EPSILON },
        ];
        for b in SIZES {
            kinds.extend([
                Variate::Normal { mean: a, deviation: b },
                Variate::LogNormal { mean: a, deviation: b },
                Variate::Uniform { low: -a, high: b },
                Variate::Cauchy { location: a, scale: b },
                Variate::Logistic { location: a, scale: b },
                Variate::Gumbel { location: a, scale: b },
                Variate::Weibull { shape_parameter: a, scale: b },
                Variate::Frechet { location: 0.0, shape_parameter: a, scale: b },
                Variate::SkewNormal { location: 0.0, scale: b, skewness: -a },
                Variate::NormalInverseGaussian { alpha: a, beta: b },
                Variate::NormalInverseGaussian { alpha: a, beta: -0.999_999_999 * a },
                Variate::Triangular { left: -a, mode: 0.0, right: b },
                Variate::Pert { left: -a, mode: 0.0, right: b, shape_parameter: a },
                Variate::VonMises { mean: a, concentration: b },
                Variate::NoncentralChiSquare { freedom: a, noncentrality: b },
                Variate::NoncentralF { numerator: a, denominator: 3.0, noncentrality: b },
                Variate::FisherF { numerator: a, denominator: b },
                Variate::Gamma { shape_parameter: a, scale: b },
                Variate::Beta { alpha: a, beta: b },
                Variate::Wald { mean: a, scale: b },
            ]);
        }
        for p in CHANCES {
            kinds.push(Variate::NegativeBinomial { successes: a, probability: p });
        }
        for size in WHOLE {
            kinds.push(Variate::Zipf { size, exponent: a });
            kinds.push(Variate::Zipf { size, exponent: 1.0 - a });
            kinds.push(Variate::Zipf { size, exponent: 1.0 + a });
        }
        accepted += kinds.into_iter().filter(|variate| try_out(&Kind::from(*variate))).count();
        for b in SIZES {
            accepted += usize::from(try_out(&VectorVariate::Dirichlet { alpha: vec![a, b, 1.0] }.into()));
        }
    }
    for p in CHANCES {
        let mut kinds = vec![
            Variate::Bernoulli { probability: p },
            Variate::Geometric { probability: p },
            Variate::LogSeries { probability: p },
        ];
        kinds.extend(WHOLE.map(|trials| Variate::Binomial { trials, probability: p }));
        accepted += kinds.into_iter().filter(|variate| try_out(&Kind::from(*variate))).count();
        for trials in WHOLE {
            for q in CHANCES {
                let probabilities = vec![p, q, 0.25, 0.0];
                accepted +=
                    usize::from(try_out(&VectorVariate::Multinomial { trials, probabilities }.into()));
            }
        }
    }
    for good in WHOLE {
        for bad in WHOLE {
            for sample in
                WHOLE.into_iter().chain([good, bad, (good + bad) / 2, (good + bad).saturating_sub(3)])
            {
                accepted += usize::from(try_out(&Variate::Hypergeometric { good, bad, sample }.into()));
                let colors = vec![good, 7, bad];
                let vector = VectorVariate::MultivariateHypergeometric { colors, sample };
                accepted += usize::from(try_out(&vector.into()));
            }
        }
    }
    assert!(accepted > 5000, "{accepted}");
}

#[test]
fn totals_are_kept_beyond_two_to_the_fifty_three() {
    let mut generator = Generator::new(seed(2100));
    let vectors = generator.multinomial(1 << 62, &[0.3, 0.2, 0.1, 0.4], &[2000]).expect("valid parameters");
    assert!(vectors.rows().into_iter().all(|row| row.iter().all(|count| *count >= 0)));
    assert!(vectors.rows().into_iter().all(|row| row.sum() == 1 << 62));
    let colors = [1 << 61, 3, 1 << 60, 1 << 59];
    let vectors =
        generator.multivariate_hypergeometric(&colors, (1 << 61) + 5, &[2000]).expect("valid parameters");
    for row in vectors.rows() {
        assert_eq!(row.sum(), (1 << 61) + 5);
        assert!(row.iter().zip(colors).all(|(count, most)| *count >= 0 && *count <= most.cast_signed()));
    }
}

#[test]
fn large_parameters_keep_mean_and_variance() -> Result<(), RandomError> {
    let cases = [
        Variate::Poisson { mean: 1e12 },
        Variate::Poisson { mean: 4e18 },
        Variate::Binomial { trials: 1 << 45, probability: 0.3 },
        Variate::Binomial { trials: 1 << 62, probability: 0.3 },
        Variate::Binomial { trials: 1 << 62, probability: 1e-12 },
        Variate::Hypergeometric { good: 1 << 40, bad: 3 << 40, sample: 1 << 39 },
        Variate::Hypergeometric { good: 1 << 60, bad: 3 << 60, sample: 1 << 61 },
        Variate::Hypergeometric { good: 1 << 31, bad: 1 << 61, sample: 1 << 31 },
        Variate::Hypergeometric { good: 1 << 20, bad: 1 << 61, sample: 1 << 60 },
        Variate::Gamma { shape_parameter: 1e10, scale: 1.0 },
        Variate::Gamma { shape_parameter: 1e17, scale: 1.0 },
        Variate::NoncentralChiSquare { freedom: 0.5, noncentrality: 1e9 },
    ];
    for (number, variate) in (2200..).zip(cases) {
        let mut generator = Generator::new(seed(number));
        let values: Vec<f64> = match variate.family() {
            Family::Count => {
                generator.array::<i64>(&variate, &[100_000])?.iter().map(|k| *k as f64).collect()
            }
            _ => generator.array::<f64>(&variate, &[100_000])?.into_raw_vec_and_offset().0,
        };
        let (mean, variance) = moments(&variate).expect("all of these have some");
        // Subtracted first: squares of what is so large would round.
        let shifted: Vec<f64> = values.iter().map(|value| value - mean).collect();
        let misses = mean_misses(&shifted, 0.0);
        assert!(misses.abs() < DEVIATIONS, "{variate:?}: mean {misses}");
        let squares: Vec<f64> = shifted.iter().map(|value| value * value).collect();
        let misses = mean_misses(&squares, variance);
        assert!(misses.abs() < DEVIATIONS, "{variate:?}: variance {misses}");
        let fourths: Vec<f64> = shifted.iter().map(|value| (value * value / variance).powi(2)).collect();
        let misses = mean_misses(&fourths, 3.0);
        assert!(variance < 1e4 || misses.abs() < DEVIATIONS, "{variate:?}: kurtosis {misses}");
    }
    Ok(())
}

#[test]
fn scales_of_zero_and_triangles_of_any_width_give_numbers() {
    let mut generator = Generator::new(9);
    let frechet = Variate::Frechet { location: 2.0, shape_parameter: 1e-3, scale: 0.0 };
    assert!(
        generator
            .array::<f64>(&frechet, &[1000])
            .expect("valid parameters")
            .iter()
            .all(|value| *value == 2.0)
    );
    let weibull = Variate::Weibull { shape_parameter: 1e-3, scale: 0.0 };
    assert!(
        generator
            .array::<f64>(&weibull, &[1000])
            .expect("valid parameters")
            .iter()
            .all(|value| *value == 0.0)
    );
    for width in [1e-200, 1e200] {
        let triangle = Variate::Triangular { left: -width, mode: 0.0, right: width };
        let array = generator.array::<f64>(&triangle, &[1000]).expect("valid parameters");
        let inner = array.iter().filter(|value| value.abs() < 0.5 * width).count();
        assert!((680..820).contains(&inner), "{inner} of 1000 in the middle half");
    }
}

#[test]
fn quotients_of_vanishing_numbers_are_as_often_above_one_as_below() {
    let variate = Variate::NoncentralF { numerator: 1e-3, denominator: 1e-3, noncentrality: 0.0 };
    let array = Generator::new(10).array::<f64>(&variate, &[100_000]).expect("valid parameters");
    let above = array.iter().filter(|value| **value > 1.0).count();
    assert!((49_000..51_000).contains(&above), "{above} of 100000");
}
