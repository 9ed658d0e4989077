//! Rust's operators on handles and numbers. They never panic: a wrong one gives a failed handle.

use crate::dist_array::DistArray;
use crate::elementwise::{Operand, apply_to};
use distarray_core::ufunc::Ufunc;
use num_complex::Complex;
use std::ops::{
    Add, AddAssign, BitAnd, BitAndAssign, BitOr, BitOrAssign, BitXor, BitXorAssign, Div, DivAssign, Mul,
    MulAssign, Neg, Not, Rem, RemAssign, Shl, ShlAssign, Shr, ShrAssign, Sub, SubAssign,
};

// One integer and one float type only: with more, the compiler could not tell what `&x * 2` is before
// the method that is called on it is found. Other numbers go through `Operand::from`.
macro_rules! number_operators {
    ($trait:ident, $method:ident, $ufunc:ident: $($number:ty),*) => {$(
        impl $trait<$number> for &DistArray {
            type Output = DistArray;
            #[track_caller]
            fn $method(self, other: $number) -> DistArray {
                apply_to(self, Ufunc::$ufunc, &[self.into(), other.into()])
            }
        }
        impl $trait<$number> for DistArray {
            type Output = DistArray;
            #[track_caller]
            fn $method(self, other: $number) -> DistArray {
                (&self).$method(other)
            }
        }
        impl $trait<&DistArray> for $number {
            type Output = DistArray;
            #[track_caller]
            fn $method(self, other: &DistArray) -> DistArray {
                apply_to(other, Ufunc::$ufunc, &[self.into(), other.into()])
            }
        }
        impl $trait<DistArray> for $number {
            type Output = DistArray;
            #[track_caller]
            fn $method(self, other: DistArray) -> DistArray {
                self.$method(&other)
            }
        }
    )*};
}

macro_rules! binary_operators {
    ($($trait:ident, $method:ident, $assign_trait:ident, $assign:ident, $ufunc:ident);* $(;)?) => {$(
        impl $trait<&DistArray> for &DistArray {
            type Output = DistArray;
            #[track_caller]
            fn $method(self, other: &DistArray) -> DistArray {
                apply_to(self, Ufunc::$ufunc, &[self.into(), other.into()])
            }
        }
        impl $trait<DistArray> for &DistArray {
            type Output = DistArray;
            #[track_caller]
            fn $method(self, other: DistArray) -> DistArray {
                self.$method(&other)
            }
        }
        impl $trait<&DistArray> for DistArray {
            type Output = DistArray;
            #[track_caller]
            fn $method(self, other: &DistArray) -> DistArray {
                (&self).$method(other)
            }
        }
        impl $trait<DistArray> for DistArray {
            type Output = DistArray;
            #[track_caller]
            fn $method(self, other: DistArray) -> DistArray {
                (&self).$method(&other)
            }
        }
        /// The name gets the new value; the old one, if other handles hold it, stays as it was.
        impl<O: Into<Operand>> $assign_trait<O> for DistArray {
            #[track_caller]
            fn $assign(&mut self, other: O) {
                *self = apply_to(self, Ufunc::$ufunc, &[(&*self).into(), other.into()]);
            }
        }
        number_operators!($trait, $method, $ufunc: bool, i64, f64, Complex<f64>);
    )*};
}

binary_operators! {
    Add, add, AddAssign, add_assign, Add;
    Sub, sub, SubAssign, sub_assign, Subtract;
    Mul, mul, MulAssign, mul_assign, Multiply;
    Div, div, DivAssign, div_assign, Divide;
    Rem, rem, RemAssign, rem_assign, Remainder;
    BitAnd, bitand, BitAndAssign, bitand_assign, BitwiseAnd;
    BitOr, bitor, BitOrAssign, bitor_assign, BitwiseOr;
    BitXor, bitxor, BitXorAssign, bitxor_assign, BitwiseXor;
    Shl, shl, ShlAssign, shl_assign, LeftShift;
    Shr, shr, ShrAssign, shr_assign, RightShift;
}

macro_rules! unary_operators {
    ($($trait:ident, $method:ident, $ufunc:ident);* $(;)?) => {$(
        impl $trait for &DistArray {
            type Output = DistArray;
            #[track_caller]
            fn $method(self) -> DistArray {
                apply_to(self, Ufunc::$ufunc, &[self.into()])
            }
        }
        impl $trait for DistArray {
            type Output = DistArray;
            #[track_caller]
            fn $method(self) -> DistArray {
                (&self).$method()
            }
        }
    )*};
}

unary_operators! {
    Neg, neg, Negative;
    Not, not, Invert;
}
