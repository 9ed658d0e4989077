//! `Spares`: vectors kept to be used again, so that messages of a few pages cost no page faults.

/// Vectors kept, at most.
const COUNT: usize = 8;
/// Vectors with more room than this are given back to the system.
const LARGEST_BYTES: usize = 1 << 20;

/// A few empty vectors with room.
#[derive(Debug, Default)]
pub(crate) struct Spares {
    vectors: Vec<Vec<u8>>,
}

impl Spares {
    /// An empty vector, with room if there is one.
    pub(crate) fn take(&mut self) -> Vec<u8> {
        self.vectors.pop().unwrap_or_default()
    }

    /// Keeps `spare` if there is reason to.
    pub(crate) fn keep(&mut self, mut spare: Vec<u8>) {
        if self.vectors.len() < COUNT && (1..=LARGEST_BYTES).contains(&spare.capacity()) {
            spare.clear();
            self.vectors.push(spare);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_some_are_kept() {
        let mut spares = Spares::default();
        assert_eq!(spares.take().capacity(), 0);
        spares.keep(Vec::new());
        spares.keep(Vec::with_capacity(LARGEST_BYTES + 1));
        assert!(spares.vectors.is_empty());
        (0..2 * COUNT).for_each(|_| spares.keep(vec![1; 100]));
        assert_eq!(spares.vectors.len(), COUNT);
        let spare = spares.take();
        assert!(spare.is_empty() && spare.capacity() >= 100);
    }
}
