//! The client's laws: numbers, merging, failures, ends. No engine in sight.

use super::*;
use crate::protocol::{Outcome, Payload};
use distarray_lazy::answer::{Answer, promise};
use proptest::prelude::*;

type ReplyAnswer = Answer<Result<Reply, Error>>;

fn submit(client: &mut Client) -> (Request, ReplyAnswer) {
    let (promise, answer) = promise();
    let request = client.submit(WireCommand::Nothing, promise).map_err(|(_, error)| error);
    (request.expect("the client takes commands"), answer)
}

fn failure(rank: usize, kind: FailureKind) -> Failure {
    Failure { operation: "sum".to_owned(), rank, kind, message: "no".to_owned() }
}

fn outcome(number: u64, rank: usize, result: Result<Payload, Failure>) -> Merged {
    Outcome { number, rank, result }.into()
}

/// Tells the client, and keeps the promise if there is one to keep.
#[track_caller]
fn take(client: &mut Client, merged: Merged) -> Next {
    let (answered, next) = client.take(merged).expect("in flight");
    answered.into_iter().for_each(Answered::fulfil);
    next
}

fn answered(answer: &ReplyAnswer) -> Option<Result<Reply, Error>> {
    answer.poll_now().map(|value| value.expect("the promise is kept"))
}

#[test]
fn a_reply_comes_when_all_ranks_have_answered() {
    let mut client = Client::new(3);
    let (request, answer) = submit(&mut client);
    assert_eq!((request.number, request.epoch), (0, 0));
    for rank in [2, 0] {
        assert_eq!(take(&mut client, outcome(0, rank, Ok(Payload::Done))), Next::Wait);
        assert!(answered(&answer).is_none());
    }
    assert_eq!(take(&mut client, outcome(0, 1, Ok(Payload::Done))), Next::Done);
    assert!(matches!(answered(&answer), Some(Ok(Reply::Done))));
    assert_eq!((client.in_flight(), client.next()), (0, 1));
}

#[test]
fn an_answer_out_of_the_window_is_refused() {
    let mut client = Client::new(1);
    let refused = client.take(outcome(0, 0, Ok(Payload::Done))).err();
    assert_eq!(refused, Some(ProtocolError::NotInFlight { rank: 0, found: 0, first: 0, next: 0 }));
    submit(&mut client);
    take(&mut client, outcome(0, 0, Ok(Payload::Done)));
    assert!(client.take(outcome(0, 0, Ok(Payload::Done))).is_err());
}

#[test]
fn a_failure_is_given_up_once_and_names_the_lowest_rank_that_failed_by_itself() {
    let mut client = Client::new(3);
    let (_, answer) = submit(&mut client);
    assert_eq!(take(&mut client, outcome(0, 2, Err(failure(2, FailureKind::Panic)))), Next::GiveUpSoon);
    let abort = client.give_up(0).expect("the first time");
    assert_eq!((abort.epoch, abort.number, abort.cause.rank), (0, 0, 2));
    assert!(client.give_up(0).is_none());
    assert_eq!(take(&mut client, outcome(0, 0, Err(failure(0, FailureKind::Aborted)))), Next::Wait);
    assert_eq!(take(&mut client, outcome(0, 1, Err(failure(1, FailureKind::Invalid)))), Next::Done);
    let Some(Err(Error::Failure(told))) = answered(&answer) else { panic!("a failure") };
    assert_eq!(told, failure(1, FailureKind::Invalid));
    assert!(client.give_up(0).is_none(), "it is over");
}

#[test]
fn a_warning_counts_before_its_rank_has_answered() {
    let mut client = Client::new(2);
    let (_, answer) = submit(&mut client);
    assert_eq!(client.warn(0, failure(1, FailureKind::Panic)), Ok(Next::GiveUpSoon));
    assert!(client.give_up(0).is_some());
    client.answer_early(0).into_iter().for_each(Answered::fulfil);
    assert!(matches!(answered(&answer), Some(Err(Error::Failure(told))) if told.rank == 1));
    assert_eq!(client.in_flight(), 1, "the engines have not answered");
    for rank in 0..2 {
        take(&mut client, outcome(0, rank, Err(failure(rank, FailureKind::Aborted))));
    }
    assert_eq!(client.in_flight(), 0);
}

