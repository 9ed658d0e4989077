//! Where every element of a global index space lives, and who must send what to whom to change that.
//!
//! Pure index mathematics: no data, no communicator, no input or output. Every function here is **Pure** and can be asked on
//! any rank, or on none. Answers are closed forms: a regular map costs the same few bytes for ten elements on two ranks and
//! for 10^15 elements on 65,536.
//!
//! | one axis | an array | a movement |
//! |---|---|---|
//! | [`AxisMap`] cuts an axis into parts, in one of four kinds: `n`, `b`, `c`, `u` | [`Distribution`] is a shape, one map per axis and a [`Grid`] | [`Schedule`] is one rank's share of going from one distribution to another |
//! | [`IndexSet`] is what a part holds, as runs | [`DistSpec`] is how people write one: `b,c(64)` | [`Transfer`] is a message: per axis a list of [`Run`]s |
//! | [`Margin`] is how far an axis is widened | [`Halo`] widens every axis | [`HaloShare`] is one rank's share of filling the ghost cells |
//! | [`AxisRange`] and [`AxisSlice`] are what a slice takes | [`SliceRun`]s find a slice in the local blocks | |
//!
//! A *part* is a number along one axis, a *rank* a number of a process; the grid ties them together. Several ranks may hold
//! copies of one block; the one with all copy coordinates 0 is its *owner*.
//!
//! # Example
//! ```
//! use distarray_maps::{AxisRange, AxisSlice, DistSpec, Distribution, Schedule};
//!
//! // Ten rows of four on three ranks: blocks of 4, 4 and 2 rows.
//! let rows = Distribution::from_spec(&[10, 4], &"b".parse::<DistSpec>()?, 3)?;
//! assert_eq!(rows.local_shape(2), [2, 4]);
//! assert_eq!(rows.owner(&[5, 3])?, (1, vec![1, 3]));
//! assert_eq!(rows.global_index(1, &[1, 3])?, [5, 3]);
//!
//! // Every third row, from the last one up, without moving anything.
//! let some = rows.slice(&[AxisSlice::Range(AxisRange::python(None, None, Some(-3), 10)?)])?;
//! assert_eq!(some.shape(), [4, 4]); // rows 9, 6, 3, 0
//! assert_eq!(some.local_shape(0), [2, 4]);
//!
//! // The sum of all rows is on every rank that took part.
//! let sums = rows.reduce(&[0], false)?;
//! assert_eq!(sums.grid().ranks().collect::<Vec<_>>(), [0, 1, 2]);
//!
//! // To whom rank 0 sends when the rows are dealt out like cards.
//! let cards = Distribution::from_spec(&[10, 4], &"c".parse::<DistSpec>()?, 3)?;
//! let schedule = Schedule::new(&rows, &cards, 0)?;
//! let sends: Vec<(usize, usize)> = schedule.sends().iter().map(|sent| (sent.peer, sent.count)).collect();
//! assert_eq!(sends, [(1, 4), (2, 4)]);
//! assert_eq!(schedule.kept(), 8); // rows 0 and 3 stay
//! # Ok::<(), distarray_maps::MapError>(())
//! ```

#![forbid(unsafe_code)]

mod axis;
mod digest;
mod distribution;
mod error;
mod grid;
mod halo;
mod number;
mod run;
mod schedule;
mod spec;

pub use axis::{
    AxisMap, AxisRange, AxisSegments, AxisSlice, Block, BlockCyclic, IndexRun, IndexSet, Interval,
    Replicated, Unstructured,
};
pub use digest::Digest;
pub use distribution::{ArrangedAxis, Distribution, SliceRun, SliceRuns};
pub use error::MapError;
pub use grid::{Coords, Dimension, Grid, automatic_shape};
pub use halo::{Boundary, Halo, HaloRun, HaloRuns, HaloShare, HaloTransfer, Margin};
pub use run::{Run, Runs};
pub use schedule::{Patch, Schedule, Transfer};
pub use spec::{AxisSpec, DistSpec};

/// The examples of the README are tested too.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
