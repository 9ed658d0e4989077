//! One rank's share: what it sends, what it receives, what it keeps.

use crate::distribution::Distribution;
use crate::error::MapError;
use crate::grid::Coords;
use crate::schedule::pairs::{Own, partners};
use crate::schedule::transfer::{AxisPartners, Transfer, each_product};

/// What one rank sends, receives and keeps when an array moves from one distribution to another.
///
/// A rank that already holds a piece under the source takes it from itself; any other gets it from the piece's owner. Every
/// element of every target block comes from exactly one place. Transfers are sorted by the peer's rank; none is empty.
///
/// # Cost
/// Time and memory grow with the number of peers and with the blocks of one joint period of the two maps, not with
/// the number of elements (except for unstructured axes).
///
/// # Example
/// ```
/// use distarray_maps::{Distribution, Schedule};
/// let rows = Distribution::from_spec(&[8, 6], &"b,n".parse()?, 2)?;
/// let columns = Distribution::from_spec(&[8, 6], &"n,b".parse()?, 2)?;
/// let schedule = Schedule::new(&rows, &columns, 0)?;
/// assert_eq!(schedule.sends()[0].peer, 1);
/// assert_eq!(schedule.sends()[0].count, 4 * 3);
/// assert_eq!(schedule.kept(), 4 * 3);
/// # Ok::<(), distarray_maps::MapError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Schedule {
    sends: Vec<Transfer>,
    pub(super) receives: Vec<Transfer>,
    pub(super) local: Option<Transfer>,
}

impl Schedule {
    /// The share of `rank` in moving an array from `source` to `target`.
    ///
    /// # Errors
    /// Distributions of different shapes.
    pub fn new(source: &Distribution, target: &Distribution, rank: usize) -> Result<Self, MapError> {
        if source.shape() != target.shape() {
            let (source_shape, target_shape) = (source.shape().to_vec(), target.shape().to_vec());
            return Err(MapError::ShapeMismatch { source_shape, target_shape });
        }
        let mut schedule = Schedule::default();
        if source.size() == 0 {
            return Ok(schedule);
        }
        let held = source.grid().locate(rank);
        let wanted = target.grid().coords(rank);
        if let Some((coords, 0)) = &held {
            schedule.collect_sends(source, target, rank, coords);
        }
        if let Some(wanted) = &wanted {
            schedule.collect_receives(source, target, rank, held.as_ref().map(|(coords, _)| coords), wanted);
        }
        Ok(schedule)
    }

    /// What the rank sends to others.
    pub fn sends(&self) -> &[Transfer] {
        &self.sends
    }

    /// What the rank receives from others.
    pub fn receives(&self) -> &[Transfer] {
        &self.receives
    }

    /// What the rank takes from its own source block.
    pub fn local(&self) -> Option<&Transfer> {
        self.local.as_ref()
    }

    /// The number of messages the rank sends.
    pub fn message_count(&self) -> usize {
        self.sends.len()
    }

    /// The number of elements the rank sends to others.
    pub fn sent(&self) -> usize {
        self.sends.iter().map(|transfer| transfer.count).sum()
    }

    /// The number of elements the rank receives from others.
    pub fn received(&self) -> usize {
        self.receives.iter().map(|transfer| transfer.count).sum()
    }

    /// The number of elements the rank takes from itself.
    pub fn kept(&self) -> usize {
        self.local.as_ref().map_or(0, |transfer| transfer.count)
    }

    /// An owner sends each target block that it meets to every rank that keeps it and does not hold the piece already.
    fn collect_sends(&mut self, source: &Distribution, target: &Distribution, rank: usize, own: &Coords) {
        let axes = axis_partners(source, target, own, Own::Source);
        let copied = source.grid().copy_count() > 1;
        each_product(&axes, |chosen| {
            let coords: Coords = chosen.iter().map(|partner| partner.part).collect();
            for peer in target.grid().copies_of(&coords) {
                let holds_it = peer == rank || (copied && source.grid().coords(peer).as_ref() == Some(own));
                if !holds_it {
                    self.sends.push(Transfer::new(peer, chosen));
                }
            }
        });
        self.sends.sort_unstable_by_key(|transfer| transfer.peer);
    }

    /// A target block takes what its rank holds already from there, and each other piece from the piece's owner.
    fn collect_receives(
        &mut self,
        source: &Distribution,
        target: &Distribution,
        rank: usize,
        held: Option<&Coords>,
        own: &Coords,
    ) {
        let axes = axis_partners(source, target, own, Own::Target);
        each_product(&axes, |chosen| {
            let coords: Coords = chosen.iter().map(|partner| partner.part).collect();
            if held == Some(&coords) {
                self.local = Some(Transfer::new(rank, chosen));
            } else {
                self.receives.push(Transfer::new(source.grid().rank(&coords), chosen));
            }
        });
        self.receives.sort_unstable_by_key(|transfer| transfer.peer);
    }
}

/// Along each axis, the parts of the other distribution that the rank's own part meets.
fn axis_partners(
    source: &Distribution,
    target: &Distribution,
    own: &Coords,
    side: fn(usize) -> Own,
) -> AxisPartners {
    let pairs = source.axes().iter().zip(target.axes()).zip(own);
    pairs.map(|((source, target), &part)| partners(source, target, side(part))).collect()
}
