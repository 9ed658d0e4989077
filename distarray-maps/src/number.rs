//! Number theory on cycles: greatest common divisors, sums of floors, first hits of an interval. All in `O(log)`.

/// The largest length an axis or an array may have: positions and their differences stay within 64 bits.
pub(crate) const MAXIMUM_LENGTH: usize = isize::MAX.cast_unsigned();

/// The greatest common divisor; `gcd(0, n) == n`.
pub(crate) fn gcd(mut left: usize, mut right: usize) -> usize {
    while right != 0 {
        (left, right) = (right, left % right);
    }
    left
}

/// The least common multiple, or `None` beyond 64 bits.
pub(crate) fn lcm(left: usize, right: usize) -> Option<usize> {
    (left / gcd(left, right)).checked_mul(right)
}

/// Back to 64 bits where the value is known to fit: it is a position or a count on an axis.
pub(crate) fn narrow(value: u128) -> usize {
    debug_assert!(value <= usize::MAX as u128, "a position beyond 64 bits");
    value as usize
}

/// `value` modulo `modulus`, as the representative of least magnitude in `(-modulus/2, modulus/2]`.
pub(crate) fn signed_residue(value: i128, modulus: usize) -> isize {
    let modulus = modulus as i128;
    let residue = value.rem_euclid(modulus);
    let signed = if residue > modulus / 2 { residue - modulus } else { residue };
    signed as isize
}

/// The sum of `floor((factor * x + offset) / modulus)` over `x` in `0..count`, modulo 2^128.
///
/// # Source
/// The Euclid-like recursion of AtCoder Library's `floor_sum`: the sum counts lattice points under a line,
/// and the line's slope is turned over until nothing is left.
pub(crate) fn floor_sum(mut count: u128, mut modulus: u128, mut factor: u128, mut offset: u128) -> u128 {
    let mut sum: u128 = 0;
    loop {
        if factor >= modulus {
            let pairs = if count.is_multiple_of(2) {
                (count / 2).wrapping_mul(count.wrapping_sub(1))
            } else {
                (count / 2).wrapping_mul(count)
            };
            sum = sum.wrapping_add(pairs.wrapping_mul(factor / modulus));
            factor %= modulus;
        }
        if offset >= modulus {
            sum = sum.wrapping_add(count.wrapping_mul(offset / modulus));
            offset %= modulus;
        }
        let highest = factor * count + offset;
        if highest < modulus {
            return sum;
        }
        count = highest / modulus;
        offset = highest % modulus;
        (modulus, factor) = (factor, modulus);
    }
}

/// How many `x` in `0..count` have `(factor * x + offset) mod modulus` in `[low, high)`.
pub(crate) fn count_in_interval(
    count: usize,
    modulus: usize,
    factor: usize,
    offset: usize,
    low: usize,
    high: usize,
) -> usize {
    let (count, modulus, factor, offset) = (count as u128, modulus as u128, factor as u128, offset as u128);
    let above_low = floor_sum(count, modulus, factor, offset + modulus - low as u128);
    let above_high = floor_sum(count, modulus, factor, offset + modulus - high as u128);
    narrow(above_low.wrapping_sub(above_high))
}

/// The smallest `x` with `(factor * x) mod modulus` in `[low, high]`, if there is one.
///
/// Needs `factor < modulus` and `low <= high < modulus`. Each step replaces the cycle by the remainders a lap
/// leaves, as in Euclid's algorithm; turning the cycle round when `factor` is in its upper half keeps it logarithmic.
pub(crate) fn first_in_interval(factor: u128, modulus: u128, low: u128, high: u128) -> Option<u128> {
    if low == 0 {
        return Some(0);
    }
    if factor == 0 {
        return None;
    }
    if 2 * factor > modulus {
        return first_in_interval(modulus - factor, modulus, modulus - high, modulus - low);
    }
    let steps = low.div_ceil(factor);
    if steps * factor <= high {
        return Some(steps);
    }
    let lost_per_lap = (factor - modulus % factor) % factor;
    let laps = first_in_interval(lost_per_lap, factor, low % factor, high % factor)?;
    Some((low + modulus * laps).div_ceil(factor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floor_sums_agree_with_adding_up() {
        for modulus in 1..12u128 {
            for factor in 0..25 {
                for offset in 0..25 {
                    let mut sum = 0;
                    for count in 0..15 {
                        assert_eq!(floor_sum(count, modulus, factor, offset), sum);
                        sum += (factor * count + offset) / modulus;
                    }
                }
            }
        }
    }

    #[test]
    fn counting_agrees_with_listing() {
        for modulus in 1..14 {
            for factor in 0..modulus {
                for offset in 0..modulus {
                    for low in 0..modulus {
                        for high in low..=modulus {
                            let listed = (0..17)
                                .filter(|x| (low..high).contains(&((factor * x + offset) % modulus)))
                                .count();
                            assert_eq!(count_in_interval(17, modulus, factor, offset, low, high), listed);
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn first_hits_agree_with_searching() {
        for modulus in 1..24u128 {
            for factor in 0..modulus {
                for low in 0..modulus {
                    for high in low..modulus {
                        let searched = (0..modulus).find(|x| (low..=high).contains(&(factor * x % modulus)));
                        assert_eq!(
                            first_in_interval(factor, modulus, low, high),
                            searched,
                            "{factor} {modulus} {low} {high}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn residues_have_the_least_magnitude() {
        assert_eq!(signed_residue(7, 10), -3);
        assert_eq!(signed_residue(5, 10), 5);
        assert_eq!(signed_residue(-5, 10), 5);
        assert_eq!(signed_residue(1, 1), 0);
        assert_eq!(lcm(4, 6), Some(12));
        assert_eq!(lcm(usize::MAX, usize::MAX - 1), None);
    }
}
