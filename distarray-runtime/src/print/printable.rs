//! What can be printed: all element types, each with the format that its elements share.

use distarray_core::Element;
use num_complex::Complex;

use super::float::FloatFormat;
use super::options::PrintOptions;

/// An element type that arrays of which can be printed.
pub trait Printable: Element {
    /// Writes each of `elements`; words of one array have the same width.
    fn words(elements: &[Self], options: &PrintOptions) -> Vec<String>;
}

impl Printable for bool {
    fn words(elements: &[Self], _: &PrintOptions) -> Vec<String> {
        let word = |&element: &bool| if element { " True" } else { "False" };
        elements.iter().map(|element| word(element).to_owned()).collect()
    }
}

macro_rules! integers {
    ($($type:ty),+) => {$(
        impl Printable for $type {
            fn words(elements: &[Self], _: &PrintOptions) -> Vec<String> {
                let width = |extreme: Option<&$type>| extreme.map_or(0, |extreme| extreme.to_string().len());
                let width = width(elements.iter().min()).max(width(elements.iter().max()));
                elements.iter().map(|element| format!("{element:>width$}")).collect()
            }
        }
    )+};
}

integers!(i8, i16, i32, i64, u8, u16, u32, u64);

macro_rules! floats {
    ($($type:ty),+) => {$(
        impl Printable for $type {
            fn words(elements: &[Self], options: &PrintOptions) -> Vec<String> {
                let format = FloatFormat::new(elements.iter().copied(), options.precision, false);
                elements.iter().map(|&element| format.write(element)).collect()
            }
        }

        impl Printable for Complex<$type> {
            fn words(elements: &[Self], options: &PrintOptions) -> Vec<String> {
                let real = FloatFormat::new(elements.iter().map(|element| element.re), options.precision, false);
                let imaginary = FloatFormat::new(elements.iter().map(|element| element.im), options.precision, true);
                let word = |element: &Self| {
                    let imaginary = imaginary.write(element.im);
                    let digits = imaginary.trim_end();
                    format!("{}{digits}j{}", real.write(element.re), &imaginary[digits.len()..])
                };
                elements.iter().map(word).collect()
            }
        }
    )+};
}

floats!(f32, f64);
