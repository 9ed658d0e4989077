//! The innermost loop: a tile of sums that stays in registers.

use crate::kernel::product::ring::Ring;
use crate::kernel::product::scratch::TILE_ROWS;
use crate::multiversion;

multiversion! {
    /// The sums of one tile: [`TILE_ROWS`] packed rows times one line of packed columns, from zero on, in the order of the
    /// inner axis.
    pub(super) fn tile<R: Ring>(left: &[R::Element], right: &[R::Line], sums: &mut [R::Line; TILE_ROWS]) {
        // Eight variables: an array of them is not kept in registers.
        let [mut a, mut b, mut c, mut d, mut e, mut f, mut g, mut h] = [R::BLANK; TILE_ROWS];
        for (xs, ys) in left.as_chunks::<TILE_ROWS>().0.iter().zip(right) {
            a = R::step_line(&a, xs[0], ys);
            b = R::step_line(&b, xs[1], ys);
            c = R::step_line(&c, xs[2], ys);
            d = R::step_line(&d, xs[3], ys);
            e = R::step_line(&e, xs[4], ys);
            f = R::step_line(&f, xs[5], ys);
            g = R::step_line(&g, xs[6], ys);
            h = R::step_line(&h, xs[7], ys);
        }
        *sums = [a, b, c, d, e, f, g, h];
    }
}
