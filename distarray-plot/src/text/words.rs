//! How ranks and shapes are written.

/// The symbols of ranks, used again from the beginning when there are more ranks.
const SYMBOLS: &[u8; 62] = b"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

/// The symbol of a rank.
pub(super) fn symbol(rank: usize) -> char {
    char::from(SYMBOLS[rank % SYMBOLS.len()])
}

/// `(3,)`, `(3, 4)`, `()`: as Python writes a tuple.
pub(super) fn tuple(items: &[usize]) -> String {
    match items {
        [single] => format!("({single},)"),
        items => format!("({})", items.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")),
    }
}
