//! What the tests share: recipes for random maps and distributions, and slow obvious twins of both.
#![allow(dead_code, reason = "each test binary uses its own part of this")]

use distarray_maps::{AxisMap, AxisRange, AxisSlice, Dimension, Distribution, Grid};
use proptest::prelude::*;

/// How a map is made, so that map and twin can be made from it independently.
#[derive(Debug, Clone)]
pub(crate) enum Kind {
    Replicated,
    Block,
    BlockCyclic(usize),
    /// Random numbers that become the bounds.
    Bounds(Vec<usize>),
    /// Random numbers that become a permutation and its cuts.
    Unstructured(Vec<usize>),
}

/// A map of some length, and slices of it.
#[derive(Debug, Clone)]
pub(crate) struct Recipe {
    pub(crate) kind: Kind,
    pub(crate) length: usize,
    pub(crate) parts: usize,
    pub(crate) slices: Vec<AxisRange>,
}

/// The slow twin of a map: the owner and the local index of every global index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Twin {
    pub(crate) parts: usize,
    pub(crate) owners: Vec<(usize, usize)>,
    /// Whether local indices count upwards with global ones; otherwise the base's local indices give the order.
    pub(crate) upwards: bool,
}

impl Recipe {
    pub(crate) fn map(&self) -> AxisMap {
        let (length, parts) = (self.length, self.parts);
        let base = match &self.kind {
            Kind::Replicated => AxisMap::replicated(length),
            Kind::Block => AxisMap::block(length, parts).unwrap(),
            Kind::BlockCyclic(block_size) => AxisMap::block_cyclic(length, parts, *block_size).unwrap(),
            Kind::Bounds(cuts) => AxisMap::block_with_bounds(&bounds(cuts, length, parts)).unwrap(),
            Kind::Unstructured(keys) => AxisMap::unstructured(lists(keys, length, parts)).unwrap(),
        };
        self.slices.iter().fold(base, |map, range| map.slice(range).unwrap())
    }

    pub(crate) fn twin(&self) -> Twin {
        let (length, parts) = (self.length, self.parts);
        let owner_of = |index: usize| match &self.kind {
            Kind::Replicated => 0,
            Kind::Block => index / length.div_ceil(parts),
            Kind::BlockCyclic(block_size) => index / block_size % parts,
            Kind::Bounds(cuts) => {
                let bounds = bounds(cuts, length, parts);
                (0..parts).find(|&part| bounds[part] <= index && index < bounds[part + 1]).unwrap()
            }
            Kind::Unstructured(keys) => {
                lists(keys, length, parts).iter().position(|list| list.contains(&index)).unwrap()
            }
        };
        let owners: Vec<usize> = (0..length).map(owner_of).collect();
        let mut twin = Twin::counted(parts, &owners);
        if let Kind::Unstructured(keys) = &self.kind {
            twin.upwards = false;
            let lists = lists(keys, length, parts);
            for (index, (part, local)) in twin.owners.iter_mut().enumerate() {
                *local = lists[*part].iter().position(|&listed| listed == index).unwrap();
            }
        }
        self.slices.iter().fold(twin, |twin, range| twin.slice(range))
    }

    /// The length after all slices.
    pub(crate) fn final_length(&self) -> usize {
        self.slices.last().map_or(self.length, |range| range.count)
    }
}

impl Twin {
    /// Local indices by counting upwards.
    fn counted(parts: usize, owners: &[usize]) -> Self {
        let mut next = vec![0; parts];
        let count = |&part: &usize| {
            next[part] += 1;
            (part, next[part] - 1)
        };
        Twin { parts, owners: owners.iter().map(count).collect(), upwards: true }
    }

    pub(crate) fn count(&self, part: usize) -> usize {
        self.owners.iter().filter(|owner| owner.0 == part).count()
    }

    /// For maps that keep the order, locals are counted upwards; otherwise the old locals give the order.
    fn slice(&self, range: &AxisRange) -> Twin {
        let shown: Vec<(usize, usize)> =
            (0..range.count).map(|place| self.owners[range.index(place)]).collect();
        if self.upwards {
            return Twin::counted(self.parts, &shown.iter().map(|owner| owner.0).collect::<Vec<_>>());
        }
        let rank = |&(part, local): &(usize, usize)| {
            (part, shown.iter().filter(|other| other.0 == part && other.1 < local).count())
        };
        Twin { parts: self.parts, owners: shown.iter().map(rank).collect(), upwards: false }
    }
}

