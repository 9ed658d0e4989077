//! The ufuncs as methods of handles: one for every row of core's table.

use crate::dist_array::DistArray;
use crate::elementwise::{Operand, apply_to};
use distarray_core::for_each_ufunc;
use distarray_core::ufunc::Ufunc;

macro_rules! methods {
    ($($variant:ident $method:ident [$name:literal $(, $alias:literal)*] $arity:tt $domain:ident => $value:ident
        { $($kernels:tt)* } $summary:literal;)+) => {
        impl DistArray {
            $(method!($arity $variant $method $name $summary);)+
        }
    };
}

macro_rules! method {
    (1 $variant:ident $method:ident $name:literal $summary:literal) => {
        #[doc = concat!("`numpy.", $name, "` of this array, x: ", $summary, ".")]
        #[track_caller]
        #[must_use]
        pub fn $method(&self) -> DistArray {
            apply_to(self, Ufunc::$variant, &[self.into()])
        }
    };
    (2 $variant:ident $method:ident $name:literal $summary:literal) => {
        #[doc = concat!("`numpy.", $name, "` of this array, the first argument, and another: ", $summary, ".")]
        #[track_caller]
        #[must_use]
        pub fn $method(&self, second: impl Into<Operand>) -> DistArray {
            apply_to(self, Ufunc::$variant, &[self.into(), second.into()])
        }
    };
    (3 $variant:ident $method:ident $name:literal $summary:literal) => {
        #[doc = concat!("`numpy.", $name, "` of this array, the first argument, and two more: ", $summary, ".")]
        #[track_caller]
        #[must_use]
        pub fn $method(&self, second: impl Into<Operand>, third: impl Into<Operand>) -> DistArray {
            apply_to(self, Ufunc::$variant, &[self.into(), second.into(), third.into()])
        }
    };
}

for_each_ufunc!(methods);
