//! `Pace`: how a rank waits: looks, then yields, then sleeps, longer and longer.

use std::time::{Duration, Instant};

/// Looks without a pause for this long: as long as a wake-up takes.
const SPIN: Duration = Duration::from_micros(50);
/// While MPI is moving a large message, which needs our calls to go on, for this long.
const SPIN_WHEN_BUSY: Duration = Duration::from_micros(200);
/// Then yields the core between looks until this long after the last event.
const YIELD: Duration = Duration::from_millis(2);
/// Then sleeps; after a second up to this long,
const SLEEP_AFTER_SECOND: Duration = Duration::from_micros(1400);
/// after a minute up to this long.
const SLEEP_AFTER_MINUTE: Duration = Duration::from_millis(9);
/// Sleep while MPI is moving a large message.
const SLEEP_WHEN_BUSY: Duration = Duration::from_micros(50);
/// A rank that stayed away longer was computing, and starts to wait afresh.
const ABSENCE: Duration = Duration::from_millis(1);

/// What to do until the next look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pause {
    None,
    Yield,
    Sleep(Duration),
}

/// The state of waiting.
#[derive(Debug)]
pub(super) struct Pace {
    idle_since: Instant,
    last_look: Instant,
    sleep: Duration,
    longest_sleep: Duration,
    /// More ranks than processors: looking without a pause keeps the others from running.
    is_crowded: bool,
}

impl Pace {
    pub(super) fn new(longest_sleep: Duration, is_crowded: bool, now: Instant) -> Self {
        Self { idle_since: now, last_look: now, sleep: Duration::ZERO, longest_sleep, is_crowded }
    }

    /// Something happened: the next thing may follow at once.
    pub(super) fn event(&mut self, now: Instant) {
        self.idle_since = now;
        self.last_look = now;
        self.sleep = Duration::ZERO;
    }

    /// The rank begins to wait.
    pub(super) fn begin(&mut self, now: Instant) {
        if now.duration_since(self.last_look) > ABSENCE {
            self.event(now);
        }
        self.last_look = now;
    }

    /// The rank has looked and found nothing. `now` must not include the last sleep's overrun.
    pub(super) fn next(&mut self, now: Instant, is_busy: bool) -> Pause {
        self.last_look = now;
        let idle = now.duration_since(self.idle_since);
        let spin = if is_busy { SPIN_WHEN_BUSY } else { SPIN };
        if idle < spin && !self.is_crowded {
            return Pause::None;
        }
        if idle < YIELD {
            return Pause::Yield;
        }
        let longest = match idle.as_secs() {
            0 if is_busy => SLEEP_WHEN_BUSY,
            0 => self.longest_sleep,
            1..60 => SLEEP_AFTER_SECOND,
            _ => SLEEP_AFTER_MINUTE,
        };
        self.sleep = (self.sleep * 2).clamp(Duration::from_micros(1), longest);
        Pause::Sleep(self.sleep)
    }

    /// The rank has slept, however long that took.
    pub(super) fn woke(&mut self, now: Instant) {
        self.last_look = now;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rank_steps_down_and_an_event_wakes_it_up() {
        let start = Instant::now();
        let at = |micros: u64| start + Duration::from_micros(micros);
        let mut pace = Pace::new(Duration::from_micros(200), false, start);
        assert_eq!(pace.next(at(10), false), Pause::None);
        assert_eq!(pace.next(at(51), true), Pause::None);
        assert_eq!(pace.next(at(51), false), Pause::Yield);
        let longest = |pace: &mut Pace, now: u64, is_busy| {
            let mut last = Pause::None;
            (0..20).for_each(|_| last = pace.next(at(now), is_busy));
            last
        };
        assert_eq!(pace.next(at(2001), false), Pause::Sleep(Duration::from_micros(1)));
        assert_eq!(longest(&mut pace, 20_000, false), Pause::Sleep(Duration::from_micros(200)));
        assert_eq!(longest(&mut pace, 20_000, true), Pause::Sleep(SLEEP_WHEN_BUSY));
        assert_eq!(longest(&mut pace, 1_500_000, false), Pause::Sleep(SLEEP_AFTER_SECOND));
        assert_eq!(longest(&mut pace, 61_000_000, false), Pause::Sleep(SLEEP_AFTER_MINUTE));
        pace.begin(at(61_000_500));
        assert_eq!(pace.next(at(61_000_500), false), Pause::Sleep(SLEEP_AFTER_MINUTE));
        // Away for longer than a wait takes: it was computing.
        pace.begin(at(61_010_000));
        assert_eq!(pace.next(at(61_010_001), false), Pause::None);
        assert_eq!(longest(&mut pace, 61_500_000, false), Pause::Sleep(Duration::from_micros(200)));
        let mut crowded = Pace::new(Duration::from_micros(200), true, start);
        assert_eq!(crowded.next(at(1), false), Pause::Yield);
        pace.event(at(61_500_001));
        assert_eq!(pace.next(at(61_500_002), false), Pause::None);
    }
}
