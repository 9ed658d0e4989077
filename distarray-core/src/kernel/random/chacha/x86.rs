//! ChaCha8 blocks with the registers of AVX-512 and AVX2: one word of sixteen, or of eight, blocks in each. With `unsafe`.
//!
//! Compilers vectorise the plain loops of [`super::portable`] badly: they keep the sixteen rows in memory and turn the
//! result word by word. Here the rows stay in registers, and the turn from rows to blocks is 64 shuffles.

use std::arch::x86_64::{
    __m256i, __m512i, _mm256_add_epi32, _mm256_loadu_si256, _mm256_or_si256, _mm256_permute2x128_si256,
    _mm256_set1_epi32, _mm256_setr_epi8, _mm256_shuffle_epi8, _mm256_slli_epi32, _mm256_srli_epi32,
    _mm256_storeu_si256, _mm256_unpackhi_epi32, _mm256_unpackhi_epi64, _mm256_unpacklo_epi32,
    _mm256_unpacklo_epi64, _mm256_xor_si256, _mm512_add_epi32, _mm512_loadu_si512, _mm512_rol_epi32,
    _mm512_set1_epi32, _mm512_shuffle_i64x2, _mm512_storeu_si512, _mm512_unpackhi_epi32,
    _mm512_unpackhi_epi64, _mm512_unpacklo_epi32, _mm512_unpacklo_epi64, _mm512_xor_si512,
};

use super::key::{CONSTANTS, Key, Words};

/// Eight rounds on sixteen rows, with the given addition and the exclusive ors that turn by 16, 12, 8 and 7.
macro_rules! rounds {
    ($state:ident, $add:path, $mix_16:path, $mix_12:path, $mix_8:path, $mix_7:path) => {
        for _ in 0..4 {
            rounds!(@quarter $state, 0, 4, 8, 12, $add, $mix_16, $mix_12, $mix_8, $mix_7);
            rounds!(@quarter $state, 1, 5, 9, 13, $add, $mix_16, $mix_12, $mix_8, $mix_7);
            rounds!(@quarter $state, 2, 6, 10, 14, $add, $mix_16, $mix_12, $mix_8, $mix_7);
            rounds!(@quarter $state, 3, 7, 11, 15, $add, $mix_16, $mix_12, $mix_8, $mix_7);
            rounds!(@quarter $state, 0, 5, 10, 15, $add, $mix_16, $mix_12, $mix_8, $mix_7);
            rounds!(@quarter $state, 1, 6, 11, 12, $add, $mix_16, $mix_12, $mix_8, $mix_7);
            rounds!(@quarter $state, 2, 7, 8, 13, $add, $mix_16, $mix_12, $mix_8, $mix_7);
            rounds!(@quarter $state, 3, 4, 9, 14, $add, $mix_16, $mix_12, $mix_8, $mix_7);
        }
    };
    (@quarter $state:ident, $a:literal, $b:literal, $c:literal, $d:literal,
        $add:path, $mix_16:path, $mix_12:path, $mix_8:path, $mix_7:path) => {
        $state[$a] = $add($state[$a], $state[$b]);
        $state[$d] = $mix_16($state[$d], $state[$a]);
        $state[$c] = $add($state[$c], $state[$d]);
        $state[$b] = $mix_12($state[$b], $state[$c]);
        $state[$a] = $add($state[$a], $state[$b]);
        $state[$d] = $mix_8($state[$d], $state[$a]);
        $state[$c] = $add($state[$c], $state[$d]);
        $state[$b] = $mix_7($state[$b], $state[$c]);
    };
}

/// The rows before the first round; `$one` spreads a word over a register, `$load` takes one of each block.
macro_rules! start {
    ($key:ident, $stream:ident, $low:ident, $high:ident, $one:ident, $load:ident) => {{
        let word = |value: u32| $one(value.cast_signed());
        let key = $key.0;
        [
            word(CONSTANTS[0]),
            word(CONSTANTS[1]),
            word(CONSTANTS[2]),
            word(CONSTANTS[3]),
            word(key[0]),
            word(key[1]),
            word(key[2]),
            word(key[3]),
            word(key[4]),
            word(key[5]),
            word(key[6]),
            word(key[7]),
            $load(&$low),
            $load(&$high),
            word(low_half($stream)),
            word(low_half($stream >> 32)),
        ]
    }};
}

/// Rows turned into quarters of blocks, by the given unpackings: in `quarters[g][k]` the 128-bit lane q holds words
/// 4g..4g+4 of block 4q+k.
macro_rules! quarters {
    ($state:ident, $low_32:ident, $high_32:ident, $low_64:ident, $high_64:ident) => {{
        let mut quarters = [[$state[0]; 4]; 4];
        for (quarter, rows) in quarters.iter_mut().zip($state.as_chunks::<4>().0) {
            let low = [$low_32(rows[0], rows[1]), $low_32(rows[2], rows[3])];
            let high = [$high_32(rows[0], rows[1]), $high_32(rows[2], rows[3])];
            *quarter = [
                $low_64(low[0], low[1]),
                $high_64(low[0], low[1]),
                $low_64(high[0], high[1]),
                $high_64(high[0], high[1]),
            ];
        }
        quarters
    }};
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "the low half is asked for")]
fn low_half(value: u64) -> u32 {
    value as u32
}