fn bounds(cuts: &[usize], length: usize, parts: usize) -> Vec<usize> {
    let mut inner: Vec<usize> =
        (1..parts).map(|cut| cuts[cut % cuts.len()].wrapping_mul(cut) % (length + 1)).collect();
    inner.sort_unstable();
    [0].into_iter().chain(inner).chain([length]).collect()
}

/// A permutation by sorting random keys (sometimes of few values, so that neighbours stay together), cut into parts.
fn lists(keys: &[usize], length: usize, parts: usize) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..length).collect();
    order.sort_by_key(|&index| keys[index % keys.len()] % (1 + keys[0] % 7));
    let bounds = bounds(keys, length, parts);
    bounds.windows(2).map(|pair| order[pair[0]..pair[1]].to_vec()).collect()
}

/// A recipe for a map of exactly `length` indices over `parts` parts.
pub(crate) fn recipe(length: usize, parts: usize) -> impl Strategy<Value = Recipe> {
    let numbers = || prop::collection::vec(0usize..1000, 1..8);
    let kind = prop_oneof![
        2 => Just(Kind::Block),
        2 => Just(Kind::BlockCyclic(1)),
        3 => (1usize..9).prop_map(Kind::BlockCyclic),
        2 => numbers().prop_map(Kind::Bounds),
        2 => numbers().prop_map(Kind::Unstructured),
        u32::from(parts == 1) => Just(Kind::Replicated),
    ];
    let step = prop_oneof![Just(1isize), Just(-1), -9isize..0, 1isize..9];
    let slice = (step, 0usize..5, 0usize..5);
    (kind, prop::collection::vec(slice, 0..3)).prop_map(move |(kind, slices)| {
        let mut ranges = Vec::new();
        let mut needed = length;
        for (step, before, after) in slices {
            let reach = needed.saturating_sub(1) * step.unsigned_abs();
            let start = if step > 0 { before } else { before + reach };
            ranges.push(AxisRange { start, step, count: needed });
            needed = before + after + if needed == 0 { 0 } else { reach + 1 };
        }
        ranges.reverse();
        Recipe { kind, length: needed, parts, slices: ranges }
    })
}

/// Any recipe.
pub(crate) fn any_recipe() -> impl Strategy<Value = Recipe> {
    (0usize..40, 1usize..6).prop_flat_map(|(length, parts)| recipe(length, parts))
}

/// So many cases, and no files left behind.
pub(crate) fn cases(count: u32) -> ProptestConfig {
    ProptestConfig { cases: count, failure_persistence: None, ..ProptestConfig::default() }
}

/// The number of ranks of the tests' world.
pub(crate) const RANKS: usize = 7;

/// A way to put the cells of a grid on ranks.
#[derive(Debug, Clone)]
pub(crate) enum Placement {
    /// In C order from a first rank.
    RowMajor(usize),
    /// The dimensions' strides in another order.
    Turned(Vec<usize>),
    /// By a list of ranks.
    Listed(Vec<usize>),
}

/// A recipe for a distribution of a given shape over at most seven ranks, its twins, and an axis dropped by an index.
#[derive(Debug, Clone)]
pub(crate) struct Layout {
    pub(crate) axes: Vec<Recipe>,
    pub(crate) copies: usize,
    pub(crate) placement: Placement,
    /// An axis of this recipe stands in front and is dropped by taking this index.
    pub(crate) dropped: Option<(Recipe, usize)>,
}

impl Layout {
    pub(crate) fn distribution(&self) -> Distribution {
        let all: Vec<&Recipe> = self.dropped.iter().map(|dropped| &dropped.0).chain(&self.axes).collect();
        let maps: Vec<AxisMap> = all.iter().map(|recipe| recipe.map()).collect();
        let shape: Vec<usize> = maps.iter().map(AxisMap::length).collect();
        let extents: Vec<usize> = maps.iter().map(AxisMap::parts).collect();
        let distribution = Distribution::new(&shape, maps, self.grid(&extents)).unwrap();
        match &self.dropped {
            None => distribution,
            Some((_, index)) => distribution.slice(&[AxisSlice::Index(*index)]).unwrap(),
        }
    }

