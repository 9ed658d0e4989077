//! Points on and in circle and sphere of radius 1, all equally likely.

use std::f64::consts::PI;

use super::super::chacha::Key;
use super::super::source::open_fraction;
use super::samples::DrawVector;
use crate::kernel::math::{Cos, Exp, Function1, Log, Sin};

/// The point of the unit circle that a word gives.
#[inline(always)]
fn direction(word: u64) -> [f64; 2] {
    let angle = PI * (2.0 * open_fraction(word) - 1.0);
    [Cos::body(angle), Sin::body(angle)]
}

/// The point of the unit sphere that two words give.
#[inline(always)]
fn sphere(first: u64, second: u64) -> [f64; 3] {
    let [x, y] = direction(first);
    let u = open_fraction(second);
    let radius = (4.0 * u * (1.0 - u)).sqrt();
    [radius * x, radius * y, 2.0 * u - 1.0]
}

crate::multiversion! {
    fn circles(words: &[u64], output: &mut [f64]) {
        for (point, word) in output.as_chunks_mut::<2>().0.iter_mut().zip(words) {
            *point = direction(*word);
        }
    }

    fn discs(words: &[u64], output: &mut [f64]) {
        for (point, words) in output.as_chunks_mut::<2>().0.iter_mut().zip(words.as_chunks::<2>().0) {
            let radius = open_fraction(words[1]).sqrt();
            let [x, y] = direction(words[0]);
            *point = [radius * x, radius * y];
        }
    }

    fn spheres(words: &[u64], output: &mut [f64]) {
        for (point, words) in output.as_chunks_mut::<3>().0.iter_mut().zip(words.as_chunks::<2>().0) {
            *point = sphere(words[0], words[1]);
        }
    }

    fn balls(words: &[u64], output: &mut [f64]) {
        for (point, words) in output.as_chunks_mut::<3>().0.iter_mut().zip(words.as_chunks::<3>().0) {
            let radius = Exp::body(Log::body(open_fraction(words[2])) / 3.0);
            let [x, y, z] = sphere(words[0], words[1]);
            *point = [radius * x, radius * y, radius * z];
        }
    }
}

/// The four shapes: name, words, components, and the function that makes them.
macro_rules! shapes {
    ($($(#[$meta:meta])* $name:ident, $words:expr, $length:expr, $make:ident;)+) => {$(
        $(#[$meta])*
        pub(super) struct $name;

        impl DrawVector for $name {
            type Value = f64;

            fn words(&self) -> usize {
                $words
            }

            fn length(&self) -> usize {
                $length
            }

            fn vectors(&self, words: &[u64], _: &[u64], _: &Key, output: &mut [f64]) {
                $make(words, output);
            }
        }
    )+};
}

shapes! {
    /// On the circle.
    Circle, 1, 2, circles;
    /// In the disc.
    Disc, 2, 2, discs;
    /// On the sphere.
    Sphere, 2, 3, spheres;
    /// In the ball.
    Ball, 3, 3, balls;
}
