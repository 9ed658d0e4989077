//! Serde values as bytes and back: the only place where bincode is used.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::CommError;

/// Bytes a decoded value may claim when the caller names no limit.
pub const DEFAULT_LIMIT_BYTES: usize = 1 << 30;

/// `value` as bytes: bincode 2, standard configuration (little-endian, variable-length integers).
///
/// # Errors
/// [`CommError::Encode`] if the value's own `Serialize` refuses.
pub fn encode<T: Serialize + ?Sized>(value: &T) -> Result<Vec<u8>, CommError> {
    bincode::serde::encode_to_vec(value, bincode::config::standard())
        .map_err(|error| CommError::Encode { reason: error.to_string() })
}

/// As [`encode`], behind what `bytes` holds already.
///
/// # Errors
/// As there.
pub fn encode_onto<T: Serialize + ?Sized>(bytes: &mut Vec<u8>, value: &T) -> Result<(), CommError> {
    bincode::serde::encode_into_std_write(value, bytes, bincode::config::standard())
        .map(|_| ())
        .map_err(|error| CommError::Encode { reason: error.to_string() })
}

/// As [`encode`], refusing values of more than `limit_bytes` bytes.
///
/// # Errors
/// [`CommError::Encode`], [`CommError::TooLarge`].
pub fn encode_within<T: Serialize + ?Sized>(value: &T, limit_bytes: usize) -> Result<Vec<u8>, CommError> {
    let bytes = encode(value)?;
    if bytes.len() > limit_bytes {
        return Err(CommError::TooLarge { length_bytes: bytes.len(), limit_bytes });
    }
    Ok(bytes)
}

/// The value that all of `bytes` stands for.
///
/// # Errors
/// [`CommError::Decode`] if the bytes are not such a value or more than it;
/// [`CommError::TooLarge`] if it claims more than [`DEFAULT_LIMIT_BYTES`].
pub fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, CommError> {
    let refuse = |reason: String| CommError::Decode { length_bytes: bytes.len(), reason };
    if bytes.len() > DEFAULT_LIMIT_BYTES {
        return Err(CommError::TooLarge { length_bytes: bytes.len(), limit_bytes: DEFAULT_LIMIT_BYTES });
    }
    // The limit bounds what lengths written in the bytes may make the decoder allocate.
    let configuration = bincode::config::standard().with_limit::<DEFAULT_LIMIT_BYTES>();
    match bincode::serde::decode_from_slice(bytes, configuration) {
        Ok((value, used)) if used == bytes.len() => Ok(value),
        Ok((_, used)) => Err(refuse(format!("{} bytes left over", bytes.len() - used))),
        Err(bincode::error::DecodeError::LimitExceeded) => {
            Err(CommError::TooLarge { length_bytes: bytes.len(), limit_bytes: DEFAULT_LIMIT_BYTES })
        }
        Err(error) => Err(refuse(error.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_survive_and_nonsense_is_refused() {
        let value = (7_u64, String::from("grid"), vec![Some(-1_i32), None]);
        let bytes = encode(&value).expect("encodes");
        let mut appended = vec![9];
        encode_onto(&mut appended, &value).expect("encodes");
        assert_eq!((appended[0], &appended[1..]), (9, &bytes[..]));
        assert_eq!(decode::<(u64, String, Vec<Option<i32>>)>(&bytes), Ok(value));
        assert!(matches!(decode::<u8>(&[1, 2]), Err(CommError::Decode { length_bytes: 2, .. })));
        assert!(matches!(decode::<String>(&[5, b'a']), Err(CommError::Decode { .. })));
        assert_eq!(
            encode_within(&[0_u8; 9], 8),
            Err(CommError::TooLarge { length_bytes: 9, limit_bytes: 8 })
        );
        // A vector that claims 2^62 elements must not be allocated.
        let lie = encode(&(1_u64 << 62)).expect("encodes");
        assert!(decode::<Vec<u64>>(&lie).is_err());
    }
}
