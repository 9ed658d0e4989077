//! What each collective costs one rank, predicted: pure functions, equal to what the meter counts.

use super::parts::LENGTH_BYTES;
use super::tree;
use crate::exchange::Parcel;

/// Messages and bytes of one rank.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Traffic {
    /// Messages to other ranks.
    pub messages_sent: u64,
    /// Bytes in them.
    pub bytes_sent: u64,
    /// Messages from other ranks.
    pub messages_received: u64,
    /// Bytes in them.
    pub bytes_received: u64,
}

impl std::ops::Add for Traffic {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            messages_sent: self.messages_sent + other.messages_sent,
            bytes_sent: self.bytes_sent + other.bytes_sent,
            messages_received: self.messages_received + other.messages_received,
            bytes_received: self.bytes_received + other.bytes_received,
        }
    }
}

impl Traffic {
    fn send(&mut self, bytes: u64) {
        self.messages_sent += 1;
        self.bytes_sent += bytes;
    }

    fn receive(&mut self, bytes: u64) {
        self.messages_received += 1;
        self.bytes_received += bytes;
    }
}

/// [`Group::barrier`](super::Group::barrier) of `size` ranks.
#[must_use]
pub fn barrier(size: usize) -> Traffic {
    symmetric(tree::rounds(size), 0)
}

/// [`Group::agree`](super::Group::agree) of `size` ranks of which none fails.
#[must_use]
pub fn agree(size: usize) -> Traffic {
    symmetric(tree::rounds(size), 0)
}

/// [`Group::broadcast`](super::Group::broadcast) of `bytes` bytes from position `root`.
#[must_use]
pub fn broadcast(size: usize, position: usize, root: usize, bytes: u64) -> Traffic {
    let node = (position + size - root) % size;
    let mut traffic = Traffic::default();
    tree::children(node, size).for_each(|_| traffic.send(bytes));
    if node > 0 {
        traffic.receive(bytes);
    }
    traffic
}

/// [`Group::gather`](super::Group::gather) to position `root`; `sizes` are the parts' bytes in rank
/// order.
#[must_use]
pub fn gather(position: usize, root: usize, sizes: &[u64]) -> Traffic {
    let Traffic { messages_sent, bytes_sent, messages_received, bytes_received } =
        scatter(position, root, sizes);
    Traffic {
        messages_sent: messages_received,
        bytes_sent: bytes_received,
        messages_received: messages_sent,
        bytes_received: bytes_sent,
    }
}

/// [`Group::scatter`](super::Group::scatter) from position `root`; `sizes` are the parts' bytes in
/// rank order.
#[must_use]
pub fn scatter(position: usize, root: usize, sizes: &[u64]) -> Traffic {
    let size = sizes.len();
    let node = (position + size - root) % size;
    let below = |node: usize| {
        let nodes = node..node + tree::subtree(node, size);
        nodes.map(|node| sizes[(node + root) % size] + LENGTH_BYTES as u64).sum::<u64>()
    };
    let mut traffic = Traffic::default();
    tree::children(node, size).for_each(|child| traffic.send(below(child)));
    if node > 0 {
        traffic.receive(below(node));
    }
    traffic
}

/// [`Group::all_gather`](super::Group::all_gather); `sizes` are the parts' bytes in rank order.
#[must_use]
pub fn all_gather(position: usize, sizes: &[u64]) -> Traffic {
    let size = sizes.len();
    let run = |first: usize, count: usize| {
        let parts = first..first + count;
        parts.map(|part| sizes[part % size] + LENGTH_BYTES as u64).sum::<u64>()
    };
    let mut traffic = Traffic::default();
    let mut known = 1;
    while known < size {
        let count = known.min(size - known);
        traffic.send(run(position, count));
        traffic.receive(run(position + known, count));
        known += count;
    }
    traffic
}

/// [`Group::all_to_all`](super::Group::all_to_all); `sent` and `received` are the parts' bytes in
/// rank order, that for the rank itself included.
#[must_use]
pub fn all_to_all(position: usize, sent: &[u64], received: &[u64]) -> Traffic {
    let mut traffic = Traffic::default();
    let others = |sizes: &[u64]| {
        let others = sizes.iter().enumerate().filter(|(other, _)| *other != position);
        others.map(|(_, &bytes)| bytes).collect::<Vec<u64>>()
    };
    others(sent).into_iter().for_each(|bytes| traffic.send(bytes));
    others(received).into_iter().for_each(|bytes| traffic.receive(bytes));
    traffic
}

