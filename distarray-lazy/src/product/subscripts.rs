//! The subscripts of an Einstein sum: letters for the axes of every operand and of the output.

use distarray_spmd::ProductError;

/// What a subscript stands for: a letter, or an axis of the ellipsis, counted from the last.
pub(super) const ELLIPSIS: usize = 256;

/// The labels of all operands and of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Subscripts {
    pub(super) operands: Vec<Vec<usize>>,
    pub(super) output: Vec<usize>,
}

/// One side of the subscripts: letters, and where an ellipsis stands among them.
struct Side {
    letters: Vec<char>,
    ellipsis: Option<usize>,
}

impl Side {
    fn parse(text: &str, operand: Option<usize>) -> Result<Side, ProductError> {
        let mut side = Side { letters: Vec::new(), ellipsis: None };
        let mut rest = text.chars();
        while let Some(subscript) = rest.next() {
            match subscript {
                ' ' => {}
                '.' if side.ellipsis.is_none() && rest.as_str().starts_with("..") => {
                    side.ellipsis = Some(side.letters.len());
                    rest.nth(1);
                }
                '.' => return Err(ProductError::LoneDot { operand }),
                letter if letter.is_ascii_alphabetic() => side.letters.push(letter),
                subscript => return Err(ProductError::Subscript { subscript }),
            }
        }
        Ok(side)
    }

    /// The labels, where the ellipsis stands for so many axes.
    fn labels(&self, extra: usize) -> Vec<usize> {
        let letters: Vec<usize> = self.letters.iter().map(|letter| *letter as usize).collect();
        let (before, after) = letters.split_at(self.ellipsis.unwrap_or(letters.len()));
        before
            .iter()
            .copied()
            .chain((0..extra).rev().map(|axis| ELLIPSIS + axis))
            .chain(after.iter().copied())
            .collect()
    }
}

impl Subscripts {
    /// Reads subscripts such as `ij,jk->ik` for operands of so many dimensions. Without an output it has the axes of the
    /// ellipsis, and then all letters that stand once, in the order of the alphabet, capitals first.
    pub(super) fn parse(text: &str, ndims: &[usize]) -> Result<Subscripts, ProductError> {
        let (inputs, output) = match text.split_once("->") {
            Some((inputs, output)) => (inputs, Some(output)),
            None => (text, None),
        };
        let sides: Vec<Side> = inputs
            .split(',')
            .enumerate()
            .map(|(operand, text)| Side::parse(text, Some(operand)))
            .collect::<Result<_, _>>()?;
        if sides.len() != ndims.len() {
            return Err(ProductError::OperandCount { found: ndims.len(), specified: sides.len() });
        }
        let mut operands = Vec::with_capacity(sides.len());
        for (operand, (side, &ndim)) in sides.iter().zip(ndims).enumerate() {
            let extra =
                ndim.checked_sub(side.letters.len()).ok_or(ProductError::TooManySubscripts { operand })?;
            if extra > 0 && side.ellipsis.is_none() {
                return Err(ProductError::TooFewSubscripts { operand });
            }
            operands.push(side.labels(extra));
        }
        let all = || operands.iter().flatten().copied();
        let extra =
            all().filter(|label| *label >= ELLIPSIS).map(|label| label - ELLIPSIS + 1).max().unwrap_or(0);
        let output = match output {
            Some(text) => {
                let side = Side::parse(text, None)?;
                for (place, &subscript) in side.letters.iter().enumerate() {
                    if side.letters[..place].contains(&subscript) {
                        return Err(ProductError::OutputTwice { subscript });
                    }
                    if !all().any(|label| label == subscript as usize) {
                        return Err(ProductError::UnknownOutput { subscript });
                    }
                }
                if extra > 0 && side.ellipsis.is_none() {
                    return Err(ProductError::NoOutputEllipsis { dimensions: extra });
                }
                side.labels(if side.ellipsis.is_some() { extra } else { 0 })
            }
            None => {
                let once = |letter: &usize| all().filter(|label| label == letter).count() == 1;
                let letters = (0..ELLIPSIS).filter(once);
                (0..extra).rev().map(|axis| ELLIPSIS + axis).chain(letters).collect()
            }
        };
        Ok(Subscripts { operands, output })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letters(labels: &[usize]) -> String {
        let letter = |label: &usize| u8::try_from(*label).map_or('.', char::from);
        labels.iter().map(letter).collect()
    }

    #[test]
    fn outputs_are_as_in_numpy() {
        for (text, ndims, output) in [
            ("ij,jk", &[2, 2][..], "ik"),
            ("ba", &[2], "ab"),
            ("aB", &[2], "Ba"),
            ("ii", &[2], ""),
            ("i...,...j", &[2, 3], "..ij"),
            (" i j , j -> i ", &[2, 1], "i"),
            ("...ii->...i", &[4], "..i"),
        ] {
            let found = Subscripts::parse(text, ndims).expect("good subscripts");
            assert_eq!(letters(&found.output), output, "{text}");
        }
    }

    #[test]
    fn mistakes_are_told_in_numpys_words() {
        for (text, ndims, words) in [
            ("ijk", &[2][..], "contains too many subscripts for operand 0"),
            ("i", &[2], "no '...' ellipsis provided to broadcast the extra dimensions."),
            ("ij,j", &[2], "fewer operands provided"),
            ("ij", &[2, 1], "more operands provided"),
            ("i1", &[2], "invalid subscript '1'"),
            ("ij->k", &[2], "output subscript 'k' which never appeared in an input"),
            ("ij->ii", &[2], "output subscript 'i' multiple times"),
            ("i.j", &[2], "a '.' that is not part of an ellipsis ('...') in operand 0"),
            ("i...->i", &[2], "output has more dimensions than subscripts given"),
            ("ij->i->j", &[2], "invalid subscript '-'"),
        ] {
            let error = Subscripts::parse(text, ndims).expect_err("a mistake");
            assert!(error.to_string().contains(words), "{text}: {error}");
        }
    }
}
