//! ChaCha8 blocks in plain loops over lanes, for every processor.

use super::key::{CONSTANTS, Key, Words};

/// One word of each of `LANES` blocks.
type Row<const LANES: usize> = [u32; LANES];

/// The blocks of `LANES` numbers, word by word side by side.
#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "numbers are taken apart into halves")]
pub(super) fn lanes<const LANES: usize>(key: &Key, stream: u64, numbers: &[u64; LANES]) -> [Words; LANES] {
    let mut start = [[0; LANES]; 16];
    for word in 0..4 {
        start[word] = [CONSTANTS[word]; LANES];
    }
    for word in 0..8 {
        start[4 + word] = [key.0[word]; LANES];
    }
    for lane in 0..LANES {
        start[12][lane] = numbers[lane] as u32;
        start[13][lane] = (numbers[lane] >> 32) as u32;
    }
    start[14] = [stream as u32; LANES];
    start[15] = [(stream >> 32) as u32; LANES];

    let mut state = start;
    for _ in 0..4 {
        quarter_round(&mut state, 0, 4, 8, 12);
        quarter_round(&mut state, 1, 5, 9, 13);
        quarter_round(&mut state, 2, 6, 10, 14);
        quarter_round(&mut state, 3, 7, 11, 15);
        quarter_round(&mut state, 0, 5, 10, 15);
        quarter_round(&mut state, 1, 6, 11, 12);
        quarter_round(&mut state, 2, 7, 8, 13);
        quarter_round(&mut state, 3, 4, 9, 14);
    }
    for (row, start) in state.iter_mut().zip(&start) {
        *row = add(row, start);
    }
    let mut output = [[0; 8]; LANES];
    for (lane, words) in output.iter_mut().enumerate() {
        for (word, pair) in words.iter_mut().zip(state.as_chunks::<2>().0) {
            *word = u64::from(pair[0][lane]) | (u64::from(pair[1][lane]) << 32);
        }
    }
    output
}

#[inline(always)]
fn quarter_round<const LANES: usize>(state: &mut [Row<LANES>; 16], a: usize, b: usize, c: usize, d: usize) {
    state[a] = add(&state[a], &state[b]);
    state[d] = mix::<LANES, 16>(&state[d], &state[a]);
    state[c] = add(&state[c], &state[d]);
    state[b] = mix::<LANES, 12>(&state[b], &state[c]);
    state[a] = add(&state[a], &state[b]);
    state[d] = mix::<LANES, 8>(&state[d], &state[a]);
    state[c] = add(&state[c], &state[d]);
    state[b] = mix::<LANES, 7>(&state[b], &state[c]);
}

#[inline(always)]
fn add<const LANES: usize>(left: &Row<LANES>, right: &Row<LANES>) -> Row<LANES> {
    let mut sum = [0; LANES];
    for lane in 0..LANES {
        sum[lane] = left[lane].wrapping_add(right[lane]);
    }
    sum
}

/// The exclusive or, turned left by `BITS`.
#[inline(always)]
fn mix<const LANES: usize, const BITS: u32>(left: &Row<LANES>, right: &Row<LANES>) -> Row<LANES> {
    let mut turned = [0; LANES];
    for lane in 0..LANES {
        turned[lane] = (left[lane] ^ right[lane]).rotate_left(BITS);
    }
    turned
}
