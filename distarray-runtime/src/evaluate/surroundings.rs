//! `Surroundings`: what calls happen in.

use distarray_lazy::Context;
use distarray_maps::DistSpec;

/// Where arrays are made, and how they are spread unless said otherwise.
#[derive(Clone, Debug)]
pub struct Surroundings {
    /// The context.
    pub context: Context,
    /// How arrays are spread; `None`: in blocks along the first axis.
    pub distribution: Option<DistSpec>,
}
