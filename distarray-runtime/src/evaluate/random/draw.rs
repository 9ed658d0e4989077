//! `Draw`: one call that makes a random array, from its arguments to the array.

use super::generator::lock;
use super::refusal::{Given, refusal};
use super::table::{Parameter, Row};
use crate::calc::{CalcError, SourceRange};
use crate::evaluate::arguments::{Argument, Arguments, dtype, flag, shape};
use crate::evaluate::number::{as_float, as_integer};
use crate::evaluate::surroundings::Surroundings;
use crate::evaluate::value::{SharedGenerator, Value, at, weak};
use distarray_core::{DType, Weak};
use distarray_lazy::DistArray;
use distarray_maps::Distribution;
use distarray_random::{Family, Generator, Random, RandomError, Variate};
use distarray_spmd::compute::reduce::normalize_axes;
use distarray_spmd::{Operation, exactly};

/// A call of a function that draws from a generator. Arguments are taken out of it one by one; the last is followed
/// by [`Draw::array`], or by [`Draw::call`] of an operation that is not [`Random`].
pub(super) struct Draw<'a> {
    surroundings: &'a Surroundings,
    generator: SharedGenerator,
    arguments: Arguments,
    given: Vec<Given>,
    size_place: Option<SourceRange>,
    dtype_place: Option<SourceRange>,
}

impl<'a> Draw<'a> {
    pub(super) fn new(
        surroundings: &'a Surroundings,
        generator: SharedGenerator,
        arguments: Arguments,
    ) -> Self {
        Self { surroundings, generator, arguments, given: Vec::new(), size_place: None, dtype_place: None }
    }

