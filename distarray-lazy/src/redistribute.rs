//! Handles to the same elements elsewhere.

use crate::create::IntoLayout;
use crate::dist_array::DistArray;
use distarray_spmd::ArrayMeta;
use distarray_spmd::Error;
use distarray_spmd::transfer::redistribute::Redistribute;
use std::panic::Location;

impl DistArray {
    /// The same elements, elsewhere. The same handle if they lie there already.
    #[track_caller]
    #[must_use]
    pub fn redistribute(&self, layout: impl IntoLayout) -> DistArray {
        let place = Location::caller();
        DistArray::from_outcome(self.context(), "redistribute", place, self.try_redistribute(layout))
    }

    fn try_redistribute(&self, layout: impl IntoLayout) -> Result<DistArray, Error> {
        let context = self.context();
        let meta: &ArrayMeta = self.meta()?;
        let target = layout.into_layout(context.rank_count())?;
        context.check_ranks(&target)?;
        if meta.shape() == target.shape() && meta.distribution.same_placement(&target) {
            return Ok(self.clone());
        }
        let mut outputs = context.call(Redistribute { target }, &[self])?;
        outputs.pop().ok_or(Error::Closed)
    }
}
