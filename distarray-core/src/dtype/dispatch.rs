//! The one way from a [`DType`](crate::DType) known at run time to a type known to the compiler.

/// Evaluates an expression with `T` standing for the Rust type of a dtype.
///
/// `dispatch!(dtype, Family(T) => expression)`, once per operation. The families:
///
/// | family | dtypes | value |
/// |---|---|---|
/// | `Any` | all 13 | the expression's |
/// | `Stored` | all 13, `bool` as `u8` | the expression's |
/// | `Number` | all but `bool` | `Result<_, ElementError>` |
/// | `Real` | integers and floats | `Result<_, ElementError>` |
/// | `Integer` | integers | `Result<_, ElementError>` |
/// | `Float` | `float32`, `float64` | `Result<_, ElementError>` |
/// | `Ordered` | `bool`, integers and floats | `Result<_, ElementError>` |
///
/// The error of a dtype outside the family is
/// [`ElementError::NotInFamily`](crate::ElementError::NotInFamily).
///
/// ```
/// use distarray_core::{DType, ElementError, dispatch};
/// let dtype = DType::Complex64;
/// assert_eq!(dispatch!(dtype, Any(T) => size_of::<T>()), 8);
/// assert!(dispatch!(dtype, Real(T) => size_of::<T>()).is_err());
/// # Ok::<(), ElementError>(())
/// ```
#[macro_export]
macro_rules! dispatch {
    ($dtype:expr, Any($t:ident) => $body:expr) => {
        $crate::dispatch!(@match $dtype, $t, $body,
            [Bool bool] [Int8 i8] [Int16 i16] [Int32 i32] [Int64 i64]
            [UInt8 u8] [UInt16 u16] [UInt32 u32] [UInt64 u64] [Float32 f32] [Float64 f64]
            [Complex64 $crate::Complex<f32>] [Complex128 $crate::Complex<f64>];)
    };
    ($dtype:expr, Stored($t:ident) => $body:expr) => {
        $crate::dispatch!(@match $dtype, $t, $body,
            [Bool u8] [Int8 i8] [Int16 i16] [Int32 i32] [Int64 i64]
            [UInt8 u8] [UInt16 u16] [UInt32 u32] [UInt64 u64] [Float32 f32] [Float64 f64]
            [Complex64 $crate::Complex<f32>] [Complex128 $crate::Complex<f64>];)
    };
    ($dtype:expr, Number($t:ident) => $body:expr) => {
        $crate::dispatch!(@match $dtype, $t, Ok($body),
            [Int8 i8] [Int16 i16] [Int32 i32] [Int64 i64]
            [UInt8 u8] [UInt16 u16] [UInt32 u32] [UInt64 u64] [Float32 f32] [Float64 f64]
            [Complex64 $crate::Complex<f32>] [Complex128 $crate::Complex<f64>];
            other => $crate::dispatch!(@refuse other, "number"))
    };
    ($dtype:expr, Real($t:ident) => $body:expr) => {
        $crate::dispatch!(@match $dtype, $t, Ok($body),
            [Int8 i8] [Int16 i16] [Int32 i32] [Int64 i64]
            [UInt8 u8] [UInt16 u16] [UInt32 u32] [UInt64 u64] [Float32 f32] [Float64 f64];
            other => $crate::dispatch!(@refuse other, "real"))
    };
    ($dtype:expr, Integer($t:ident) => $body:expr) => {
        $crate::dispatch!(@match $dtype, $t, Ok($body),
            [Int8 i8] [Int16 i16] [Int32 i32] [Int64 i64]
            [UInt8 u8] [UInt16 u16] [UInt32 u32] [UInt64 u64];
            other => $crate::dispatch!(@refuse other, "integer"))
    };
    ($dtype:expr, Float($t:ident) => $body:expr) => {
        $crate::dispatch!(@match $dtype, $t, Ok($body),
            [Float32 f32] [Float64 f64];
            other => $crate::dispatch!(@refuse other, "float"))
    };
    ($dtype:expr, Ordered($t:ident) => $body:expr) => {
        $crate::dispatch!(@match $dtype, $t, Ok($body),
            [Bool bool] [Int8 i8] [Int16 i16] [Int32 i32] [Int64 i64]
            [UInt8 u8] [UInt16 u16] [UInt32 u32] [UInt64 u64] [Float32 f32] [Float64 f64];
            other => $crate::dispatch!(@refuse other, "ordered"))
    };
    (@refuse $dtype:ident, $family:literal) => {
        Err($crate::ElementError::NotInFamily { dtype: $dtype, family: String::from($family) })
    };
    (@match $dtype:expr, $t:ident, $body:expr, $([$variant:ident $type:ty])+; $($rest:tt)*) => {
        match $dtype {
            $($crate::DType::$variant => { type $t = $type; $body })+
            $($rest)*
        }
    };
}
