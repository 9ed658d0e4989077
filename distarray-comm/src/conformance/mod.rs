//! The suite that every transport must pass, with any number of ranks.
//!
//! Each check is **collective** and panics, naming what it saw, if the transport is wrong. On threads
//! such a panic is an error of [`threads::run`](crate::threads::run); under MPI it ends the job.

mod aborts;
mod collectives;
mod communicators;
mod data;
mod effort;
mod giving_up;
mod groups;
pub mod job;
mod point_to_point;
mod sample;

use crate::comm::Comm;
use crate::error::CommError;
pub use effort::Effort;

/// One check.
type Check = fn(&Comm, Effort) -> Result<(), CommError>;

/// All checks, by name, in the order of [`run_all`].
const CHECKS: &[(&str, Check)] = &[
    ("messages_of_all_sizes_go_round", point_to_point::messages_of_all_sizes_go_round),
    ("a_rank_can_write_to_itself", point_to_point::a_rank_can_write_to_itself),
    ("tags_may_come_out_of_order", point_to_point::tags_may_come_out_of_order),
    ("tags_may_be_any_number", point_to_point::tags_may_be_any_number),
    ("order_is_kept_within_a_tag", point_to_point::order_is_kept_within_a_tag),
    ("any_rank_will_do", point_to_point::any_rank_will_do),
    ("a_wrong_length_is_an_error", point_to_point::a_wrong_length_is_an_error),
    ("late_ranks_are_named", point_to_point::late_ranks_are_named),
    ("many_large_messages", point_to_point::many_large_messages),
    ("ranks_outside_are_refused", groups::ranks_outside_are_refused),
    ("lists_are_checked", groups::lists_are_checked),
    ("collectives_over_all", collectives::collectives_over_all),
    ("collectives_over_lists", groups::collectives_over_lists),
    ("the_lowest_failure_is_agreed_on", collectives::the_lowest_failure_is_agreed_on),
    ("values_are_gathered_and_broadcast", collectives::values_are_gathered_and_broadcast),
    ("reductions_keep_the_order_of_ranks", collectives::reductions_keep_the_order_of_ranks),
    ("parcels_arrive_whole", data::parcels_arrive_whole),
    ("parcels_of_one_pair_keep_their_order", data::parcels_of_one_pair_keep_their_order),
    ("exposed_regions_are_read", data::exposed_regions_are_read),
    ("duplicates_do_not_mix", communicators::duplicates_do_not_mix),
    ("splits_number_their_ranks_by_key", communicators::splits_number_their_ranks_by_key),
    ("endpoints_work_on_other_threads", communicators::endpoints_work_on_other_threads),
    ("ranks_may_be_at_different_requests", aborts::ranks_may_be_at_different_requests),
    ("requests_go_forward", aborts::requests_go_forward),
    ("an_abort_hits_one_request", aborts::an_abort_hits_one_request),
    ("a_raised_epoch_hits_all_before", aborts::a_raised_epoch_hits_all_before),
    ("waiting_ranks_are_interrupted", aborts::waiting_ranks_are_interrupted),
    ("aborted_exchanges_leave_no_trace", aborts::aborted_exchanges_leave_no_trace),
    ("aborted_regions_are_not_read", aborts::aborted_regions_are_not_read),
    ("one_rank_ends_the_waits_of_all", giving_up::one_rank_ends_the_waits_of_all),
    ("a_rank_that_comes_late_is_told", giving_up::a_rank_that_comes_late_is_told),
    ("requests_given_up_leave_no_trace", giving_up::requests_given_up_leave_no_trace),
    ("a_part_gives_up_for_itself", giving_up::a_part_gives_up_for_itself),
];

/// Runs every check and returns their names. **Collective** over a communicator of all ranks, whose
/// request number it moves on.
///
/// # Errors
/// What the transport reports.
///
/// # Panics
/// If the transport is wrong; the message starts with the name of the check's file and line.
pub fn run_all(comm: &Comm, effort: Effort) -> Result<Vec<&'static str>, CommError> {
    let verbose = std::env::var_os("DISTARRAY_CONFORMANCE_VERBOSE").is_some();
    let mut names = Vec::with_capacity(CHECKS.len());
    for (name, check) in CHECKS {
        let start = std::time::Instant::now();
        check(comm, effort)?;
        comm.barrier()?;
        if verbose && comm.rank() == 0 {
            eprintln!("{:>8.3} s  {name}", start.elapsed().as_secs_f64());
        }
        names.push(*name);
    }
    Ok(names)
}
