//! `Transfer`: what goes from one rank to another in one message.

use smallvec::SmallVec;

use crate::grid::Coords;
use crate::run::Runs;
use crate::schedule::pairs::Partner;

/// The elements that go from one rank to another: a region that is the product of one list of runs per axis.
///
/// In each [`Run`](crate::Run) `source` is a local index on the sending rank and `target` one on the receiving rank. Both ranks
/// compute the same lists. The elements of the message come in C order over (axis, run, repeat, index).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// The other rank.
    pub peer: usize,
    /// The runs of each axis.
    pub axes: SmallVec<[Runs; 3]>,
    /// The number of elements: the product of the axes' numbers.
    pub count: usize,
}

/// The partners of one rank on each axis.
pub(super) type AxisPartners = SmallVec<[SmallVec<[Partner; 4]>; 3]>;

impl Transfer {
    pub(super) fn new(peer: usize, chosen: &[&Partner]) -> Self {
        let count = chosen.iter().map(|partner| partner.count).product();
        Transfer { peer, axes: chosen.iter().map(|partner| partner.runs.clone()).collect(), count }
    }
}

/// Visits every choice of one partner per axis, in C order.
pub(super) fn each_product(axes: &AxisPartners, mut visit: impl FnMut(&[&Partner])) {
    if axes.iter().any(SmallVec::is_empty) {
        return;
    }
    let mut places: Coords = SmallVec::from_elem(0, axes.len());
    let mut chosen: SmallVec<[&Partner; 4]> = axes.iter().map(|partners| &partners[0]).collect();
    loop {
        visit(&chosen);
        let mut axis = axes.len();
        loop {
            if axis == 0 {
                return;
            }
            axis -= 1;
            places[axis] = (places[axis] + 1) % axes[axis].len();
            chosen[axis] = &axes[axis][places[axis]];
            if places[axis] != 0 {
                break;
            }
        }
    }
}
