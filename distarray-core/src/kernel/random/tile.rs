//! Tiles of elements: their words are generated together, wherever in the stream they stand.

use super::chacha::{Key, Words, blocks};
use crate::element::Element;

/// Blocks of the stream in a tile: 8 KiB, so that words and values stay in the first cache.
const BLOCKS: usize = 128;
/// Words of a block.
const BLOCK_WORDS: usize = 8;
/// Elements of a tile.
pub(super) const ELEMENTS: usize = BLOCKS * BLOCK_WORDS;

/// Pieces of fewer elements are short.
const SHORT: usize = 8;
/// Elements in short pieces that are worth a tile of their own.
const MANY: usize = 128;

/// Pieces whose first words are at most this far apart leave no block unused, or few.
const DENSE_WORDS: u64 = 2 * BLOCK_WORDS as u64;

/// How elements are made of the words that belong to them.
pub(super) trait Draw {
    /// What they are computed as.
    type Value: Element;

    /// Whether elements may need their indices; otherwise those given mean nothing.
    const USES_INDICES: bool;

    /// Words of the stream per element: 1, 2, 4 or 8. Part of the definition.
    fn words(&self) -> usize;

    /// Makes `output.len()` elements, at most [`ELEMENTS`], of their words and flat indices.
    ///
    /// `own` is the key of the elements' own streams.
    fn values(&self, words: &[u64], indices: &[u64], own: &Key, output: &mut [Self::Value]);
}

/// What takes the elements that are wanted, a piece at a time.
pub(super) trait Sink {
    /// Takes `length` elements from flat index `index` on, to be put at `place` and after it.
    fn push(&mut self, index: u64, place: usize, length: usize);

    /// Takes pieces of `length` elements, so many of them, that lie `stride` apart in the whole array and behind each
    /// other in the block.
    fn push_run(&mut self, index: u64, stride: u64, place: usize, length: usize, repeats: usize) {
        for repeat in 0..repeats {
            self.push(
                index.wrapping_add(stride.wrapping_mul(repeat as u64)),
                place + repeat * length,
                length,
            );
        }
    }

    /// Makes everything that waits.
    fn flush(&mut self);
}

/// Consecutive elements of the array that are consecutive in the block too.
#[derive(Clone, Copy)]
struct Piece {
    /// Flat index of the first in the whole array.
    index: u64,
    /// Place of the first in the block.
    place: usize,
    length: usize,
    /// Its first word among the words of the tile.
    word: usize,
}

/// Elements that wait for their words.
pub(super) struct Tile<'a, D: Draw, S> {
    draw: &'a D,
    key: &'a Key,
    stream: u64,
    own: &'a Key,
    /// Takes values, and the place of the first.
    store: S,
    numbers: Vec<u64>,
    words: Vec<Words>,
    pieces: Vec<Piece>,
    picks: Vec<u64>,
    packed: Vec<u64>,
    indices: Vec<u64>,
    values: Vec<D::Value>,
}

impl<'a, D: Draw, S: FnMut(usize, &[D::Value])> Tile<'a, D, S> {
    /// An empty one. `own` is the key of the elements' own streams.
    pub(super) fn new(draw: &'a D, key: &'a Key, stream: u64, own: &'a Key, store: S) -> Self {
        Tile {
            draw,
            key,
            stream,
            own,
            store,
            numbers: Vec::with_capacity(BLOCKS),
            words: vec![[0; BLOCK_WORDS]; BLOCKS],
            pieces: Vec::with_capacity(ELEMENTS),
            picks: vec![0; ELEMENTS],
            packed: vec![0; ELEMENTS],
            indices: vec![0; ELEMENTS],
            values: vec![D::Value::ZERO; ELEMENTS],
        }
    }