/// The blocks of sixteen numbers.
#[target_feature(enable = "avx512f")]
pub(super) fn sixteen(key: &Key, stream: u64, numbers: &[u64; 16], output: &mut [Words; 16]) {
    let low = numbers.map(low_half);
    let high = numbers.map(|number| low_half(number >> 32));
    let start = start!(key, stream, low, high, _mm512_set1_epi32, load_512);
    let mut state = start;
    rounds!(state, add_512, mix_512::<16>, mix_512::<12>, mix_512::<8>, mix_512::<7>);
    for (row, start) in state.iter_mut().zip(start) {
        *row = _mm512_add_epi32(*row, start);
    }
    let quarters = quarters!(
        state,
        _mm512_unpacklo_epi32,
        _mm512_unpackhi_epi32,
        _mm512_unpacklo_epi64,
        _mm512_unpackhi_epi64
    );
    for k in 0..4 {
        let [a, b, c, d] = [quarters[0][k], quarters[1][k], quarters[2][k], quarters[3][k]];
        let front = [_mm512_shuffle_i64x2::<0x44>(a, b), _mm512_shuffle_i64x2::<0x44>(c, d)];
        let back = [_mm512_shuffle_i64x2::<0xee>(a, b), _mm512_shuffle_i64x2::<0xee>(c, d)];
        store_512(&mut output[k], _mm512_shuffle_i64x2::<0x88>(front[0], front[1]));
        store_512(&mut output[4 + k], _mm512_shuffle_i64x2::<0xdd>(front[0], front[1]));
        store_512(&mut output[8 + k], _mm512_shuffle_i64x2::<0x88>(back[0], back[1]));
        store_512(&mut output[12 + k], _mm512_shuffle_i64x2::<0xdd>(back[0], back[1]));
    }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn load_512(words: &[u32; 16]) -> __m512i {
    // SAFETY: the 64 bytes are those of the array; the load asks for no alignment.
    unsafe { _mm512_loadu_si512(words.as_ptr().cast()) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn store_512(words: &mut Words, value: __m512i) {
    // SAFETY: as in `load_512`, and the borrow is unique.
    unsafe { _mm512_storeu_si512(words.as_mut_ptr().cast(), value) }
}

#[target_feature(enable = "avx512f")]
#[inline]
fn add_512(left: __m512i, right: __m512i) -> __m512i {
    _mm512_add_epi32(left, right)
}

#[target_feature(enable = "avx512f")]
#[inline]
fn mix_512<const BITS: i32>(left: __m512i, right: __m512i) -> __m512i {
    _mm512_rol_epi32::<BITS>(_mm512_xor_si512(left, right))
}

/// The blocks of eight numbers.
#[target_feature(enable = "avx2")]
pub(super) fn eight(key: &Key, stream: u64, numbers: &[u64; 8], output: &mut [Words; 8]) {
    let low = numbers.map(low_half);
    let high = numbers.map(|number| low_half(number >> 32));
    let start = start!(key, stream, low, high, _mm256_set1_epi32, load_256);
    let mut state = start;
    rounds!(state, add_256, mix_256_by_16, mix_256::<12, 20>, mix_256_by_8, mix_256::<7, 25>);
    for (row, start) in state.iter_mut().zip(start) {
        *row = _mm256_add_epi32(*row, start);
    }
    let quarters = quarters!(
        state,
        _mm256_unpacklo_epi32,
        _mm256_unpackhi_epi32,
        _mm256_unpacklo_epi64,
        _mm256_unpackhi_epi64
    );
    for k in 0..4 {
        let [a, b, c, d] = [quarters[0][k], quarters[1][k], quarters[2][k], quarters[3][k]];
        let near = [_mm256_permute2x128_si256::<0x20>(a, b), _mm256_permute2x128_si256::<0x20>(c, d)];
        let far = [_mm256_permute2x128_si256::<0x31>(a, b), _mm256_permute2x128_si256::<0x31>(c, d)];
        store_256(&mut output[k], near);
        store_256(&mut output[4 + k], far);
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn load_256(words: &[u32; 8]) -> __m256i {
    // SAFETY: the 32 bytes are those of the array; the load asks for no alignment.
    unsafe { _mm256_loadu_si256(words.as_ptr().cast()) }
}

#[target_feature(enable = "avx2")]
#[inline]
fn store_256(words: &mut Words, halves: [__m256i; 2]) {
    let target: *mut __m256i = words.as_mut_ptr().cast();
    // SAFETY: the two stores are the 64 bytes of the array and ask for no alignment; the borrow is unique.
    unsafe {
        _mm256_storeu_si256(target, halves[0]);
        _mm256_storeu_si256(target.add(1), halves[1]);
    }
}

#[target_feature(enable = "avx2")]
#[inline]
fn add_256(left: __m256i, right: __m256i) -> __m256i {
    _mm256_add_epi32(left, right)
}

#[target_feature(enable = "avx2")]
#[inline]
fn mix_256<const LEFT: i32, const RIGHT: i32>(left: __m256i, right: __m256i) -> __m256i {
    let mixed = _mm256_xor_si256(left, right);
    _mm256_or_si256(_mm256_slli_epi32::<LEFT>(mixed), _mm256_srli_epi32::<RIGHT>(mixed))
}

/// Turning by whole bytes is one shuffle.
#[target_feature(enable = "avx2")]
#[inline]
fn mix_256_by_16(left: __m256i, right: __m256i) -> __m256i {
    let places = _mm256_setr_epi8(
        2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15, 12, 13, 2, 3, 0, 1, 6, 7, 4, 5, 10, 11, 8, 9, 14, 15,
        12, 13,
    );
    _mm256_shuffle_epi8(_mm256_xor_si256(left, right), places)
}

#[target_feature(enable = "avx2")]
#[inline]
fn mix_256_by_8(left: __m256i, right: __m256i) -> __m256i {
    let places = _mm256_setr_epi8(
        3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12, 13, 14, 3, 0, 1, 2, 7, 4, 5, 6, 11, 8, 9, 10, 15, 12,
        13, 14,
    );
    _mm256_shuffle_epi8(_mm256_xor_si256(left, right), places)
}
