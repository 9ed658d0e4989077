//! Ctrl-C: the first gives up the running work of every context, the second ends the program.

use crate::gateway::Door;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

/// Exit status of a program ended by Ctrl-C: 128 + SIGINT.
pub const EXIT_STATUS: i32 = 130;

static DOORS: Mutex<Vec<Weak<Door>>> = Mutex::new(Vec::new());
static COUNT: AtomicUsize = AtomicUsize::new(0);

/// What a program does about an interruption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Response {
    /// The work of all contexts was given up: their calls return errors and the program ends by itself.
    GivenUp,
    /// It was interrupted before and has not ended: exit at once with [`EXIT_STATUS`].
    Exit,
}

/// Notes a context that Ctrl-C is to reach.
pub(crate) fn register(door: &Arc<Door>) {
    let mut doors = DOORS.lock().unwrap_or_else(PoisonError::into_inner);
    doors.retain(|door| door.strong_count() > 0);
    doors.push(Arc::downgrade(door));
}

/// To be called for every SIGINT. The first one gives up what all contexts of this process are doing.
/// Not for signal handlers proper, which may not take locks: for a thread that is told of signals.
pub fn interrupted() -> Response {
    if COUNT.fetch_add(1, Ordering::SeqCst) > 0 {
        return Response::Exit;
    }
    give_up_all("interrupted");
    Response::GivenUp
}

/// Gives up what all contexts of this process are doing, for `reason`.
pub fn give_up_all(reason: &str) {
    let doors: Vec<Arc<Door>> = {
        let doors = DOORS.lock().unwrap_or_else(PoisonError::into_inner);
        doors.iter().filter_map(Weak::upgrade).collect()
    };
    doors.iter().for_each(|door| door.interrupt(reason));
}
