//! `Patience`: who is told when a rank is waited for too long.

use std::fmt;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::stamp::Stamp;

/// A rank that others have been waiting for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LateRank {
    /// World rank that is waited for.
    pub rank: usize,
    /// How long so far.
    pub waited: Duration,
    /// What the waiting rank is working on.
    pub stamp: Stamp,
}

/// What is called with a late rank.
pub(crate) type Report = Rc<dyn Fn(LateRank)>;

/// What a port does about late ranks.
#[derive(Clone, Default)]
pub(crate) struct Patience {
    report: Option<(Duration, Report)>,
}

/// One wait for one rank.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    since: Option<Instant>,
    is_reported: bool,
}

impl Patience {
    pub(crate) fn new(patience: Duration, report: Report) -> Self {
        Self { report: Some((patience, report)) }
    }

    /// Called before each wait for `rank`: until when to wait at most. Reports if it is time to.
    pub(crate) fn deadline(&self, waiting: &mut Waiting, rank: usize, stamp: Stamp) -> Option<Instant> {
        let (patience, report) = self.report.as_ref()?;
        let now = Instant::now();
        let since = *waiting.since.get_or_insert(now);
        if waiting.is_reported {
            return None;
        }
        let deadline = since + *patience;
        if now < deadline {
            return Some(deadline);
        }
        waiting.is_reported = true;
        report(LateRank { rank, waited: now - since, stamp });
        None
    }
}

impl fmt::Debug for Patience {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("Patience").field(&self.report.as_ref().map(|(time, _)| time)).finish()
    }
}