    /// Makes short pieces that lie close together: of all the blocks that they lie in.
    fn make_dense(
        &mut self,
        mut index: u64,
        stride: usize,
        mut place: usize,
        length: usize,
        mut repeats: usize,
    ) {
        let per_element = self.draw.words();
        let per_block = BLOCK_WORDS / per_element;
        // The last piece may reach beyond its stride, and the first begin inside its block.
        let span = (BLOCKS - 1) * per_block - length;
        let most = (span / stride).min(ELEMENTS / length);
        while repeats > 0 {
            let taken = repeats.min(most);
            let skipped = usize::try_from(index % per_block as u64).unwrap_or(0);
            let used = (skipped + (taken - 1) * stride + length).div_ceil(per_block);
            let first_block = index / per_block as u64;
            self.numbers.extend((0..used as u64).map(|block| first_block + block));
            blocks(self.key, self.stream, &self.numbers, &mut self.words[..used]);
            self.numbers.clear();
            let (words, count) = (&self.words.as_flattened()[skipped * per_element..], taken * length);
            let packed = &mut self.packed[..count * per_element];
            each_of(words, stride * per_element, length * per_element, packed);
            let indices = &mut self.indices[..count];
            if D::USES_INDICES {
                number_pieces(index, stride, length, indices);
            }
            let values = &mut self.values[..count];
            self.draw.values(packed, indices, self.own, values);
            (self.store)(place, values);
            index += (taken * stride) as u64;
            place += count;
            repeats -= taken;
        }
    }

    /// Notes blocks, words and indices of as many elements as a tile has room for, at most `limit`; beginning with
    /// element `offset` of a piece that begins at `first`. Gives their number.
    fn pick(&mut self, mut first: u64, stride: u64, length: usize, mut offset: usize, limit: usize) -> usize {
        let per_element = self.draw.words();
        let per_block = (BLOCK_WORDS / per_element) as u64;
        let most = limit.min(ELEMENTS / per_element);
        self.numbers.resize(BLOCKS + 1, 0);
        let (mut used, mut last) = (0, None);
        let mut count = 0;
        while count < most {
            let index = first + offset as u64;
            let (number, inside) = (index / per_block, index % per_block);
            used += usize::from(last != Some(number));
            if used > BLOCKS {
                used = BLOCKS;
                break;
            }
            last = Some(number);
            self.numbers[used - 1] = number;
            self.picks[count] = ((used - 1) * BLOCK_WORDS) as u64 + inside * per_element as u64;
            self.indices[count] = index;
            count += 1;
            offset += 1;
            if offset == length {
                offset = 0;
                first = first.wrapping_add(stride);
            }
        }
        self.numbers.truncate(used);
        count
    }

    /// Makes the elements that were picked.
    #[expect(clippy::cast_possible_truncation, reason = "places in a tile are small")]
    fn make_picked(&mut self, place: usize, count: usize) {
        let per_element = self.draw.words();
        let used = self.numbers.len();
        blocks(self.key, self.stream, &self.numbers, &mut self.words[..used]);
        let all = self.words.as_flattened();
        for (packed, pick) in self.packed.chunks_exact_mut(per_element).zip(&self.picks[..count]) {
            for (word, packed) in packed.iter_mut().enumerate() {
                *packed = all[*pick as usize + word];
            }
        }
        self.numbers.clear();
        let values = &mut self.values[..count];
        self.draw.values(&self.packed[..count * per_element], &self.indices[..count], self.own, values);
        (self.store)(place, values);
    }

    /// Makes pieces that follow each other in the block.
    fn make(&mut self, group: &[Piece]) {
        let per_element = self.draw.words();
        let all = self.words.as_flattened();
        let mut end = group.first().map_or(0, |piece| piece.word);
        let follow = group.iter().all(|piece| {
            let follows = piece.word == end;
            end = piece.word + piece.length * per_element;
            follows
        });
        let mut count = 0;
        for piece in group {
            if D::USES_INDICES {
                for (offset, index) in self.indices[count..count + piece.length].iter_mut().enumerate() {
                    *index = piece.index + offset as u64;
                }
            }
            if !follow {
                let words = &all[piece.word..piece.word + piece.length * per_element];
                let packed = &mut self.packed[count * per_element..(count + piece.length) * per_element];
                if let ([to], [from]) = (&mut *packed, words) {
                    *to = *from;
                } else {
                    packed.copy_from_slice(words);
                }
            }
            count += piece.length;
        }
        let words = match group {
            [piece, ..] if follow => &all[piece.word..piece.word + count * per_element],
            _ => &self.packed[..count * per_element],
        };
        let values = &mut self.values[..count];
        self.draw.values(words, &self.indices[..count], self.own, values);
        if let Some(first) = group.first() {
            (self.store)(first.place, values);
        }
    }
}

