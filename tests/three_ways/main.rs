//! One program, three ways to run it: the same bytes, whatever is held, and what `explain` foretells is
//! what the meter counts.

#[cfg(feature = "mpi")]
mod mpi;
mod program;

use distarray::comm::threads;
use distarray::prelude::*;
use program::{Chance, Elements, Program};

/// How many programs each test runs on each number of ranks; `DISTARRAY_PROGRAMS` asks for more.
fn seeds() -> std::ops::Range<u64> {
    let count = std::env::var("DISTARRAY_PROGRAMS").ok().and_then(|count| count.parse().ok());
    0..count.unwrap_or(60)
}

/// Every handle held, every step computed by itself: nothing is fused, nothing is overwritten.
fn one_at_a_time(context: &Context, program: &Program) -> Result<Vec<Option<Elements>>, Error> {
    program.run(context, |_| true, |_| true, |_, value| value.compute().map(drop))
}

/// Runs a program with some handles held and some stops, and compares what it gives with `expected`.
fn agrees(
    context: &Context,
    seed: u64,
    rank: u64,
    program: &Program,
    expected: &[Option<Elements>],
) -> Result<(), Error> {
    for choice in 0..3 {
        // Ranks may hold different handles; they must stop at the same steps.
        let mut of_rank = Chance::new(seed ^ (choice << 32) ^ (rank << 40));
        let holds: Vec<bool> = (0..program.len()).map(|_| choice == 0 || of_rank.one_in(3)).collect();
        let mut of_all = Chance::new(seed ^ (choice << 32));
        let stops: Vec<bool> = (0..program.len()).map(|_| of_all.one_in(4)).collect();
        // What is fetched must be the same on all ranks too: so only what rank 0 holds is held to the end.
        let mut of_first = Chance::new(seed ^ (choice << 32));
        let fetched: Vec<bool> = (0..program.len()).map(|_| choice == 0 || of_first.one_in(3)).collect();
        let (mut held, mut stop) = (Vec::new(), 0);
        let found = program.run(
            context,
            |step| fetched[step],
            |step| stops[step],
            |context, value| {
                if holds[stop] {
                    held.push(value.clone());
                }
                stop += 1;
                foretold(context, seed, program)
            },
        )?;
        for (step, (found, expected)) in found.iter().zip(expected).enumerate() {
            if found.is_some() {
                assert_eq!(found, expected, "program {seed}, choice {choice}, step {step}: {program:#?}");
            }
        }
    }
    Ok(())
}

/// What `explain` says of the next flush, and what the meter counts of it.
fn foretold(context: &Context, seed: u64, program: &Program) -> Result<(), Error> {
    let before = context.statistics()?;
    let explanation = context.explain()?;
    context.synchronise()?;
    let after = context.statistics()?;
    for rank in 0..context.rank_count() {
        let counted = after[rank].meter - before[rank].meter;
        let said = explanation.costs[rank];
        let spent = [said.messages_sent, said.bytes_sent, said.bytes_copied, explanation.peak_bytes[rank]];
        let held = [explanation.held_before_bytes[rank], explanation.held_after_bytes[rank]];
        let counted =
            [counted.messages_sent, counted.bytes_sent, counted.copied_bytes, after[rank].peak_bytes];
        let counted_held = [before[rank].held_bytes, after[rank].held_bytes];
        // What the data asks for comes on top.
        let is_right = if said.is_least {
            spent.iter().zip(&counted).all(|(said, counted)| said <= counted)
        } else {
            spent == counted
        };
        assert!(
            is_right,
            "messages, bytes, copied, peak of rank {rank} in program {seed}: {spent:?}, not {counted:?}\n{explanation}\n{program:#?}"
        );
        assert_eq!(held, counted_held, "held before, after by rank {rank} in program {seed}:\n{explanation}");
    }
    Ok(())
}

#[test]
fn a_client_of_threads_gives_the_same_bytes_whatever_is_held() {
    for ranks in 1..=4 {
        let context = Context::local(ranks).expect("engines start");
        for seed in seeds() {
            let program = Program::new(seed, ranks);
            let outcome = one_at_a_time(&context, &program)
                .and_then(|expected| agrees(&context, seed, 0, &program, &expected));
            outcome
                .unwrap_or_else(|error| panic!("program {seed} on {ranks} engines: {error}\n{program:#?}"));
        }
        context.close().expect("nothing failed");
    }
}

#[test]
fn ranks_without_a_client_give_the_bytes_of_a_client() {
    for ranks in 1..=4 {
        let client = Context::local(ranks).expect("engines start");
        let expected: Vec<_> = seeds()
            .map(|seed| one_at_a_time(&client, &Program::new(seed, ranks)).expect("it ran before"))
            .collect();
        client.close().expect("nothing failed");
        threads::run(ranks, |comm| {
            let context = Context::spmd(&comm)?;
            for (seed, expected) in seeds().zip(&expected) {
                let program = Program::new(seed, ranks);
                agrees(&context, seed, comm.rank() as u64, &program, expected)?;
            }
            context.close()
        })
        .expect("no rank fails");
    }
}

/// What a process does that was started as a rank of a job; nothing if it was not.
#[cfg(feature = "mpi")]
#[test]
fn rank_of_a_job() {
    if let Some(program) = distarray::comm::conformance::job::program() {
        mpi::run_rank(&program);
    }
}
