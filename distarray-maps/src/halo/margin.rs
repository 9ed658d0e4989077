//! How far an axis is widened, and what stands beyond its ends.

use serde::{Deserialize, Serialize};

/// What stands beyond the ends of an axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Boundary {
    /// Nothing: parts at an end of the axis have no ghost cells there.
    None,
    /// Cells that nobody owns; whoever fills them knows with what.
    Constant,
    /// The other end of the axis: `numpy.pad` with mode `wrap`.
    Periodic,
    /// The cells before the end in reverse order, without the last one: `numpy.pad` with mode `reflect`.
    Reflect,
}

impl Boundary {
    /// The name as `calc` writes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Boundary::None => "none",
            Boundary::Constant => "constant",
            Boundary::Periodic => "periodic",
            Boundary::Reflect => "reflect",
        }
    }

    /// The kind of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Boundary> {
        [Boundary::None, Boundary::Constant, Boundary::Periodic, Boundary::Reflect]
            .into_iter()
            .find(|boundary| boundary.name() == name)
    }
}

/// How far one axis is widened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Margin {
    /// Cells before the first of a part.
    pub before: usize,
    /// Cells after its last.
    pub after: usize,
    /// What stands beyond the axis.
    pub boundary: Boundary,
}

impl Margin {
    /// An axis that is not widened.
    pub const NOTHING: Margin = Margin { before: 0, after: 0, boundary: Boundary::None };

    /// `width` cells on both sides.
    #[must_use]
    pub const fn even(width: usize, boundary: Boundary) -> Margin {
        Margin { before: width, after: width, boundary }
    }

    /// Whether the axis is widened at all.
    #[must_use]
    pub const fn is_wide(&self) -> bool {
        self.before > 0 || self.after > 0
    }
}
