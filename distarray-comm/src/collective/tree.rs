//! The binomial tree: positions relative to the root, parents, children and subtrees.

/// Parent of `node` in the tree over `0..size` with root 0: the lowest set bit cleared.
pub(crate) fn parent(node: usize) -> Option<usize> {
    (node > 0).then(|| node & (node - 1))
}

/// Number of nodes in the subtree of `node`: the nodes `node..node + subtree(node, size)`.
pub(crate) fn subtree(node: usize, size: usize) -> usize {
    (size - node).min(span(node, size))
}

/// Children of `node`, nearest first; the subtree of the one at `node + step` has up to `step`
/// nodes.
pub(crate) fn children(node: usize, size: usize) -> impl DoubleEndedIterator<Item = usize> {
    let steps = span(node, size).trailing_zeros();
    (0..steps).map(move |bit| node + (1 << bit)).filter(move |&child| child < size)
}

/// The power of two that bounds a subtree: the lowest set bit, at the root one that covers all.
fn span(node: usize, size: usize) -> usize {
    if node == 0 { size.next_power_of_two() } else { node & node.wrapping_neg() }
}

/// Rounds in which every rank has heard of every other when the known set doubles: ceil(log2).
pub(crate) fn rounds(size: usize) -> u32 {
    size.next_power_of_two().trailing_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_is_its_parents_child_and_subtrees_are_ranges() {
        for size in 1..40 {
            for node in 0..size {
                let mut covered = 1;
                for child in children(node, size) {
                    assert_eq!(parent(child), Some(node));
                    assert_eq!(child, node + covered);
                    covered += subtree(child, size);
                }
                assert_eq!(covered, subtree(node, size));
            }
            assert_eq!(subtree(0, size), size);
            assert!(1 << rounds(size) >= size && (size == 1 || 1 << (rounds(size) - 1) < size));
        }
    }
}
