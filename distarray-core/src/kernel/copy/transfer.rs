//! The copying of a region: from array to array, into messages and out of them.

use crate::error::ElementError;
use crate::kernel::copy::region::Region;
use crate::kernel::copy::walk::Walk;

impl Region {
    /// Copies the whole region.
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`] if a side has not the size of its shape; nothing is written then.
    ///
    /// # Cost
    /// Each element is read and written once. Regions of many megabytes in long pieces go past the caches.
    pub fn copy(&self, source: &[u8], target: &mut [u8]) -> Result<(), ElementError> {
        self.expect_bytes(self.source_size, source.len())?;
        self.expect_bytes(self.target_size, target.len())?;
        Walk::new(self, 0, 0).run(source, target, 0, self.count());
        Ok(())
    }

    /// Copies elements `first..` of the region, as many as `target` holds, one after the other into it.
    /// For regions made by [`Region::packing`].
    ///
    /// # Errors
    /// [`ElementError::SizeMismatch`], [`ElementError::RangeOutOfRegion`]; nothing is written then.
    pub fn pack(&self, source: &[u8], first: usize, target: &mut [u8]) -> Result<(), ElementError> {
        self.expect_bytes(self.source_size, source.len())?;
        self.expect_bytes(self.count(), self.target_size * self.item_bytes())?;
        let end = self.range_end(first, target.len())?;
        Walk::new(self, 0, first).run(source, target, first, end);
        Ok(())
    }

    /// Copies `source` to elements `first..` of the region. For regions made by [`Region::unpacking`].
    ///
    /// # Errors
    /// As [`Region::pack`].
    pub fn unpack(&self, source: &[u8], first: usize, target: &mut [u8]) -> Result<(), ElementError> {
        self.expect_bytes(self.target_size, target.len())?;
        self.expect_bytes(self.count(), self.source_size * self.item_bytes())?;
        let end = self.range_end(first, source.len())?;
        Walk::new(self, first, 0).run(source, target, first, end);
        Ok(())
    }

    fn expect_bytes(&self, size: usize, found_bytes: usize) -> Result<(), ElementError> {
        let expected_bytes = size.saturating_mul(self.item_bytes());
        if expected_bytes == found_bytes {
            return Ok(());
        }
        Err(ElementError::SizeMismatch { expected_bytes, found_bytes })
    }

    /// Where a message of `message_bytes` that begins at element `first` ends.
    fn range_end(&self, first: usize, message_bytes: usize) -> Result<usize, ElementError> {
        let end = first.saturating_add(message_bytes / self.item_bytes());
        if end > self.count() {
            return Err(ElementError::RangeOutOfRegion { first, end, count: self.count() });
        }
        self.expect_bytes(end - first, message_bytes)?;
        Ok(end)
    }
}
