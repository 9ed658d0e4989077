//! The conformance suite on threads, with 1, 2, 3, 4 and 7 ranks.

use distarray_comm::conformance::{Effort, run_all};
use distarray_comm::{CommError, threads};

#[track_caller]
fn conforms(ranks: usize, effort: Effort) {
    let names = threads::run(ranks, |comm| run_all(&comm, effort)).expect("conforms");
    assert!(names.windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn one_rank_conforms() {
    conforms(1, Effort::FULL);
}

#[test]
fn two_ranks_conform() {
    conforms(2, Effort::FULL);
}

#[test]
fn three_ranks_conform() {
    conforms(3, Effort::FULL);
}

#[test]
fn four_ranks_conform() {
    conforms(4, Effort::FULL);
}

#[test]
fn seven_ranks_conform() {
    let fewer = Effort { aborted_exchanges: 20_000, ..Effort::FULL };
    conforms(7, fewer);
}

#[test]
fn a_panic_is_an_error_that_names_the_rank_and_nobody_hangs() {
    for size in 1..5 {
        for bad in 0..size {
            let outcome = threads::run(size, |comm| {
                comm.barrier()?;
                assert!(comm.rank() != bad, "no {bad}");
                // Nobody waits for the bad rank itself here, and still nobody hangs.
                comm.receive(comm.rank(), 5)
            });
            let message = format!("no {bad}");
            assert_eq!(outcome, Err(CommError::RankPanicked { rank: bad, message }));
        }
    }
}

#[test]
fn an_error_on_one_rank_is_returned_and_the_others_see_it_leave() {
    let outcome = threads::run(3, |comm| {
        if comm.rank() == 1 {
            return Err(CommError::PartCount { parts: 1, ranks: 3 });
        }
        assert_eq!(comm.barrier(), Err(CommError::PeerLeft { rank: 1 }));
        Err(CommError::PeerLeft { rank: 1 })
    });
    assert_eq!(outcome, Err::<Vec<()>, _>(CommError::PartCount { parts: 1, ranks: 3 }));
}

#[test]
fn messages_of_a_rank_that_has_left_are_still_delivered() {
    let outcome = threads::run(2, |comm| {
        if comm.rank() == 0 {
            comm.send(1, 1, b"last")?;
            return Ok(true);
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
        assert_eq!(comm.receive(0, 1)?.as_bytes(), b"last");
        assert_eq!(comm.receive(0, 1), Err(CommError::PeerLeft { rank: 0 }));
        assert_eq!(comm.receive_any(1), Err(CommError::PeerLeft { rank: 0 }));
        Ok::<_, CommError>(true)
    });
    assert_eq!(outcome, Ok(vec![true, true]));
}

#[test]
fn an_endpoint_nobody_takes_has_left() {
    let outcome = threads::run(2, |comm| {
        let endpoint = comm.duplicate_endpoint()?;
        if comm.rank() == 0 {
            drop(endpoint);
            return Ok(());
        }
        let other = endpoint.into_comm();
        assert_eq!(other.receive(0, 1), Err(CommError::PeerLeft { rank: 0 }));
        Ok::<_, CommError>(())
    });
    assert_eq!(outcome, Ok(vec![(), ()]));
}

#[test]
fn a_panic_inside_expose_waits_for_readers() {
    let outcome = threads::run(2, |comm| {
        let region = vec![comm.rank(); 1000].iter().map(|_| 7).collect::<Vec<u8>>();
        let other = [1 - comm.rank()];
        comm.expose(&region, &other, &other, |exposed| {
            assert!(comm.rank() == 0, "reader of rank 0");
            exposed.read_with(1, 0, |theirs| {
                std::thread::sleep(std::time::Duration::from_millis(10));
                assert!(theirs.iter().all(|&byte| byte == 7));
            })
        })
    });
    let message = String::from("reader of rank 0");
    assert_eq!(outcome, Err(CommError::RankPanicked { rank: 1, message }));
}
