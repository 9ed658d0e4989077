//! Rings: how elements are multiplied and added.

use std::marker::PhantomData;

use crate::Complex;
use crate::element::Plain;

/// Elements that are multiplied and added, none of it fused or reordered.
pub(super) trait Ring: 'static {
    /// The type of an element as it is stored.
    type Element: Plain;
    /// As many elements as a cache line holds.
    type Lanes: Copy + AsRef<[Self::Element]> + AsMut<[Self::Element]>;
    /// How many these are.
    const LANES: usize;
    /// Zeros.
    const ZEROS: Self::Lanes;
    /// What elements are made of: themselves, or real and imaginary parts.
    type Part: Plain;
    /// A line of a tile: [`Ring::WIDTH`] elements; of complex ones first all real parts, then all imaginary ones.
    type Line: Copy;
    /// How many elements a line has.
    const WIDTH: usize;
    /// A line of zeros.
    const BLANK: Self::Line;

    /// Parts as lines.
    fn lines_mut(parts: &mut [Self::Part]) -> &mut [Self::Line];

    /// Elements that follow each other as lines, if they can be seen as such.
    fn as_lines(elements: &[Self::Element]) -> Option<&[Self::Line]>;

    /// One element of a line.
    fn get(line: &Self::Line, place: usize) -> Self::Element;

    /// Changes one element of a line.
    fn set(line: &mut Self::Line, place: usize, element: Self::Element);

    /// `sums + x * ys`.
    fn step_line(sums: &Self::Line, x: Self::Element, ys: &Self::Line) -> Self::Line;

    /// `sum + x * y`.
    fn step(sum: Self::Element, x: Self::Element, y: Self::Element) -> Self::Element;

    /// `first + second`.
    fn add(first: Self::Element, second: Self::Element) -> Self::Element;

    /// Adds `x` to `sum`, and to `rest` what is lost of it by rounding.
    fn carry(sum: &mut Self::Element, rest: &mut Self::Element, x: Self::Element);
}

/// What lines of real elements are: the elements, one after the other.
macro_rules! plain_lines {
    ($type:ty, $width:expr) => {
        type Part = $type;
        type Line = [$type; $width];
        const WIDTH: usize = $width;
        const BLANK: [$type; $width] = Self::ZEROS;

        #[inline(always)]
        fn lines_mut(parts: &mut [$type]) -> &mut [[$type; $width]] {
            parts.as_chunks_mut().0
        }

        #[inline(always)]
        fn as_lines(elements: &[$type]) -> Option<&[[$type; $width]]> {
            Some(elements.as_chunks().0)
        }

        #[inline(always)]
        fn get(line: &[$type; $width], place: usize) -> $type {
            line[place]
        }

        #[inline(always)]
        fn set(line: &mut [$type; $width], place: usize, element: $type) {
            line[place] = element;
        }

        #[inline(always)]
        fn step_line(sums: &[$type; $width], x: $type, ys: &[$type; $width]) -> [$type; $width] {
            std::array::from_fn(|place| Self::step(sums[place], x, ys[place]))
        }
    };
}

/// The arithmetic of numbers; integers wrap.
pub(super) struct Numbers<T>(PhantomData<T>);

/// That of truth values: or of ands. Any byte but 0 is true.
pub(super) struct Truths;

macro_rules! integers {
    ($($type:ty),+) => {$(
        impl Ring for Numbers<$type> {
            type Element = $type;
            type Lanes = [$type; 64 / size_of::<$type>()];
            const LANES: usize = 64 / size_of::<$type>();
            const ZEROS: Self::Lanes = [0; 64 / size_of::<$type>()];
            plain_lines!($type, 64 / size_of::<$type>());

            #[inline(always)]
            fn step(sum: $type, x: $type, y: $type) -> $type {
                sum.wrapping_add(x.wrapping_mul(y))
            }

            #[inline(always)]
            fn add(first: $type, second: $type) -> $type {
                first.wrapping_add(second)
            }

            #[inline(always)]
            fn carry(sum: &mut $type, _: &mut $type, x: $type) {
                *sum = sum.wrapping_add(x);
            }
        }
    )+};
}

