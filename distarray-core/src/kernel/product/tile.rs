//! The innermost loop: a tile of sums that stays in registers.

use crate::kernel::product::ring::Ring;
use crate::kernel::product::scratch::TILE_ROWS;
use crate::multiversion;

multiversion! {
    /// The sums of one tile: [`TILE_ROWS`] packed rows times one line of packed columns, from zero on, in the order of the
    /// inner axis.
    pub(super) fn tile<R: Ring>(left: &[R::Element], right: &[R::Element], sums: &mut [R::Lanes; TILE_ROWS]) {
        let mut found = [R::ZEROS; TILE_ROWS];
        for (xs, ys) in left.as_chunks::<TILE_ROWS>().0.iter().zip(right.chunks_exact(R::LANES)) {
            for (line, &x) in found.iter_mut().zip(xs) {
                for (sum, &y) in line.as_mut().iter_mut().zip(ys) {
                    *sum = R::step(*sum, x, y);
                }
            }
        }
        *sums = found;
    }
}
