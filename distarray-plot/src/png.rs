//! Pictures as PNG: bytes, or a file that is there whole or not at all.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use ::png::{BitDepth, ColorType, Encoder};

use crate::error::PlotError;
use crate::heat_map::HeatMap;

impl HeatMap {
    /// The picture in the PNG format.
    ///
    /// # Errors
    /// [`PlotError::Encoding`].
    pub fn to_png(&self) -> Result<Vec<u8>, PlotError> {
        let (width, height) = (self.width(), self.height());
        let refused = |error| PlotError::Encoding { width, height, error };
        let side =
            |length: usize| u32::try_from(length).map_err(|_| refused(::png::EncodingError::LimitsExceeded));
        let mut bytes = Vec::new();
        let mut encoder = Encoder::new(&mut bytes, side(width)?, side(height)?);
        encoder.set_color(ColorType::Rgb);
        encoder.set_depth(BitDepth::Eight);
        let mut writer = encoder.write_header().map_err(refused)?;
        writer.write_image_data(self.pixels()).map_err(refused)?;
        writer.finish().map_err(refused)?;
        Ok(bytes)
    }

    /// Writes the picture to a file, under a temporary name beside it that is renamed at the end.
    ///
    /// # Errors
    /// [`PlotError::Encoding`], [`PlotError::File`]; a file that was there before is then unchanged.
    pub fn save_png(&self, file: &Path) -> Result<(), PlotError> {
        let bytes = self.to_png()?;
        let temporary = Temporary { path: temporary_name(file) };
        let written = fs::File::create(&temporary.path)
            .and_then(|mut target| target.write_all(&bytes))
            .and_then(|()| fs::rename(&temporary.path, file));
        written.map_err(|error| PlotError::File { file: file.to_owned(), error })
    }
}

/// A file that is removed unless it was renamed.
struct Temporary {
    path: PathBuf,
}

impl Drop for Temporary {
    fn drop(&mut self) {
        // After the renaming there is nothing left to remove, which is no error.
        let _ = fs::remove_file(&self.path);
    }
}

/// A hidden name in the same directory, different for each process.
fn temporary_name(file: &Path) -> PathBuf {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    file.with_file_name(format!(".{name}.{}.part", std::process::id()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A directory of this test alone.
    fn directory(name: &str) -> PathBuf {
        let path = std::env::temp_dir().join(format!("distarray-plot-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        path
    }

    #[test]
    fn what_is_written_reads_as_the_same_pixels() {
        let values: Vec<f64> = (0..15).map(f64::from).collect();
        let map = HeatMap::new(&values, [3, 5]).unwrap();
        let decoder = ::png::Decoder::new(std::io::Cursor::new(map.to_png().unwrap()));
        let mut reader = decoder.read_info().unwrap();
        let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
        let frame = reader.next_frame(&mut pixels).unwrap();
        assert_eq!((frame.width as usize, frame.height as usize), (map.width(), map.height()));
        assert_eq!(pixels, map.pixels());
    }

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_over() {
        let directory = directory("saved");
        let file = directory.join("map.png");
        fs::write(&file, "old").unwrap();
        let map = HeatMap::new(&[1.0, 2.0], [1, 2]).unwrap();
        map.save_png(&file).unwrap();
        assert_eq!(fs::read(&file).unwrap(), map.to_png().unwrap());
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        fs::remove_dir_all(directory).unwrap();
    }

    #[test]
    fn a_failure_leaves_nothing_behind() {
        let directory = directory("refused");
        let occupied = directory.join("map.png");
        fs::create_dir_all(occupied.join("inside")).unwrap();
        let map = HeatMap::new(&[1.0], [1, 1]).unwrap();
        let error = map.save_png(&occupied).unwrap_err();
        assert!(error.to_string().starts_with("cannot write "));
        assert_eq!(fs::read_dir(&directory).unwrap().count(), 1);
        assert!(map.save_png(&directory.join("missing/map.png")).is_err());
        fs::remove_dir_all(directory).unwrap();
    }
}