macro_rules! floats {
    ($($type:ty),+) => {$(
        impl Ring for Numbers<$type> {
            type Element = $type;
            type Lanes = [$type; 64 / size_of::<$type>()];
            const LANES: usize = 64 / size_of::<$type>();
            const ZEROS: Self::Lanes = [0.0; 64 / size_of::<$type>()];
            plain_lines!($type, 64 / size_of::<$type>());

            #[inline(always)]
            fn step(sum: $type, x: $type, y: $type) -> $type {
                sum + x * y
            }

            #[inline(always)]
            fn add(first: $type, second: $type) -> $type {
                first + second
            }

            #[inline(always)]
            fn carry(sum: &mut $type, rest: &mut $type, x: $type) {
                // Knuth's two-sum. What is lost of an infinite sum is nothing.
                let next = *sum + x;
                let of_x = next - *sum;
                let lost = (*sum - (next - of_x)) + (x - of_x);
                *sum = next;
                *rest += if lost.is_finite() { lost } else { 0.0 };
            }
        }

        impl Ring for Numbers<Complex<$type>> {
            type Element = Complex<$type>;
            type Lanes = [Complex<$type>; 32 / size_of::<$type>()];
            const LANES: usize = 32 / size_of::<$type>();
            const ZEROS: Self::Lanes = [Complex::new(0.0, 0.0); 32 / size_of::<$type>()];
            type Part = $type;
            type Line = [$type; 128 / size_of::<$type>()];
            const WIDTH: usize = 64 / size_of::<$type>();
            const BLANK: Self::Line = [0.0; 128 / size_of::<$type>()];


            #[inline(always)]
            fn lines_mut(parts: &mut [$type]) -> &mut [Self::Line] {
                parts.as_chunks_mut().0
            }

            #[inline(always)]
            fn as_lines(_: &[Complex<$type>]) -> Option<&[Self::Line]> {
                None
            }

            #[inline(always)]
            fn get(line: &Self::Line, place: usize) -> Complex<$type> {
                Complex::new(line[place], line[Self::WIDTH + place])
            }

            #[inline(always)]
            fn set(line: &mut Self::Line, place: usize, element: Complex<$type>) {
                line[place] = element.re;
                line[Self::WIDTH + place] = element.im;
            }

            #[inline(always)]
            fn step_line(sums: &Self::Line, x: Complex<$type>, ys: &Self::Line) -> Self::Line {
                const WIDTH: usize = 64 / size_of::<$type>();
                // Each half by itself, of lengths that the compiler knows, so that it makes vectors of them.
                let real: [$type; WIDTH] = std::array::from_fn(|place| {
                    sums[place] + (x.re * ys[place] - x.im * ys[WIDTH + place])
                });
                let imaginary: [$type; WIDTH] = std::array::from_fn(|place| {
                    sums[WIDTH + place] + (x.re * ys[WIDTH + place] + x.im * ys[place])
                });
                let mut line = [0.0; 2 * WIDTH];
                line[..WIDTH].copy_from_slice(&real);
                line[WIDTH..].copy_from_slice(&imaginary);
                line
            }

            #[inline(always)]
            fn step(sum: Complex<$type>, x: Complex<$type>, y: Complex<$type>) -> Complex<$type> {
                Complex::new(sum.re + (x.re * y.re - x.im * y.im), sum.im + (x.re * y.im + x.im * y.re))
            }

            #[inline(always)]
            fn add(first: Complex<$type>, second: Complex<$type>) -> Complex<$type> {
                Complex::new(first.re + second.re, first.im + second.im)
            }

            #[inline(always)]
            fn carry(sum: &mut Complex<$type>, rest: &mut Complex<$type>, x: Complex<$type>) {
                Numbers::<$type>::carry(&mut sum.re, &mut rest.re, x.re);
                Numbers::<$type>::carry(&mut sum.im, &mut rest.im, x.im);
            }
        }
    )+};
}

integers!(i8, i16, i32, i64, u8, u16, u32, u64);
floats!(f32, f64);

impl Ring for Truths {
    type Element = u8;
    type Lanes = [u8; 64];
    const LANES: usize = 64;
    const ZEROS: [u8; 64] = [0; 64];
    plain_lines!(u8, 64);

    #[inline(always)]
    fn step(sum: u8, x: u8, y: u8) -> u8 {
        sum | (u8::from(x != 0) & u8::from(y != 0))
    }

    #[inline(always)]
    fn add(first: u8, second: u8) -> u8 {
        u8::from(first != 0) | u8::from(second != 0)
    }

    #[inline(always)]
    fn carry(sum: &mut u8, _: &mut u8, x: u8) {
        *sum = Self::add(*sum, x);
    }
}