impl<D: Draw, S: FnMut(usize, &[D::Value])> Sink for Tile<'_, D, S> {
    fn push(&mut self, mut index: u64, mut place: usize, mut length: usize) {
        let per_element = self.draw.words();
        let per_block = BLOCK_WORDS / per_element;
        while length > 0 {
            let number = index / per_block as u64;
            let skipped = usize::try_from(index % per_block as u64).unwrap_or(0);
            // The block that the elements before ended in serves on.
            let shared = usize::from(self.numbers.last() == Some(&number));
            let free = BLOCKS - self.numbers.len() + shared;
            let taken = length.min((free * per_block).saturating_sub(skipped));
            if taken == 0 || self.pieces.len() == ELEMENTS {
                self.flush();
                continue;
            }
            let first_block = self.numbers.len() - shared;
            let block_count = (skipped + taken).div_ceil(per_block);
            self.numbers.extend((shared..block_count).map(|block| number + block as u64));
            let word = first_block * BLOCK_WORDS + skipped * per_element;
            self.pieces.push(Piece { index, place, length: taken, word });
            index += taken as u64;
            place += taken;
            length -= taken;
        }
    }

    /// Long pieces, and few of them, wait with the others. Many short ones are made at once: their words are picked
    /// element by element.
    fn push_run(&mut self, index: u64, stride: u64, place: usize, length: usize, repeats: usize) {
        if length >= SHORT || length.saturating_mul(repeats) < MANY {
            for repeat in 0..repeats {
                self.push(
                    index.wrapping_add(stride.wrapping_mul(repeat as u64)),
                    place + repeat * length,
                    length,
                );
            }
            return;
        }
        self.flush();
        if stride.saturating_mul(self.draw.words() as u64) <= DENSE_WORDS {
            self.make_dense(index, usize::try_from(stride).unwrap_or(1), place, length, repeats);
            return;
        }
        let (mut repeat, mut offset, mut place) = (0, 0, place);
        while repeat < repeats {
            let first = index.wrapping_add(stride.wrapping_mul(repeat as u64));
            let count = self.pick(first, stride, length, offset, length * (repeats - repeat) - offset);
            self.make_picked(place, count);
            place += count;
            repeat += (offset + count) / length;
            offset = (offset + count) % length;
        }
    }

    fn flush(&mut self) {
        let count = self.numbers.len();
        blocks(self.key, self.stream, &self.numbers, &mut self.words[..count]);
        let mut pieces = std::mem::take(&mut self.pieces);
        let mut rest = &pieces[..];
        while let Some(first) = rest.first() {
            let mut end = first.place;
            let group = rest.iter().take_while(|piece| {
                let follows = piece.place == end;
                end = piece.place + piece.length;
                follows
            });
            let (group, others) = rest.split_at(group.count());
            self.make(group);
            rest = others;
        }
        pieces.clear();
        self.pieces = pieces;
        self.numbers.clear();
    }
}

/// Copies pieces of `length` words that lie `stride` apart to behind each other.
fn each_of(words: &[u64], stride: usize, length: usize, packed: &mut [u64]) {
    match (stride, length) {
        (2, 1) => first_of::<2>(words, packed),
        (3, 1) => first_of::<3>(words, packed),
        (4, 1) => first_of::<4>(words, packed),
        _ => {
            for (packed, words) in packed.chunks_exact_mut(length).zip(words.chunks(stride)) {
                for (to, from) in packed.iter_mut().zip(words) {
                    *to = *from;
                }
            }
        }
    }
}

/// Copies the first of every `STRIDE` words. The last of them may be followed by fewer.
fn first_of<const STRIDE: usize>(words: &[u64], packed: &mut [u64]) {
    let (whole, rest) = words.as_chunks::<STRIDE>();
    for (to, from) in packed.iter_mut().zip(whole) {
        *to = from[0];
    }
    if let (Some(last), Some(from)) = (packed.get_mut(whole.len()), rest.first()) {
        *last = *from;
    }
}

/// The flat indices of pieces of `length` elements that begin `stride` apart.
fn number_pieces(first: u64, stride: usize, length: usize, indices: &mut [u64]) {
    if length == 1 {
        for (repeat, index) in indices.iter_mut().enumerate() {
            *index = first + (repeat * stride) as u64;
        }
        return;
    }
    for (repeat, indices) in indices.chunks_exact_mut(length).enumerate() {
        for (offset, index) in indices.iter_mut().enumerate() {
            *index = first + (repeat * stride + offset) as u64;
        }
    }
}
