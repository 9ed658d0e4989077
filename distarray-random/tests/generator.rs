//! Generators: streams that never come twice, children, and state.

use distarray_random::Generator;

#[test]
fn no_two_arrays_share_a_stream() {
    let mut generator = Generator::new(9);
    let streams: Vec<_> = (0..100).map(|_| generator.draw().expect("streams are left")).collect();
    for (place, stream) in streams.iter().enumerate() {
        assert!(!streams[..place].contains(stream));
    }
}

#[test]
fn children_are_numbered_from_the_first_ever_spawned() {
    let mut at_once = Generator::new(9);
    let mut one_by_one = Generator::new(9);
    let all = at_once.spawn(3).expect("children are left");
    for child in &all {
        assert_eq!(one_by_one.spawn(1).expect("children are left")[0], *child);
    }
    assert_eq!(at_once, one_by_one);
    let keys = [all[0].key(), all[1].key(), all[2].key(), at_once.key()];
    for (place, key) in keys.iter().enumerate() {
        assert!(!keys[..place].contains(key));
    }
    // Drawing does not change the children.
    let mut drawn = Generator::new(9);
    drawn.draw().expect("streams are left");
    assert_eq!(drawn.spawn(3).expect("children are left"), all);
}

#[test]
fn state_is_saved_and_restored() {
    let mut generator = Generator::from_bytes([7; 32]);
    generator.draw().expect("streams are left");
    generator.spawn(2).expect("children are left");
    let text = serde_json::to_string(&generator).expect("state is plain");
    let mut restored: Generator = serde_json::from_str(&text).expect("what was written");
    assert_eq!(restored, generator);
    let shape = [4, 5];
    assert_eq!(
        restored.standard_normal::<f64>(&shape).expect("valid parameters"),
        generator.standard_normal::<f64>(&shape).expect("valid parameters")
    );
    assert_eq!(restored.spawn(2), generator.spawn(2));
}

#[test]
fn what_is_exhausted_says_so() {
    let text = serde_json::to_string(&Generator::new(1)).expect("state is plain");
    let last = text.replace("\"draws\":0", &format!("\"draws\":{}", (1_u64 << 63) - 1));
    let mut generator: Generator = serde_json::from_str(&last).expect("a state");
    assert!(generator.draw().is_ok());
    let message = generator.draw().expect_err("no stream is left").to_string();
    assert!(message.contains("9223372036854775808 streams"), "{message}");
}

#[test]
#[expect(clippy::cast_possible_truncation, reason = "rounding is what is asked for")]
fn single_precision_is_double_precision_rounded() {
    let doubles = Generator::new(3).standard_normal::<f64>(&[1000]).expect("valid parameters");
    let singles = Generator::new(3).standard_normal::<f32>(&[1000]).expect("valid parameters");
    for (double, single) in doubles.iter().zip(&singles) {
        assert_eq!(*double as f32, *single);
    }
}