/// [`Group::reduce`](super::Group::reduce) of `bytes` bytes to position `root`.
#[must_use]
pub fn reduce(size: usize, position: usize, root: usize, bytes: u64) -> Traffic {
    let mut traffic = Traffic::default();
    tree::children(position, size).for_each(|_| traffic.receive(bytes));
    if position > 0 {
        traffic.send(bytes);
    }
    if root > 0 && position == 0 {
        traffic.send(bytes);
    }
    if root > 0 && position == root {
        traffic.receive(bytes);
    }
    traffic
}

/// [`Group::all_reduce`](super::Group::all_reduce) of `bytes` bytes.
#[must_use]
pub fn all_reduce(size: usize, position: usize, bytes: u64) -> Traffic {
    if size.is_power_of_two() {
        symmetric(tree::rounds(size), bytes)
    } else {
        reduce(size, position, 0, bytes) + broadcast(size, position, 0, bytes)
    }
}

/// [`Group::exclusive_scan`](super::Group::exclusive_scan) of `bytes` bytes.
#[must_use]
pub fn exclusive_scan(size: usize, position: usize, bytes: u64) -> Traffic {
    let mut traffic = Traffic::default();
    let mut step = 1;
    while step < size {
        if position + step < size {
            traffic.send(bytes);
        }
        if position >= step {
            traffic.receive(bytes);
        }
        step *= 2;
    }
    traffic
}

/// [`Comm::exchange`](crate::Comm::exchange) on `rank`.
#[must_use]
pub fn exchange(rank: usize, sends: &[Parcel], receives: &[Parcel]) -> Traffic {
    let counts = |parcel: &&Parcel| parcel.bytes > 0 && parcel.peer != rank;
    let mut traffic = Traffic::default();
    sends.iter().filter(counts).for_each(|parcel| traffic.send(parcel.bytes as u64));
    receives.iter().filter(counts).for_each(|parcel| traffic.receive(parcel.bytes as u64));
    traffic
}

fn symmetric(rounds: u32, bytes: u64) -> Traffic {
    let messages = u64::from(rounds);
    Traffic {
        messages_sent: messages,
        bytes_sent: messages * bytes,
        messages_received: messages,
        bytes_received: messages * bytes,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn total(traffic: impl Iterator<Item = Traffic>) -> Traffic {
        traffic.fold(Traffic::default(), |sum, one| sum + one)
    }

    proptest! {
        /// What all ranks send is what all ranks receive; and no rank hears of a part twice.
        #[test]
        fn nothing_is_lost(sizes in prop::collection::vec(0..1000_u64, 1..40), root in 0..40_usize) {
            let size = sizes.len();
            let root = root % size;
            let bytes = sizes[0];
            let heads = LENGTH_BYTES as u64;
            let all: u64 = sizes.iter().map(|part| part + heads).sum();
            for sum in [
                total((0..size).map(|position| broadcast(size, position, root, bytes))),
                total((0..size).map(|position| gather(position, root, &sizes))),
                total((0..size).map(|position| scatter(position, root, &sizes))),
                total((0..size).map(|position| all_gather(position, &sizes))),
                total((0..size).map(|position| all_to_all(position, &sizes, &vec![sizes[position]; size]))),
                total((0..size).map(|position| reduce(size, position, root, bytes))),
                total((0..size).map(|position| all_reduce(size, position, bytes))),
                total((0..size).map(|_| barrier(size) + agree(size))),
            ] {
                prop_assert_eq!(sum.messages_sent, sum.messages_received);
            }
            let up = gather(root, root, &sizes);
            prop_assert_eq!(up.bytes_received, all - sizes[root] - heads);
            for position in 0..size {
                let around = all_gather(position, &sizes);
                prop_assert_eq!(around.bytes_received, all - sizes[position] - heads);
                prop_assert!(around.messages_sent <= 6);
            }
        }
    }
}