#[test]
fn an_engine_left_behind_may_answer_what_was_abandoned() {
    let mut client = Client::new(2);
    let (_, answer) = submit(&mut client);
    client.abandon().into_iter().for_each(Answered::fulfil);
    assert!(matches!(answered(&answer), Some(Err(Error::Closed))));
    take(&mut client, outcome(0, 1, Ok(Payload::Done)));
    assert_eq!(client.in_flight(), 0);
}

#[test]
fn an_interruption_answers_all_and_takes_nothing_more() {
    let mut client = Client::new(2);
    let answers: Vec<_> = (0..5).map(|_| submit(&mut client).1).collect();
    let (epoch, given_up) = client.interrupt("interrupted");
    assert_eq!(epoch, 1);
    given_up.into_iter().for_each(Answered::fulfil);
    for answer in &answers {
        let Some(Err(Error::Failure(told))) = answered(answer) else { panic!("a failure") };
        assert_eq!(told.kind, FailureKind::Aborted);
    }
    assert!(client.submit(WireCommand::Nothing, promise().0).is_err());
    assert_eq!(client.stop().map(|request| (request.number, request.epoch)), Some((5, 1)));
    assert!(client.stop().is_none());
}

#[test]
fn a_rank_that_does_not_return_fails_its_request_and_those_behind_it() {
    let mut client = Client::new(2);
    let answers: Vec<_> = (0..4).map(|_| submit(&mut client).1).collect();
    take(&mut client, outcome(0, 1, Ok(Payload::Done)));
    take(&mut client, outcome(0, 0, Ok(Payload::Done)));
    let stuck = NotReturning { number: 1, rank: 1, operation: "sleep".to_owned(), elapsed_milliseconds: 20 };
    let (aborts, given_up) = client.give_up_rank(&stuck);
    assert_eq!(aborts.len(), 3);
    given_up.into_iter().for_each(Answered::fulfil);
    assert!(matches!(answered(&answers[0]), Some(Ok(_))));
    for answer in &answers[1..] {
        let Some(Err(Error::Failure(told))) = answered(answer) else { panic!("a failure") };
        assert_eq!((told.kind, told.operation.as_str(), told.rank), (FailureKind::NoReturn, "sleep", 1));
    }
}

proptest! {
    /// Each rank answers its requests in order; how the ranks' answers interleave is chance.
    #[test]
    fn every_promise_is_kept_whatever_the_interleaving(
        rank_count in 1..5_usize,
        request_count in 1..20_u64,
        failing in prop::collection::btree_set((0..20_u64, 0..5_usize), 0..6),
        choices in prop::collection::vec(0..1000_usize, 100),
    ) {
        let mut client = Client::new(rank_count);
        let answers: Vec<_> = (0..request_count).map(|_| submit(&mut client).1).collect();
        let mut next = vec![0; rank_count];
        for choice in choices {
            let waiting: Vec<usize> = (0..rank_count).filter(|rank| next[*rank] < request_count).collect();
            if waiting.is_empty() {
                break;
            }
            let rank = waiting[choice % waiting.len()];
            let number = next[rank];
            next[rank] += 1;
            let result = if failing.contains(&(number, rank)) {
                Err(failure(rank, FailureKind::Invalid))
            } else {
                Ok(Payload::Done)
            };
            if take(&mut client, outcome(number, rank, result)) == Next::GiveUpSoon {
                client.give_up(number);
            }
        }
        for (number, answer) in (0..).zip(&answers) {
            let lowest = failing.iter().filter(|(at, rank)| *at == number && *rank < rank_count).map(|(_, rank)| *rank).min();
            match (answered(answer), lowest) {
                (Some(Ok(_)), None) => {}
                (Some(Err(Error::Failure(told))), Some(lowest)) => prop_assert_eq!(told.rank, lowest),
                (other, lowest) => prop_assert!(false, "{:?} instead of {:?}", other, lowest),
            }
        }
        prop_assert_eq!(client.in_flight(), 0);
    }
}
