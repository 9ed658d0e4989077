//! Whether a plan does what `explain` says of it.

use distarray_lazy::Context;
use distarray_spmd::Error;

/// Fails unless what is written down costs every rank what `explain` says, and takes as much memory. **Collective.**
pub(crate) fn costs_what_is_said(context: &Context) -> Result<(), Error> {
    let before = context.statistics()?;
    let explanation = context.explain()?;
    context.synchronise()?;
    let after = context.statistics()?;
    for rank in 0..context.rank_count() {
        let counted = after[rank].meter - before[rank].meter;
        let said = explanation.costs[rank];
        let (before, after) = (before[rank], after[rank]);
        assert_eq!(
            [said.messages_sent, said.bytes_sent, said.bytes_copied],
            [counted.messages_sent, counted.bytes_sent, counted.copied_bytes],
            "messages, bytes, copied by rank {rank}\n{explanation}"
        );
        assert_eq!(
            [
                explanation.held_before_bytes[rank],
                explanation.held_after_bytes[rank],
                explanation.peak_bytes[rank]
            ],
            [before.held_bytes, after.held_bytes, after.peak_bytes],
            "held before, after, at most by rank {rank}\n{explanation}"
        );
    }
    Ok(())
}
