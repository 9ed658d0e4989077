//! One rank's share of filling padded blocks: what it sends, what it receives, what it takes from itself.

use smallvec::SmallVec;

use crate::distribution::Distribution;
use crate::grid::Coords;
use crate::halo::axis::{AxisHalo, OwnedRun, readers};
use crate::halo::margin::Margin;
use crate::halo::run::HaloRuns;

/// The cells that go from one rank to another: a region that is the product of one list of runs per axis.
///
/// `source` of the runs counts in the block of the rank that has the cells, `target` in the padded block of the rank that
/// needs them. Both ranks compute the same lists. The cells of a message come in C order over (axis, run, index).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HaloTransfer {
    /// The other rank.
    pub peer: usize,
    /// The runs of each axis.
    pub axes: SmallVec<[HaloRuns; 3]>,
    /// The number of cells.
    pub count: usize,
}

/// What one rank sends, receives and keeps. Transfers are sorted by the peer's rank; none is empty.
///
/// Where ranks hold copies, each copy of the array fills its padded blocks by itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct HaloShare {
    sends: Vec<HaloTransfer>,
    receives: Vec<HaloTransfer>,
    local: Option<HaloTransfer>,
}

/// The runs of one axis that belong to one part.
struct Partner {
    part: usize,
    runs: HaloRuns,
}

impl HaloShare {
    pub(super) fn new(distribution: &Distribution, margins: &[Margin], rank: usize) -> Self {
        let mut share = HaloShare::default();
        let grid = distribution.grid();
        let Some((own, copy)) = grid.locate(rank) else { return share };
        let peer_at = |coords: &Coords| grid.copies_of(coords).nth(copy).unwrap_or(rank);
        let maps = || distribution.axes().iter().zip(margins).zip(&own);
        let owners =
            maps().map(|((map, margin), &part)| by_owner(&AxisHalo::new(map, margin, part).runs(map, part)));
        each_product(&owners.collect::<Vec<_>>(), |coords, transfer| {
            let transfer = HaloTransfer { peer: peer_at(coords), ..transfer };
            if *coords == own {
                share.local = Some(transfer);
            } else {
                share.receives.push(transfer);
            }
        });
        let wanted = maps().map(|((map, margin), &part)| {
            let of_reader = |reader: usize| {
                let runs = AxisHalo::new(map, margin, reader).runs(map, reader);
                let runs: HaloRuns =
                    runs.iter().filter(|owned| owned.part == part).map(|owned| owned.run).collect();
                (!runs.is_empty()).then_some(Partner { part: reader, runs })
            };
            readers(map, margin, part).into_iter().filter_map(of_reader).collect::<Vec<_>>()
        });
        each_product(&wanted.collect::<Vec<_>>(), |coords, transfer| {
            if *coords != own {
                share.sends.push(HaloTransfer { peer: peer_at(coords), ..transfer });
            }
        });
        share.sends.sort_unstable_by_key(|transfer| transfer.peer);
        share.receives.sort_unstable_by_key(|transfer| transfer.peer);
        share
    }

    /// What the rank sends to others.
    #[must_use]
    pub fn sends(&self) -> &[HaloTransfer] {
        &self.sends
    }

    /// What the rank receives from others.
    #[must_use]
    pub fn receives(&self) -> &[HaloTransfer] {
        &self.receives
    }

    /// What the rank takes from its own block: its own cells, and those that wrap round to itself.
    #[must_use]
    pub fn local(&self) -> Option<&HaloTransfer> {
        self.local.as_ref()
    }

    /// The number of cells the rank receives from others.
    #[must_use]
    pub fn received(&self) -> usize {
        self.receives.iter().map(|transfer| transfer.count).sum()
    }
}

/// The runs sorted by who owns them.
fn by_owner(runs: &[OwnedRun]) -> Vec<Partner> {
    let mut partners: Vec<Partner> = Vec::new();
    for owned in runs {
        match partners.iter_mut().find(|partner| partner.part == owned.part) {
            Some(partner) => partner.runs.push(owned.run),
            None => partners.push(Partner { part: owned.part, runs: SmallVec::from_slice(&[owned.run]) }),
        }
    }
    partners
}

/// Visits every choice of one partner per axis, with the coordinates it has and the cells it means.
fn each_product(axes: &[Vec<Partner>], mut visit: impl FnMut(&Coords, HaloTransfer)) {
    let choices: usize = axes.iter().map(Vec::len).product();
    for choice in 0..choices {
        let mut left = choice;
        let mut chosen: SmallVec<[&Partner; 4]> = SmallVec::new();
        for partners in axes.iter().rev() {
            chosen.push(&partners[left % partners.len()]);
            left /= partners.len();
        }
        chosen.reverse();
        let coords: Coords = chosen.iter().map(|partner| partner.part).collect();
        let axes: SmallVec<[HaloRuns; 3]> = chosen.iter().map(|partner| partner.runs.clone()).collect();
        let cells = |runs: &HaloRuns| runs.iter().map(|run| run.length).sum::<usize>();
        let count = axes.iter().map(cells).product();
        visit(&coords, HaloTransfer { peer: 0, axes, count });
    }
}