    /// What the call happens in.
    pub(super) fn surroundings(&self) -> &'a Surroundings {
        self.surroundings
    }

    /// The place of the whole call.
    pub(super) fn range(&self) -> SourceRange {
        self.arguments.range()
    }

    /// All arguments, for those that are no numbers.
    pub(super) fn arguments(&mut self) -> &mut Arguments {
        &mut self.arguments
    }

    /// The array of a distribution of the table.
    pub(super) fn of_row(mut self, row: &Row) -> Result<Value, CalcError> {
        let mut numbers = Vec::with_capacity(row.parameters.len());
        for (position, parameter) in row.parameters.iter().enumerate() {
            numbers.push(self.real(position, parameter)?);
        }
        let variate = (row.variate)(&numbers);
        let position = row.parameters.len();
        let size = self.size(position)?;
        let dtype = self.dtype(row.has_dtype.then_some(position + 1), usual_dtype(&variate))?;
        self.array(variate, &size, dtype)
    }

    /// Notes the place of a parameter that the library calls `field`.
    pub(super) fn is_given(&mut self, name: &'static str, field: &'static str, place: SourceRange) {
        self.given.push(Given { name, field, place });
    }

    /// The place of a parameter that has been taken; of the call if it was not given.
    pub(super) fn place_of(&self, name: &str) -> SourceRange {
        self.given.iter().find(|given| given.name == name).map_or(self.range(), |given| given.place)
    }

    /// A parameter that is a real number.
    pub(super) fn real(&mut self, position: usize, parameter: &Parameter) -> Result<f64, CalcError> {
        let given = match parameter.default {
            Some(_) => self.arguments.optional(position, &[parameter.name])?,
            None => Some(self.arguments.required(position, &[parameter.name])?),
        };
        match given {
            None => Ok(parameter.default.unwrap_or(f64::NAN)),
            Some(argument) => {
                let number = self.number(argument, parameter.name, parameter.field)?;
                as_float(number.0).ok_or_else(|| {
                    CalcError::new(
                        number.1,
                        format!("{} is complex: a real number is needed", parameter.name),
                    )
                })
            }
        }
    }

    /// An argument that is an integer, called `name` and, by the library, `field`.
    pub(super) fn whole(
        &mut self,
        argument: Argument,
        name: &'static str,
        field: &'static str,
    ) -> Result<(i128, SourceRange), CalcError> {
        let kind = argument.0.kind();
        let (number, place) = self.number(argument, name, field)?;
        let refused = || CalcError::new(place, format!("{name} is {kind}: an integer is needed"));
        as_integer(number).map(|value| (value, place)).ok_or_else(refused)
    }

    /// A parameter that counts something, from `least` on: an integer, for there may be more than floats count.
    pub(super) fn count(
        &mut self,
        position: usize,
        name: &'static str,
        field: &'static str,
        least: u64,
    ) -> Result<u64, CalcError> {
        const MOST: u64 = 1 << 62;
        let argument = self.arguments.required(position, &[name])?;
        let (count, place) = self.whole(argument, name, field)?;
        let refused = || format!("{name} {count} is refused: it must be from {least} to 2^62");
        let fits = u64::try_from(count).ok().filter(|count| (least..=MOST).contains(count));
        fits.ok_or_else(|| CalcError::new(place, refused()))
    }

    /// The number that an argument is; an array of no dimensions is one too.
    fn number(
        &mut self,
        (value, place): Argument,
        name: &'static str,
        field: &'static str,
    ) -> Result<(Weak, SourceRange), CalcError> {
        self.is_given(name, field, place);
        match value {
            Value::Number(number) => Ok((number, place)),
            Value::Array(array) if array.ndim() == 0 => {
                array.item().map(|scalar| (weak(scalar), place)).map_err(|error| at(place, &error))
            }
            other @ (Value::Array(_) | Value::Tuple(_)) => Err(CalcError::new(
                place,
                format!("{name} is {}: here it must be one number for all elements", other.kind()),
            )),
            other => Err(CalcError::new(place, format!("{name} is {}: a number is needed", other.kind()))),
        }
    }

    /// The shape of the result: `size`, also called `shape` unless a parameter of the distribution is called so.
    pub(super) fn size(&mut self, position: usize) -> Result<Vec<usize>, CalcError> {
        let names: &[&str] =
            if self.given.iter().any(|given| given.name == "shape") { &["size"] } else { &["size", "shape"] };
        let size = self.arguments.optional(position, names)?;
        if let Some((_, place)) = self.arguments.keyword(names)? {
            let function = self.arguments.function();
            return Err(CalcError::new(place, format!("{function}() takes size= or shape=, not both")));
        }
        match size {
            None | Some((Value::None, _)) => Ok(Vec::new()),
            Some(size) => {
                self.size_place = Some(size.1);
                shape(&size)
            }
        }
    }

    /// The place of `size`, once it has been taken; of the call if it was not given.
    pub(super) fn size_place(&self) -> SourceRange {
        self.size_place.unwrap_or(self.range())
    }

    /// A truth value, and what it is unless it is given.
    pub(super) fn flag(&mut self, position: usize, name: &str, usual: bool) -> Result<bool, CalcError> {
        self.arguments.optional(position, &[name])?.map_or(Ok(usual), |argument| flag(&argument))
    }

    /// The axis that is meant in an array of `ndim` dimensions: the first unless it is given.
    pub(super) fn axis(&mut self, position: usize, ndim: usize) -> Result<usize, CalcError> {
        let argument = self.arguments.optional(position, &["axis"])?;
        let first = (0, self.range());
        let (axis, place) = argument.map_or(Ok(first), |argument| self.whole(argument, "axis", "axis"))?;
        let refused = || CalcError::new(place, format!("axis {axis} is out of bounds"));
        let axis = isize::try_from(axis).map_err(|_| refused())?;
        let axes = normalize_axes(&[axis], ndim).map_err(|error| at(place, &error))?;
        axes.first().copied().ok_or_else(refused)
    }

    /// The dtype of the result: by name, and by position where NumPy has one.
    pub(super) fn dtype(&mut self, position: Option<usize>, usual: DType) -> Result<DType, CalcError> {
        for refused in ["out", "method"] {
            if let Some((_, place)) = self.arguments.keyword(&[refused])? {
                let function = self.arguments.function();
                return Err(CalcError::new(place, format!("{function}() does not take {refused}= here")));
            }
        }
        match self.arguments.optional(position.unwrap_or(usize::MAX), &["dtype"])? {
            None | Some((Value::None, _)) => Ok(usual),
            Some(argument) => {
                self.dtype_place = Some(argument.1);
                dtype(&argument)
            }
        }
    }

    /// How an array that is made is spread.
    pub(super) fn layout(&self, size: &[usize]) -> Result<Distribution, CalcError> {
        self.surroundings.layout(size).map_err(|error| at(self.range(), &error.into()))
    }

    /// The array, from the generator's next stream, spread as other arrays that are made.
    pub(super) fn array(self, variate: Variate, size: &[usize], dtype: DType) -> Result<Value, CalcError> {
        let layout = self.layout(size)?;
        self.call(&[], |generator| Random::new(generator, variate, dtype, layout)).map(Value::Array)
    }

    /// The array that an operation makes of `inputs`. The generator moves on if nothing is refused.
    pub(super) fn call<O: Operation>(
        self,
        inputs: &[&DistArray],
        operation: impl FnOnce(&mut Generator) -> Result<O, RandomError>,
    ) -> Result<DistArray, CalcError> {
        let range = self.range();
        let Self { surroundings, generator, arguments, given, dtype_place, .. } = self;
        arguments.finish()?;
        let mut generator = lock(&generator);
        let mut moved_on = generator.clone();
        let operation =
            operation(&mut moved_on).map_err(|error| refusal(&error, &given, dtype_place, range))?;
        let made =
            surroundings.context.call(operation, inputs).and_then(|made| exactly::<1, _>(O::NAME, made));
        let [array] = made.map_err(|error| at(range, &error))?;
        *generator = moved_on;
        Ok(array)
    }
}

/// The dtype that NumPy gives.
pub(super) fn usual_dtype(variate: &Variate) -> DType {
    match variate.family() {
        Family::Float => DType::Float64,
        Family::Integer | Family::Count => DType::Int64,
        Family::Truth => DType::Bool,
    }
}
