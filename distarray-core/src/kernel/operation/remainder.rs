//! Floor division and remainder of floats from C's `fmod`.
//!
//! # Source
//! `npy_divmod` of NumPy's `npy_math_internal.h.src`, whose order of operations (hence last bits, and the
//! signs of zeros) this follows.

macro_rules! divmod {
    ($($type:ty, $floor_divide:ident, $remainder:ident;)+) => {$(
        /// The largest integer not above `x / y`, where `rest` is `fmod(x, y)`; `x / y` for y = 0.
        #[inline(always)]
        pub(super) fn $floor_divide(x: $type, y: $type, rest: $type) -> $type {
            if y == 0.0 {
                return x / y;
            }
            let quotient = (x - rest) / y;
            let quotient = if rest != 0.0 && ((y < 0.0) != (rest < 0.0)) { quotient - 1.0 } else { quotient };
            if quotient == 0.0 {
                return (0.0 as $type).copysign(x / y);
            }
            let floor = quotient.floor();
            if quotient - floor > 0.5 { floor + 1.0 } else { floor }
        }

        /// `x - y floor(x / y)` with the sign of `y`, where `rest` is `fmod(x, y)`.
        #[inline(always)]
        pub(super) fn $remainder(_x: $type, y: $type, rest: $type) -> $type {
            if y == 0.0 {
                return rest;
            }
            if rest == 0.0 {
                return (0.0 as $type).copysign(y);
            }
            if (y < 0.0) != (rest < 0.0) { rest + y } else { rest }
        }
    )+};
}

divmod! {
    f32, floor_divide_f32, remainder_f32;
    f64, floor_divide, remainder;
}
