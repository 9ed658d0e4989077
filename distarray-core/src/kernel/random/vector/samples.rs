//! Samples: whole vectors, made in batches of the words that belong to them; of each what is owned is kept.

use std::cell::RefCell;

use super::super::chacha::Key;
use super::super::layout::Layout;
use super::super::target::Make;
use super::super::tile::{Draw, Sink, Tile};
use crate::element::Element;
use crate::kernel::copy::CopyRun;
use crate::kernel::generate::each_stretch;

/// How vectors are made of the words that belong to them.
pub(super) trait DrawVector {
    /// What components are computed as.
    type Value: Element;

    /// Words of the stream per vector, at least one. Part of the definition.
    fn words(&self) -> usize;

    /// Components per vector.
    fn length(&self) -> usize;

    /// Makes the vectors of these numbers of their words; `own` is the key of the vectors' own streams.
    fn vectors(&self, words: &[u64], indices: &[u64], own: &Key, output: &mut [Self::Value]);
}

/// [`DrawVector`] as what makes the elements of a layout whose last axis is that of components.
pub(super) struct Samples<V>(pub(super) V);

/// Words, or components if these are more, of a batch: 32 KiB.
const BATCH: usize = 4096;

/// The words of the stream themselves.
struct Raw;

impl Draw for Raw {
    type Value = u64;
    const USES_INDICES: bool = false;

    fn words(&self) -> usize {
        1
    }

    fn values(&self, words: &[u64], _: &[u64], _: &Key, output: &mut [u64]) {
        output.copy_from_slice(words);
    }
}

impl<V: DrawVector> Make for Samples<V> {
    type Value = V::Value;

    fn each(&self, layout: &Layout<'_>, store: impl FnMut(usize, &[V::Value])) {
        let (Some((components, rows)), Some((&owned_count, row_shape))) =
            (layout.axes.split_last(), layout.shape.split_last())
        else {
            return;
        };
        if owned_count == 0 {
            return;
        }
        let per_vector = self.0.words();
        let capacity = (BATCH / per_vector.max(self.0.length())).max(1);
        let owned = sources(components, owned_count);
        let words = RefCell::new(vec![0; capacity * per_vector]);
        let own = layout.stream.own_key();
        let mut tile =
            Tile::new(&Raw, &layout.stream.key, layout.stream.number, &own, |place, made: &[u64]| {
                words.borrow_mut()[place..place + made.len()].copy_from_slice(made);
            });
        let mut batch = Batch {
            draw: &self.0,
            own: &own,
            whole: owned.iter().copied().eq(0..self.0.length()),
            owned: &owned,
            indices: Vec::with_capacity(capacity),
            pieces: Vec::new(),
            values: vec![V::Value::ZERO; capacity * self.0.length()],
            kept: Vec::new(),
            store,
        };
        each_stretch(rows, row_shape, |global, mut place, mut length| {
            let pairs = global.iter().zip(layout.global_shape);
            let mut index = pairs.fold(0, |flat, (index, length)| flat * *length as u64 + *index as u64);
            while length > 0 {
                let filled = batch.indices.len();
                let taken = length.min(capacity - filled);
                let first = index.wrapping_mul(per_vector as u64);
                tile.push(first, filled * per_vector, taken * per_vector);
                batch.push(index, place, taken);
                (index, place, length) = (index + taken as u64, place + taken, length - taken);
                if filled + taken == capacity {
                    tile.flush();
                    batch.make(&words.borrow());
                }
            }
        });
        tile.flush();
        batch.make(&words.borrow());
    }
}

/// The component that stands at each place of the last axis.
fn sources(runs: &[CopyRun], count: usize) -> Vec<usize> {
    let mut sources = vec![0; count];
    for run in runs {
        for repeat in 0..run.repeats {
            let repeat = repeat.cast_signed();
            let source = run.source.wrapping_add_signed(run.source_stride * repeat);
            let target = run.target.wrapping_add_signed(run.target_stride * repeat);
            for offset in 0..run.length {
                sources[target + offset] = source + offset;
            }
        }
    }
    sources
}

/// Vectors that wait for their words.
struct Batch<'a, V: DrawVector, S> {
    draw: &'a V,
    own: &'a Key,
    /// The component of each place of the last axis, and whether these are all of them in order.
    owned: &'a [usize],
    whole: bool,
    /// Numbers of the vectors.
    indices: Vec<u64>,
    /// Place of the first and number of vectors that follow each other in the block.
    pieces: Vec<(usize, usize)>,
    values: Vec<V::Value>,
    kept: Vec<V::Value>,
    store: S,
}

impl<V: DrawVector, S: FnMut(usize, &[V::Value])> Batch<'_, V, S> {
    /// Takes `count` vectors from number `index` on, to be put at `place` and after it.
    fn push(&mut self, index: u64, place: usize, count: usize) {
        self.indices.extend((0..count as u64).map(|offset| index + offset));
        match self.pieces.last_mut() {
            Some((first, length)) if *first + *length == place => *length += count,
            _ => self.pieces.push((place, count)),
        }
    }

    /// Makes everything that waits of its words.
    fn make(&mut self, words: &[u64]) {
        let (count, length) = (self.indices.len(), self.draw.length());
        let words = &words[..count * self.draw.words()];
        let values = &mut self.values[..count * length];
        self.draw.vectors(words, &self.indices, self.own, values);
        let mut rest = &*values;
        for (place, count) in self.pieces.drain(..) {
            let (vectors, others) = rest.split_at(count * length);
            rest = others;
            if self.whole {
                (self.store)(place * length, vectors);
                continue;
            }
            self.kept.clear();
            for vector in vectors.chunks_exact(length) {
                self.kept.extend(self.owned.iter().map(|&component| vector[component]));
            }
            (self.store)(place * self.owned.len(), &self.kept);
        }
        self.indices.clear();
    }
}
