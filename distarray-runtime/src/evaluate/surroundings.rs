//! `Surroundings`: what calls happen in.

use crate::evaluate::random::generator_from_system;
use crate::evaluate::value::SharedGenerator;
use distarray_lazy::Context;
use distarray_maps::DistSpec;
use std::sync::{Arc, Mutex};

/// Where arrays are made, and how they are spread unless said otherwise.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The context.
    pub context: Context,
    /// How arrays are spread; `None`: in blocks along the first axis.
    pub distribution: Option<DistSpec>,
    /// What random arrays are drawn from that name neither seed nor generator.
    pub random: SharedGenerator,
}

impl Surroundings {
    /// Surroundings whose random numbers nobody foresees.
    ///
    /// They are drawn where the program is interpreted, which is one process only: the others learn of streams, not
    /// of seeds.
    #[must_use]
    pub fn new(context: Context, distribution: Option<DistSpec>) -> Self {
        Self { context, distribution, random: Arc::new(Mutex::new(generator_from_system())) }
    }
}
