//! `tree`: who passes on to whom. A binomial tree over the ranks, rooted at rank 0.

/// Who passes requests on to `rank`, and gets its outcomes; `None` for rank 0. **Pure.**
#[must_use]
pub fn parent(rank: usize) -> Option<usize> {
    (rank > 0).then(|| rank & (rank - 1))
}

/// Whom `rank` passes requests on to, largest subtree first. **Pure.**
pub fn children(rank: usize, rank_count: usize) -> impl Iterator<Item = usize> {
    let bits = if rank == 0 { usize::BITS } else { rank.trailing_zeros() };
    (0..bits).rev().map(move |bit| rank + (1 << bit)).filter(move |child| *child < rank_count)
}

/// How many ranks there are at and below `rank`. **Pure.**
#[must_use]
pub fn subtree_size(rank: usize, rank_count: usize) -> usize {
    if rank == 0 { rank_count } else { (1 << rank.trailing_zeros()).min(rank_count - rank) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rank_is_reached_once_in_few_steps() {
        for rank_count in 1..70 {
            for rank in 0..rank_count {
                for child in children(rank, rank_count) {
                    assert_eq!(parent(child), Some(rank));
                }
                let below: usize =
                    children(rank, rank_count).map(|child| subtree_size(child, rank_count)).sum();
                assert_eq!(subtree_size(rank, rank_count), 1 + below);
                let depth = std::iter::successors(Some(rank), |rank| parent(*rank)).count() - 1;
                assert!(1 << depth <= rank_count);
            }
        }
    }
}
