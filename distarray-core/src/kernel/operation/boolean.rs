//! Operations on `bool`, whose elements are bytes: any but 0 is true.

use super::{binary, unary};

binary! { u8 => {
    And(x, y) -> same = u8::from(x != 0) & u8::from(y != 0);
    Or(x, y) -> same = u8::from((x | y) != 0);
    Xor(x, y) -> same = u8::from(x != 0) ^ u8::from(y != 0);
    BoolEqual(x, y) -> same = u8::from((x != 0) == (y != 0));
    BoolLess(x, y) -> same = u8::from(x == 0) & u8::from(y != 0);
    BoolLessEqual(x, y) -> same = u8::from(x == 0) | u8::from(y != 0);
    BoolGreater(x, y) -> same = u8::from(x != 0) & u8::from(y == 0);
    BoolGreaterEqual(x, y) -> same = u8::from(x != 0) | u8::from(y == 0);
} }

unary! { u8 => {
    Not(x) -> same = u8::from(x == 0);
} }
