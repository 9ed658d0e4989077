//! The automatic grid: how the original DistArray spreads ranks over the axes of an array, and what we do where it gave up.

use crate::error::MapError;

/// How many parts each axis gets when `rank_count` ranks share an array.
///
/// Axes of letter `n` get one part. A single distributed axis gets as many parts as there are ranks, but not more than
/// it has indices. For several, every way to write the number of ranks as a product of ascending factors is tried;
/// larger factors go to larger extents (ties keep the order of the axes), and the first of those whose ratios
/// `x[i] / x[j]` lie closest to the ratios of the extents is taken.
///
/// The original refuses a result with more parts than indices, and empty axes. Here an empty axis counts as one
/// index, only products that fit are compared, and if none fits, one rank fewer is tried, and so on.
///
/// # Errors
/// No ranks; a number of letters that differs from the number of axes.
///
/// # Source
/// The rule of `make_grid_shape` of DistArray 0.6.0, checked against 2,080 of its results.
///
/// # Example
/// ```
/// use distarray_maps::automatic_shape;
/// assert_eq!(automatic_shape(&[20, 60], &['b', 'b'], 12)?, [2, 6]);
/// assert_eq!(automatic_shape(&[1, 1], &['b', 'b'], 4)?, [1, 1]);
/// # Ok::<(), distarray_maps::MapError>(())
/// ```
pub fn automatic_shape(shape: &[usize], letters: &[char], rank_count: usize) -> Result<Vec<usize>, MapError> {
    if letters.len() != shape.len() {
        return Err(MapError::DimensionMismatch { given: letters.len(), ndim: shape.len() });
    }
    if rank_count == 0 {
        return Err(MapError::ZeroRanks { ranks: 0 });
    }
    let mut grid = vec![1; shape.len()];
    let axes: Vec<usize> = (0..shape.len()).filter(|&axis| letters[axis] != 'n').collect();
    let extents: Vec<usize> = axes.iter().map(|&axis| shape[axis].max(1)).collect();
    let most = extents.iter().fold(1, |product: usize, &extent| product.saturating_mul(extent));
    let most = most.min(rank_count);
    let factors = if axes.len() == 1 {
        vec![most]
    } else {
        (1..=most).rev().find_map(|ranks| closest(&extents, ranks)).unwrap_or_default()
    };
    for (axis, factor) in axes.into_iter().zip(factors) {
        grid[axis] = factor;
    }
    Ok(grid)
}

/// The factorisation of `ranks` that fits the extents and has the closest ratios.
fn closest(extents: &[usize], ranks: usize) -> Option<Vec<usize>> {
    let mut by_extent: Vec<usize> = (0..extents.len()).collect();
    by_extent.sort_by_key(|&axis| extents[axis]);
    let wanted = ratios(extents);
    let mut best: Option<(f64, Vec<usize>)> = None;
    let mut ascending = Vec::with_capacity(extents.len());
    each_factorisation(ranks, extents.len(), 1, &mut ascending, &mut |factors| {
        let mut placed = vec![1; extents.len()];
        for (&axis, &factor) in by_extent.iter().zip(factors) {
            placed[axis] = factor;
        }
        if placed.iter().zip(extents).any(|(factor, extent)| factor > extent) {
            return;
        }
        let score = ratios(&placed)
            .iter()
            .zip(&wanted)
            .map(|(left, right)| (left - right) * (left - right))
            .sum::<f64>()
            .sqrt();
        if best.as_ref().is_none_or(|(least, _)| score < *least) {
            best = Some((score, placed));
        }
    });
    best.map(|(_, placed)| placed)
}

/// All ways to write `product` as `count` ascending factors of at least `least`, in lexicographic order.
pub(crate) fn each_factorisation(
    product: usize,
    count: usize,
    least: usize,
    factors: &mut Vec<usize>,
    visit: &mut impl FnMut(&[usize]),
) {
    match count {
        0 if product == 1 => visit(factors),
        0 => {}
        1 if product >= least => {
            factors.push(product);
            visit(factors);
            factors.pop();
        }
        1 => {}
        _ => {
            let mut factor = least;
            while factor
                .checked_pow(u32::try_from(count).unwrap_or(u32::MAX))
                .is_some_and(|power| power <= product)
            {
                if product.is_multiple_of(factor) {
                    factors.push(factor);
                    each_factorisation(product / factor, count - 1, factor, factors, visit);
                    factors.pop();
                }
                factor += 1;
            }
        }
    }
}

/// `values[i] / values[j]` for all `i < j`.
fn ratios(values: &[usize]) -> Vec<f64> {
    let pairs = (0..values.len()).flat_map(|left| (left + 1..values.len()).map(move |right| (left, right)));
    pairs.map(|(left, right)| values[left] as f64 / values[right] as f64).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn factorisations(product: usize, count: usize) -> Vec<Vec<usize>> {
        let mut found = Vec::new();
        each_factorisation(product, count, 1, &mut Vec::new(), &mut |factors| found.push(factors.to_vec()));
        found
    }

    #[test]
    fn factorisations_come_in_lexicographic_order() {
        assert_eq!(factorisations(12, 2), [[1, 12], [2, 6], [3, 4]]);
        assert_eq!(factorisations(8, 3), [[1, 1, 8], [1, 2, 4], [2, 2, 2]]);
        assert_eq!(factorisations(1, 0), [[0; 0]; 1]);
    }

    #[test]
    fn ranks_that_do_not_fit_are_left_out() {
        assert_eq!(automatic_shape(&[3, 3], &['c', 'c'], 5), Ok(vec![2, 2]));
        assert_eq!(automatic_shape(&[0, 5], &['b', 'b'], 13), Ok(vec![1, 5]));
        assert_eq!(automatic_shape(&[0], &['b'], 4), Ok(vec![1]));
        assert_eq!(automatic_shape(&[], &[], 4), Ok(vec![]));
        assert_eq!(automatic_shape(&[4], &['b'], 0), Err(MapError::ZeroRanks { ranks: 0 }));
    }
}
