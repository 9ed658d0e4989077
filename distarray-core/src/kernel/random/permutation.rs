//! Random permutations whose every place is computed by itself.
//!
//! Up to [`LISTED`] indices a permutation is listed: dealt out by Fisher and Yates, so that all orders are equally
//! likely as far as the words of the stream are. Beyond, it is a cipher on the indices. An index is cut into a high and
//! a low half, and in turn a keyed function of one half is added to the other, [`ROUNDS`] times; what falls outside the
//! indices goes round again. No key of 256 bits reaches all orders of so many indices, by any method; this one needs no
//! memory and no other place, can be undone, and what statistics see of it are those of a random order
//! (`distarray-random/tests/permutation.rs`).
//!
//! # Source
//! R. Durstenfeld, Communications of the ACM 7 (1964) 420. M. Luby and C. Rackoff, SIAM Journal on Computing 17 (1988)
//! 373-386, for the alternating construction; J. Black and P. Rogaway, "Ciphers with arbitrary finite domains", CT-RSA
//! 2002, for other lengths than powers of two. The function of a half multiplies as Philox does: J. Salmon et al., SC11.

use super::integer::below;
use super::layout::Layout;
use super::source::Source;
use super::stream::Stream;
use super::target::Make;
use super::tile::{ELEMENTS, Sink};

/// Up to so many indices a permutation is listed: 512 KiB.
const LISTED: u64 = 1 << 16;

/// Rounds of the cipher, each of which changes one half. Statistics see four of them, and no longer six.
const ROUNDS: usize = 12;

/// A permutation of the indices below a length.
#[derive(Debug, Clone)]
pub struct Permutation {
    length: u64,
    form: Form,
}

#[derive(Debug, Clone)]
enum Form {
    /// The index at each place.
    List(Vec<u64>),
    Cipher(Cipher),
}

impl Permutation {
    /// The permutation of the indices `0..length` that belongs to a stream; `length` is at most 2^63.
    #[must_use]
    pub fn new(stream: &Stream, length: u64) -> Permutation {
        let form = if length <= LISTED {
            Form::List(listed(stream, length))
        } else {
            Form::Cipher(Cipher::new(stream, length))
        };
        Permutation { length, form }
    }

    /// How many indices it has.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Replaces every place by the index that stands there. All are below the length.
    pub fn apply(&self, places: &mut [u64]) {
        match &self.form {
            Form::List(list) => {
                for place in places {
                    let index = usize::try_from(*place).ok().and_then(|place| list.get(place));
                    *place = index.copied().unwrap_or(*place);
                }
            }
            Form::Cipher(cipher) => {
                encipher(cipher, places);
                // Few: at most one in 256.
                for place in places {
                    while *place >= self.length {
                        encipher(cipher, std::slice::from_mut(place));
                    }
                }
            }
        }
    }
}

/// The indices below a number, each at most once.
pub(super) struct Distinct(pub(super) u64);

impl Make for Distinct {
    type Value = i64;

    fn each(&self, layout: &Layout<'_>, store: impl FnMut(usize, &[i64])) {
        let permutation = Permutation::new(layout.stream, self.0);
        let (waiting, indices) = (Vec::with_capacity(ELEMENTS), Vec::with_capacity(ELEMENTS));
        layout.walk(&mut Places { permutation: &permutation, store, first: 0, waiting, indices });
    }
}

/// Places that wait for their indices.
struct Places<'a, S> {
    permutation: &'a Permutation,
    /// Takes indices, and the place of the first in the block.
    store: S,
    first: usize,
    waiting: Vec<u64>,
    indices: Vec<i64>,
}

impl<S: FnMut(usize, &[i64])> Sink for Places<'_, S> {
    fn push(&mut self, mut index: u64, mut place: usize, mut length: usize) {
        while length > 0 {
            if self.first + self.waiting.len() != place || self.waiting.len() == ELEMENTS {
                self.flush();
                self.first = place;
            }
            let taken = length.min(ELEMENTS - self.waiting.len());
            self.waiting.extend(index..index + taken as u64);
            index += taken as u64;
            place += taken;
            length -= taken;
        }
    }

    fn flush(&mut self) {
        self.permutation.apply(&mut self.waiting);
        self.indices.clear();
        self.indices.extend(self.waiting.drain(..).map(u64::cast_signed));
        (self.store)(self.first, &self.indices);
    }
}

/// All indices in the order dealt out by the words of the stream.
fn listed(stream: &Stream, length: u64) -> Vec<u64> {
    let mut list: Vec<u64> = (0..length).collect();
    let mut source = Source::new(&[], &stream.key, stream.number);
    for last in (1..list.len()).rev() {
        let other = below(last as u64 + 1, &mut source);
        list.swap(last, usize::try_from(other).unwrap_or(last));
    }
    list
}

/// A permutation of the numbers `high << low_bits | low` with `high` below `high_count`.
#[derive(Debug, Clone)]
struct Cipher {
    low_bits: u32,
    high_count: u64,
    keys: [u64; ROUNDS],
}

impl Cipher {
    /// Of the fewest numbers that cover `0..length`: less than one in 256 is beyond.
    fn new(stream: &Stream, length: u64) -> Cipher {
        let low_bits = length.ilog2() / 2;
        let mut source = Source::new(&[], &stream.key, stream.number);
        let keys = std::array::from_fn(|_| source.word());
        Cipher { low_bits, high_count: length.div_ceil(1 << low_bits), keys }
    }
}

/// A keyed function of half an index (below 2^32) to 32 bits: the low ones of what it gives.
#[inline(always)]
fn mixed(half: u64, key: u64) -> u64 {
    const LOW: u64 = 0xffff_ffff;
    let first = ((half ^ key) & LOW) * 0xd251_1f53;
    let first = (first >> 32) ^ first ^ (key >> 32);
    let second = (first & LOW) * 0xcd9e_8d57;
    (second >> 32) ^ second
}

crate::multiversion! {
    fn encipher(cipher: &Cipher, numbers: &mut [u64]) {
        let low_mask = (1_u64 << cipher.low_bits) - 1;
        for number in numbers {
            let (mut high, mut low) = (*number >> cipher.low_bits, *number & low_mask);
            for keys in cipher.keys.as_chunks::<2>().0 {
                high += ((mixed(low, keys[0]) & 0xffff_ffff) * cipher.high_count) >> 32;
                high = if high >= cipher.high_count { high - cipher.high_count } else { high };
                low = (low + mixed(high, keys[1])) & low_mask;
            }
            *number = high << cipher.low_bits | low;
        }
    }
}
