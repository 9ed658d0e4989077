//! What the tests of files share: elements that tell where they are, files made by hand, models.

#![allow(dead_code, reason = "each test binary uses some of it")]

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};

use distarray_core::{ByteOrder, DType};
use distarray_io::header::Header;
use distarray_maps::{AxisMap, AxisRange, AxisSlice, Distribution, Grid};

/// A directory of its own, which disappears with all that is in it.
pub(crate) struct Directory(PathBuf);

impl Directory {
    pub(crate) fn new() -> Self {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("npy-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a directory for temporary files");
        Self(path)
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    /// The names of all files in it.
    pub(crate) fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(&self.0).expect("the directory is there");
        let mut names: Vec<String> = entries
            .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// Element `flat` in this machine's order: bytes that differ from one element to the next.
pub(crate) fn element(dtype: DType, flat: usize) -> Vec<u8> {
    if dtype == DType::Bool {
        return vec![u8::from(flat % 3 == 1)];
    }
    let mixed = (flat as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut bytes = mixed.to_le_bytes().to_vec();
    bytes.extend_from_slice(&(!mixed).to_le_bytes());
    bytes.truncate(dtype.size_bytes());
    bytes
}

/// All indices of a shape in C order.
pub(crate) fn indices(shape: &[usize]) -> Vec<Vec<usize>> {
    let mut all = vec![vec![]];
    for &length in shape {
        all = all
            .into_iter()
            .flat_map(|index: Vec<usize>| {
                (0..length).map(move |next| index.iter().copied().chain([next]).collect())
            })
            .collect();
    }
    all
}

/// The position of an element in C order (Fortran order: give everything backwards).
pub(crate) fn flat(shape: &[usize], index: &[usize]) -> usize {
    shape.iter().zip(index).fold(0, |flat, (&length, &index)| flat * length + index)
}

/// A file with element `flat(index)` everywhere, written one element after the other.
pub(crate) fn file_bytes(header: &Header) -> Vec<u8> {
    let mut bytes = header.to_bytes();
    let reversed: Vec<usize> = header.shape.iter().rev().copied().collect();
    let order = if header.fortran_order { indices(&reversed) } else { indices(&header.shape) };
    for mut index in order {
        if header.fortran_order {
            index.reverse();
        }
        let mut element = element(header.dtype, flat(&header.shape, &index));
        if header.byte_order != ByteOrder::NATIVE {
            let half = header.dtype.real_part().size_bytes();
            element.chunks_mut(half).for_each(<[u8]>::reverse);
        }
        bytes.extend_from_slice(&element);
    }
    bytes
}

/// The block of a rank, one element after the other.
pub(crate) fn block_bytes(distribution: &Distribution, rank: usize, dtype: DType) -> Vec<u8> {
    if !distribution.holds(rank) {
        return Vec::new();
    }
    let local_shape = distribution.local_shape(rank);
    indices(&local_shape)
        .iter()
        .flat_map(|local| {
            let global = distribution.global_index(rank, local).expect("a local index");
            element(dtype, flat(distribution.shape(), &global))
        })
        .collect()
}

/// Numbers by chance, the same on every run.
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }
}

/// A distribution by chance over at most `ranks` ranks: all kinds of axes, copies, slices, any first rank.
pub(crate) fn distribution(chance: &mut Chance, ranks: usize) -> Distribution {
    let ndim = chance.below(4);
    let sliced = chance.below(3) == 0;
    let shape: Vec<usize> = (0..ndim).map(|_| chance.below(7) + usize::from(sliced)).collect();
    if chance.below(6) == 0 {
        return match chance.below(2) {
            0 => Distribution::replicated(&shape, ranks),
            _ => Distribution::on_rank(&shape, chance.below(ranks)),
        }
        .expect("a small array");
    }
    let mut left = ranks;
    let mut parts = Vec::new();
    for _ in 0..ndim {
        let count = chance.below(left) + 1;
        left /= count;
        parts.push(count);
    }
    let axes: Vec<AxisMap> =
        shape.iter().zip(&mut parts).map(|(&length, parts)| axis(chance, length, parts)).collect();
    let grid = Grid::row_major(&parts).expect("a grid");
    let distribution = Distribution::new(&shape, axes, grid).expect("a distribution");
    if !sliced {
        return distribution;
    }
    let slices: Vec<AxisSlice> = shape.iter().map(|&length| slice(chance, length)).collect();
    distribution.slice(&slices).expect("slices within the axes")
}

fn axis(chance: &mut Chance, length: usize, parts: &mut usize) -> AxisMap {
    let map = match chance.below(6) {
        0 => {
            *parts = 1;
            Ok(AxisMap::replicated(length))
        }
        1 => AxisMap::block(length, *parts),
        2 => AxisMap::cyclic(length, *parts),
        3 => AxisMap::block_cyclic(length, *parts, chance.below(3) + 1),
        4 => {
            let mut bounds: Vec<usize> = (1..*parts).map(|_| chance.below(length + 1)).collect();
            bounds.extend([0, length]);
            bounds.sort_unstable();
            AxisMap::block_with_bounds(&bounds)
        }
        _ => {
            let mut lists = vec![Vec::new(); *parts];
            for index in 0..length {
                let list = chance.below(*parts);
                let place = chance.below(lists[list].len() + 1);
                lists[list].insert(place, index);
            }
            AxisMap::unstructured_with_length(length, lists)
        }
    };
    map.expect("a map")
}

fn slice(chance: &mut Chance, length: usize) -> AxisSlice {
    if chance.below(5) == 0 {
        return AxisSlice::Index(chance.below(length));
    }
    let start = chance.below(length);
    let forwards = chance.below(2) == 0;
    let distance = chance.below(3) + 1;
    let room = if forwards { length - start } else { start + 1 };
    let count = chance.below(room.div_ceil(distance) + 1);
    let step = if forwards { distance as isize } else { -(distance as isize) };
    AxisSlice::Range(AxisRange { start, step, count })
}