    fn grid(&self, extents: &[usize]) -> Grid {
        let cells = extents.iter().product::<usize>() * self.copies;
        match &self.placement {
            Placement::Listed(keys) => {
                Grid::with_ranks(extents, self.copies, &permuted(keys)[..cells]).unwrap()
            }
            Placement::RowMajor(first) => {
                let turned = (extents.len() + 1..0).collect::<Vec<_>>();
                strided(extents, self.copies, &turned, first % (RANKS - cells + 1))
            }
            Placement::Turned(keys) => strided(extents, self.copies, keys, 0),
        }
    }
}

/// Strides by the order of `keys`: the dimension with the largest key is the fastest.
fn strided(extents: &[usize], copies: usize, keys: &[usize], first: usize) -> Grid {
    let counts: Vec<usize> = extents.iter().copied().chain([copies]).collect();
    let mut order: Vec<usize> = (0..counts.len()).collect();
    order.sort_by_key(|&dimension| keys.get(dimension).copied().unwrap_or(dimension));
    let mut dimensions = vec![Dimension::SINGLE; counts.len()];
    let mut stride = 1;
    for &dimension in order.iter().rev() {
        dimensions[dimension] = Dimension { count: counts[dimension], stride };
        stride *= counts[dimension];
    }
    let copies = dimensions.pop().unwrap();
    Grid::strided(first, &dimensions, &[copies]).unwrap()
}

fn permuted(keys: &[usize]) -> Vec<usize> {
    let mut ranks: Vec<usize> = (0..RANKS).collect();
    ranks.sort_by_key(|&rank| keys[rank % keys.len()]);
    ranks
}

/// A layout of the given shape.
pub(crate) fn layout(shape: Vec<usize>) -> impl Strategy<Value = Layout> {
    let ndim = shape.len();
    let wanted = prop::collection::vec(1usize..5, ndim + 2);
    let placement = prop_oneof![
        (0usize..RANKS).prop_map(Placement::RowMajor),
        prop::collection::vec(0usize..100, 7).prop_map(Placement::Turned),
        prop::collection::vec(0usize..100, 7).prop_map(Placement::Listed),
    ];
    (wanted, prop::bool::weighted(0.2), placement, any::<prop::sample::Index>()).prop_flat_map(
        move |(wanted, drops, placement, first)| {
            // Extents are granted as long as the ranks last, beginning anywhere, so that each axis is spread sometimes.
            let mut granted = vec![1; ndim + 2];
            let mut cells = 1;
            let begin = first.index(ndim + 2);
            for turn in 0..ndim + 2 {
                let place = (begin + turn) % (ndim + 2);
                let allowed = place <= ndim || drops;
                let extent = if allowed { wanted[place].min(RANKS / cells) } else { 1 };
                granted[place] = extent;
                cells *= extent;
            }
            let axes: Vec<_> =
                shape.iter().zip(&granted).map(|(&length, &parts)| recipe(length, parts)).collect();
            let dropped = (recipe(4, granted[ndim + 1]), 0usize..4);
            (axes, dropped).prop_map({
                let placement = placement.clone();
                let copies = granted[ndim];
                move |(axes, dropped)| Layout {
                    axes,
                    copies,
                    placement: placement.clone(),
                    dropped: drops.then_some(dropped),
                }
            })
        },
    )
}

/// A shape of 0 to 4 axes, empty axes included, of at most a few hundred elements.
pub(crate) fn shape() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        Just(vec![]),
        prop::collection::vec(0usize..60, 1),
        prop::collection::vec(0usize..14, 2),
        prop::collection::vec(0usize..7, 3),
        prop::collection::vec(1usize..5, 4),
    ]
}

/// All index tuples of a shape in C order.
pub(crate) fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for &length in shape {
        all = all
            .iter()
            .flat_map(|head: &Vec<usize>| (0..length).map(|index| [head.as_slice(), &[index]].concat()))
            .collect();
    }
    all
}

/// The place of an index tuple in C order.
pub(crate) fn flat(shape: &[usize], index: &[usize]) -> usize {
    shape.iter().zip(index).fold(0, |place, (length, index)| place * length + index)
}

/// What a rank holds as global flat indices, in local order; `None` if it holds nothing.
pub(crate) fn held(distribution: &Distribution, rank: usize) -> Option<Vec<usize>> {
    if !distribution.holds(rank) {
        return None;
    }
    let local_shape = distribution.local_shape(rank);
    let place =
        |local: &Vec<usize>| flat(distribution.shape(), &distribution.global_index(rank, local).unwrap());
    Some(indices(&local_shape).iter().map(place).collect())
}
