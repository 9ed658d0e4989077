//! Resolution: in which dtypes a ufunc computes its arguments, as NumPy 2 with NEP 50's weak literals.

use std::cmp::Ordering;

use smallvec::SmallVec;

use super::{Domain, Ufunc};
use crate::dtype::{DType, Kind, promote, promote_weak};
use crate::error::ElementError;
use crate::scalar::{Scalar, Weak};

/// What a ufunc is asked about: an array or strong scalar, of which only the dtype matters, or a literal.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Argument {
    /// Something with a dtype.
    Strong(DType),
    /// A literal, which takes the dtype of what it meets.
    Weak(Weak),
}

impl From<DType> for Argument {
    fn from(dtype: DType) -> Argument {
        Argument::Strong(dtype)
    }
}

impl From<Weak> for Argument {
    fn from(literal: Weak) -> Argument {
        Argument::Weak(literal)
    }
}

impl From<Scalar> for Argument {
    fn from(scalar: Scalar) -> Argument {
        Argument::Strong(scalar.dtype())
    }
}

/// The dtypes of one application.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolution {
    /// What each argument is cast to. Alike, except for the truth of `where` and for comparisons of `uint64`
    /// with signed integers.
    pub computing: SmallVec<[DType; 3]>,
    /// The dtype of the result.
    pub result: DType,
}

impl Ufunc {
    /// The ufunc of a name, NumPy's or one of its aliases.
    ///
    /// # Errors
    /// [`ElementError::UnknownUfunc`].
    pub fn by_name(name: &str) -> Result<Ufunc, ElementError> {
        Ufunc::ALL
            .iter()
            .copied()
            .find(|ufunc| ufunc.name() == name || ufunc.aliases().contains(&name))
            .ok_or_else(|| ElementError::UnknownUfunc { name: name.to_owned() })
    }

    /// The dtypes for `arguments`.
    ///
    /// # Errors
    /// [`ElementError::Arity`]; [`ElementError::UnsupportedDTypes`] and [`ElementError::BoolSubtract`] for what
    /// NumPy refuses; [`ElementError::IntegerOutOfRange`] for an integer literal that does not fit (comparisons
    /// take any, `clip` takes bounds beyond the range, `where` wraps); [`ElementError::ComplexToReal`];
    /// [`ElementError::NegativeIntegerPower`] for a negative literal as the power of integers.
    pub fn resolve(self, arguments: &[Argument]) -> Result<Resolution, ElementError> {
        if arguments.len() != self.arity() {
            return Err(ElementError::Arity {
                ufunc: self.name().to_owned(),
                expected: self.arity(),
                found: arguments.len(),
            });
        }
        let refused = || self.refuse(arguments);
        let meeting = match self.domain() {
            Domain::Choice => meet(&arguments[1..])?,
            Domain::Truth => DType::Bool,
            Domain::Exponent => scaled(&arguments[0], &arguments[1]),
            Domain::Comparison if let Some((first, second)) = mixed_signs(arguments) => {
                return Ok(Resolution {
                    computing: SmallVec::from_slice(&[first, second]),
                    result: DType::Bool,
                });
            }
            // NumPy takes the first float that each array converts to safely, whatever they meet in.
            domain @ (Domain::Float | Domain::RealFloat) => meet(&floats(domain, arguments))?,
            _ => meet(arguments)?,
        };
        let dtype = self.domain().computing(meeting).ok_or_else(refused)?;
        let mut computing = SmallVec::from_elem(dtype, arguments.len());
        match self.domain() {
            Domain::Choice => computing[0] = DType::Bool,
            Domain::Exponent if !is_integral(&arguments[1]) => return Err(refused()),
            Domain::Exponent => computing[1] = DType::Int64,
            _ => {}
        }
        for (position, (argument, &dtype)) in arguments.iter().zip(&computing).enumerate() {
            if let Argument::Weak(literal) = argument {
                // NumPy takes a literal exponent for a C integer, beside `bool` for one of its default dtype.
                let is_exponent = self.domain() == Domain::Exponent && position == 1;
                let is_narrow = is_exponent && arguments[0] != Argument::Strong(DType::Bool);
                self.check_literal(position, literal, if is_narrow { DType::Int32 } else { dtype })?;
            }
        }
        if self == Ufunc::Power
            && dtype.is_integer()
            && let Argument::Weak(Weak::Int(exponent)) = arguments[1]
            && exponent < 0
        {
            return Err(ElementError::NegativeIntegerPower { exponent });
        }
        Ok(Resolution { computing, result: self.value().dtype(dtype) })
    }

    /// Whether `literal` can be the argument at `position`, computed in `dtype`.
    fn check_literal(self, position: usize, literal: &Weak, dtype: DType) -> Result<(), ElementError> {
        let side = literal_bound(literal, dtype);
        match self.domain() {
            Domain::Comparison => Ok(()),
            Domain::Choice if side.is_some() => literal.default_dtype().map(|_| ()),
            // A bound that no value reaches.
            _ if self == Ufunc::Clip && position > 0 && side == Some(harmless_side(position)) => Ok(()),
            _ => literal.to_scalar(dtype).map(|_| ()),
        }
    }

