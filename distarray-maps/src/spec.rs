//! `DistSpec`: a distribution as people write it, `b,c` or `n,c(64)`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::MapError;

/// How one axis is to be distributed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AxisSpec {
    /// `n`: not at all.
    Replicated,
    /// `b`: in even blocks.
    Block,
    /// `c` or `c(block_size)`: cyclic or block-cyclic.
    BlockCyclic {
        /// Indices per block; 1 is written `c`.
        block_size: usize,
    },
}

/// How the axes of an array are to be distributed; axes that are not named are not.
///
/// # Example
/// ```
/// use distarray_maps::DistSpec;
/// let spec: DistSpec = "n, c(64)".parse()?;
/// assert_eq!(spec.to_string(), "n,c(64)");
/// assert_eq!("bc".parse::<DistSpec>()?.to_string(), "b,c");
/// # Ok::<(), distarray_maps::MapError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct DistSpec {
    axes: Vec<AxisSpec>,
    grid: Option<Vec<usize>>,
}

impl DistSpec {
    /// The given kinds, one per axis from the first.
    pub fn new(axes: Vec<AxisSpec>) -> Self {
        DistSpec { axes, grid: None }
    }

    /// The same kinds on a process grid of this shape; axes that are not named get one part.
    #[must_use]
    pub fn with_grid(mut self, grid: &[usize]) -> Self {
        self.grid = Some(grid.to_vec());
        self
    }

    /// The kinds as given, without the axes that are not named.
    pub fn axes(&self) -> &[AxisSpec] {
        &self.axes
    }

    /// The kind of an axis.
    pub fn axis(&self, axis: usize) -> AxisSpec {
        self.axes.get(axis).copied().unwrap_or(AxisSpec::Replicated)
    }

    /// The shape of the process grid, if one was asked for.
    pub fn grid(&self) -> Option<&[usize]> {
        self.grid.as_deref()
    }
}

impl AxisSpec {
    /// Its letter.
    pub fn letter(&self) -> char {
        match self {
            AxisSpec::Replicated => 'n',
            AxisSpec::Block => 'b',
            AxisSpec::BlockCyclic { .. } => 'c',
        }
    }
}

impl fmt::Display for AxisSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AxisSpec::BlockCyclic { block_size } if *block_size != 1 => {
                write!(formatter, "c({block_size})")
            }
            kind => write!(formatter, "{}", kind.letter()),
        }
    }
}

impl fmt::Display for DistSpec {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, axis) in self.axes.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            write!(formatter, "{comma}{axis}")?;
        }
        Ok(())
    }
}

impl FromStr for DistSpec {
    type Err = MapError;

    /// Letters with or without commas between them; a block size in parentheses may follow a `c`.
    fn from_str(text: &str) -> Result<Self, MapError> {
        let mut axes = Vec::new();
        let mut characters =
            text.chars().enumerate().filter(|(_, character)| !character.is_whitespace()).peekable();
        let mut comma = None;
        while let Some((position, character)) = characters.next() {
            comma = None;
            axes.push(match character {
                'n' => AxisSpec::Replicated,
                'b' => AxisSpec::Block,
                'c' if characters.next_if(|&(_, next)| next == '(').is_some() => {
                    let mut digits = String::new();
                    let wrong = MapError::SpecBlockSize { position: position + 2 };
                    loop {
                        match characters.next() {
                            Some((_, ')')) => break,
                            Some((_, digit)) if digit.is_ascii_digit() => digits.push(digit),
                            _ => return Err(wrong),
                        }
                    }
                    match digits.parse() {
                        Ok(block_size) if block_size > 0 => AxisSpec::BlockCyclic { block_size },
                        _ => return Err(wrong),
                    }
                }
                'c' => AxisSpec::BlockCyclic { block_size: 1 },
                'u' => return Err(MapError::SpecUnstructured { position }),
                found => {
                    return Err(MapError::SpecLetter { position, found: Some(found) });
                }
            });
            if let Some((position, _)) = characters.next_if(|&(_, next)| next == ',') {
                comma = Some(position);
            }
        }
        match comma {
            Some(position) => Err(MapError::SpecLetter { position: position + 1, found: None }),
            None => Ok(DistSpec::new(axes)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        for text in ["", "n", "b", "c", "b,c", "n,b", "c(64),c(64)", "b,n,c(3),n"] {
            assert_eq!(text.parse::<DistSpec>().expect("valid").to_string(), text);
        }
    }

    #[test]
    fn mistakes_are_named_with_their_place() {
        let mistake = |text: &str| text.parse::<DistSpec>().expect_err("wrong");
        assert_eq!(mistake("b,x"), MapError::SpecLetter { position: 2, found: Some('x') });
        assert_eq!(mistake("b,"), MapError::SpecLetter { position: 2, found: None });
        assert_eq!(mistake(",b"), MapError::SpecLetter { position: 0, found: Some(',') });
        assert_eq!(mistake("n,u"), MapError::SpecUnstructured { position: 2 });
        assert_eq!(mistake("c(0)"), MapError::SpecBlockSize { position: 2 });
        assert_eq!(mistake("c(12"), MapError::SpecBlockSize { position: 2 });
        assert_eq!(mistake("b,c(99999999999999999999)"), MapError::SpecBlockSize { position: 4 });
    }
}
