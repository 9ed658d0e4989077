//! Bytes of elsewhere made this machine's: other byte orders, and truth values that are not 0 or 1; and one value's bytes
//! over and over.

use crate::multiversion;
use crate::scalar::Scalar;

/// Turns round the bytes of each number of `number_bytes` bytes; of single bytes nothing. What is left at the end of
/// `bytes` stays.
pub fn swap_bytes(number_bytes: usize, bytes: &mut [u8]) {
    match number_bytes {
        2 => swap_2(bytes),
        4 => swap_4(bytes),
        8 => swap_8(bytes),
        16 => swap_16(bytes),
        _ => {}
    }
}

/// Writes `value` over and over, as often as it fits in `target`.
pub fn repeat(value: &Scalar, target: &mut [u8]) {
    let value = value.to_bytes();
    for item in target.chunks_exact_mut(value.len()) {
        item.copy_from_slice(&value);
    }
}

multiversion! {
    fn swap_2(bytes: &mut [u8]) {
        for number in bytes.as_chunks_mut().0 {
            *number = u16::from_ne_bytes(*number).swap_bytes().to_ne_bytes();
        }
    }

    fn swap_4(bytes: &mut [u8]) {
        for number in bytes.as_chunks_mut().0 {
            *number = u32::from_ne_bytes(*number).swap_bytes().to_ne_bytes();
        }
    }

    fn swap_8(bytes: &mut [u8]) {
        for number in bytes.as_chunks_mut().0 {
            *number = u64::from_ne_bytes(*number).swap_bytes().to_ne_bytes();
        }
    }

    fn swap_16(bytes: &mut [u8]) {
        for number in bytes.as_chunks_mut().0 {
            *number = u128::from_ne_bytes(*number).swap_bytes().to_ne_bytes();
        }
    }

    /// Makes every byte that is not 0 a 1: what a bool is.
    pub fn make_bools(bytes: &mut [u8]) {
        for byte in bytes {
            *byte = u8::from(*byte != 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bytes_of_every_number_are_turned_round_and_no_others() {
        let original: Vec<u8> = (0..=255).chain(0..99).collect();
        for number_bytes in [1, 2, 4, 8, 16] {
            let mut turned = original.clone();
            swap_bytes(number_bytes, &mut turned);
            let whole = original.len() / number_bytes * number_bytes;
            for (turned, original) in turned.chunks(number_bytes).zip(original[..whole].chunks(number_bytes))
            {
                assert!(turned.iter().eq(original.iter().rev()), "{number_bytes} bytes");
            }
            assert_eq!(turned[whole..], original[whole..]);
        }
    }

    #[test]
    fn a_value_is_repeated_as_often_as_it_fits() {
        let mut target = [9; 7];
        repeat(&Scalar::UInt16(0x0102), &mut target);
        assert_eq!(target[..6], [0x0102_u16.to_ne_bytes(); 3].concat());
        assert_eq!(target[6], 9);
    }

    #[test]
    fn bools_are_0_and_1() {
        let mut bytes: Vec<u8> = (0..=255).collect();
        make_bools(&mut bytes);
        assert_eq!(bytes[0], 0);
        assert!(bytes[1..].iter().all(|&byte| byte == 1));
    }
}