    fn refuse(self, arguments: &[Argument]) -> ElementError {
        let dtypes: Vec<DType> = arguments
            .iter()
            .map(|argument| match argument {
                Argument::Strong(dtype) => *dtype,
                Argument::Weak(literal) => literal.default_dtype().unwrap_or(DType::Int64),
            })
            .collect();
        if self == Ufunc::Subtract {
            return ElementError::BoolSubtract;
        }
        ElementError::UnsupportedDTypes { ufunc: self.name().to_owned(), dtypes }
    }
}

/// Beyond which end of a range the bound of `clip` at `position` does nothing.
pub(crate) fn harmless_side(position: usize) -> Ordering {
    if position == 1 { Ordering::Less } else { Ordering::Greater }
}

/// On which side of `dtype`'s range an integer literal lies, if outside.
pub(crate) fn literal_bound(literal: &Weak, dtype: DType) -> Option<Ordering> {
    let (Weak::Int(value), Some((low, high))) = (literal, dtype.integer_range()) else {
        return None;
    };
    if *value < low {
        Some(Ordering::Less)
    } else if *value > high {
        Some(Ordering::Greater)
    } else {
        None
    }
}

/// The dtype that decides in which one `argument` is scaled by a power of two: literal integers are small beside other
/// integers than `bool`.
fn scaled(argument: &Argument, exponent: &Argument) -> DType {
    match (argument, exponent) {
        (Argument::Strong(dtype), _) => *dtype,
        (Argument::Weak(Weak::Bool(_)), _) => DType::Bool,
        (Argument::Weak(Weak::Int(_)), Argument::Strong(DType::Bool) | Argument::Weak(_)) => DType::Int64,
        (Argument::Weak(Weak::Int(_)), _) => DType::Int8,
        (Argument::Weak(Weak::Float(_)), _) => DType::Float64,
        (Argument::Weak(Weak::Complex(_)), _) => DType::Complex128,
    }
}

/// Whether an argument is an integer that `int64` holds, or a truth.
fn is_integral(argument: &Argument) -> bool {
    match argument {
        Argument::Strong(DType::UInt64) => false,
        Argument::Strong(dtype) => matches!(dtype.kind(), Kind::Bool | Kind::Unsigned | Kind::Signed),
        Argument::Weak(literal) => matches!(literal, Weak::Bool(_) | Weak::Int(_)),
    }
}

/// Arguments as the floats they are computed in, where there is no literal among them.
fn floats(domain: Domain, arguments: &[Argument]) -> SmallVec<[Argument; 3]> {
    let float = |argument: &Argument| match argument {
        Argument::Strong(dtype) => Some(Argument::Strong(domain.computing(*dtype).unwrap_or(*dtype))),
        Argument::Weak(_) => None,
    };
    let floats: Option<SmallVec<[Argument; 3]>> = arguments.iter().map(float).collect();
    floats.unwrap_or_else(|| SmallVec::from_slice(arguments))
}

/// The dtype in which arguments meet: the strong ones first, then the literals' kinds from the highest down.
fn meet(arguments: &[Argument]) -> Result<DType, ElementError> {
    let strong = arguments.iter().filter_map(|argument| match argument {
        Argument::Strong(dtype) => Some(*dtype),
        Argument::Weak(_) => None,
    });
    let literals = || {
        arguments.iter().filter_map(|argument| match argument {
            Argument::Strong(_) => None,
            Argument::Weak(literal) => Some(literal),
        })
    };
    let Some(dtype) = strong.reduce(promote) else {
        // Literals alone have the default dtypes of their kinds.
        let mut defaults = literals().map(Weak::default_dtype);
        let first = defaults.next().unwrap_or(Ok(DType::Bool))?;
        return defaults.try_fold(first, |dtype, other| Ok(promote(dtype, other?)));
    };
    // The kind decides, not the value, which is looked at when the dtype is known.
    let highest = literals()
        .map(|literal| match literal {
            Weak::Bool(_) => (0, Weak::Bool(false)),
            Weak::Int(_) => (1, Weak::Int(0)),
            Weak::Float(_) => (2, Weak::Float(0.0)),
            Weak::Complex(_) => (3, *literal),
        })
        .max_by_key(|(rank, _)| *rank);
    match highest {
        Some((_, literal)) => promote_weak(dtype, &literal),
        None => Ok(dtype),
    }
}

/// The two dtypes, if one is `uint64` and the other a signed integer, which meet nowhere without loss.
fn mixed_signs(arguments: &[Argument]) -> Option<(DType, DType)> {
    let (Argument::Strong(first), Argument::Strong(second)) = (arguments[0], arguments[1]) else {
        return None;
    };
    match (first, second) {
        (DType::UInt64, other) if other.kind() == Kind::Signed => Some((first, DType::Int64)),
        (other, DType::UInt64) if other.kind() == Kind::Signed => Some((DType::Int64, second)),
        _ => None,
    }
}
