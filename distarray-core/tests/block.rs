//! Blocks: sharing, copying on write, and what elements they let one see.

#![expect(clippy::cast_possible_truncation, reason = "a test may panic, and counts small things")]

use distarray_core::{Block, Buffer, Complex, DType, Element, ElementError, Pool, Scalar, dispatch};
use ndarray::{Array2, ArrayD, ShapeBuilder, arr2};
use proptest::prelude::*;

#[test]
fn clones_share_until_one_is_changed() {
    let pool = Pool::new(None);
    let first = Block::from_slice(&[2, 2], &[1_i32, 2, 3, 4], &pool).unwrap();
    let mut second = first.clone();
    assert!(second.shares_storage_with(&first) && !second.is_unique());
    second.as_mut_slice::<i32>().unwrap()[0] = 9;
    assert!(!second.shares_storage_with(&first) && second.is_unique());
    assert_eq!(first.as_slice::<i32>(), Ok(&[1, 2, 3, 4][..]));
    assert_eq!(second.view::<i32>().unwrap(), arr2(&[[9, 2], [3, 4]]).into_dyn());
    // Alone, it is changed in place.
    let address = second.as_bytes().as_ptr();
    second.make_unique(&pool).unwrap();
    second.view_mut::<i32>().unwrap()[[1, 1]] = 8;
    assert_eq!(second.as_bytes().as_ptr(), address);
    assert_eq!(second.get(&[1, 1]), Ok(Scalar::Int32(8)));
}

#[test]
fn a_refused_copy_leaves_the_block_as_it_was() {
    let pool = Pool::new(Some(64));
    let first = Block::zeros(DType::Float64, &[8], &pool).unwrap();
    let mut second = first.clone();
    assert!(matches!(second.as_mut_slice::<f64>(), Err(ElementError::OutOfMemory { .. })));
    assert!(second.make_unique(&pool).is_err());
    assert!(second.shares_storage_with(&first));
}

#[test]
fn bytes_that_are_no_bools_are_not_shown_as_bools() {
    let pool = Pool::new(None);
    let mut block = Block::uninit(DType::Bool, &[3], &pool).unwrap();
    assert_eq!(block.as_slice::<bool>(), Ok(&[false; 3][..]));
    block.as_bytes_mut().unwrap()[1] = 2;
    let invalid = ElementError::InvalidBool { index: 1, value: 2 };
    assert_eq!(block.as_slice::<bool>(), Err(invalid.clone()));
    assert_eq!(block.as_mut_slice::<bool>(), Err(invalid));
    // Casts take it for true.
    assert_eq!(block.cast(DType::Int8, &pool).unwrap().as_slice::<i8>(), Ok(&[0, 1, 0][..]));
}

#[test]
fn a_message_becomes_a_block_if_it_fits() {
    let numbers: Vec<u8> = [1.5_f64, 2.5].iter().flat_map(|value| value.to_ne_bytes()).collect();
    let size = Block::from_buffer(DType::Float64, &[3], Buffer::from_vec(numbers.clone()));
    let mismatch = ElementError::SizeMismatch { expected_bytes: 24, found_bytes: 16 };
    assert_eq!(size.unwrap_err(), mismatch);
    // A vector of bytes may begin anywhere; where it does not, elements can be seen.
    match Block::from_buffer(DType::Float64, &[2], Buffer::from_vec(numbers)) {
        Ok(block) => assert_eq!(block.as_slice::<f64>(), Ok(&[1.5, 2.5][..])),
        Err(error) => assert!(matches!(error, ElementError::Misaligned { .. })),
    }
}

#[test]
fn shapes_are_checked() {
    let pool = Pool::new(None);
    let huge = Block::zeros(DType::Int8, &[usize::MAX, 3], &pool).unwrap_err();
    assert!(matches!(huge, ElementError::TooLarge { .. }));
    let empty = Block::zeros(DType::Int8, &[usize::MAX, 3, 0], &pool).unwrap();
    assert_eq!((empty.size(), empty.nbytes()), (0, 0));
    let block = Block::zeros(DType::Complex128, &[2, 3], &pool).unwrap();
    assert_eq!(block.reshape(&[3, 2, 1]).unwrap().shape(), [3, 2, 1]);
    assert!(block.reshape(&[5]).is_err());
    assert!(block.get(&[2, 0]).is_err() && block.get(&[0]).is_err());
    assert!(block.as_slice::<f64>().is_err());
    assert!(block.to_scalar().is_err());
    let one = Block::from_scalar(&Scalar::Float32(2.5), &pool).unwrap();
    assert_eq!((one.shape(), one.to_scalar()), (&[][..], Ok(Scalar::Float32(2.5))));
    assert!(block.into_buffer().is_ok_and(|buffer| buffer.len() == 96));
}

#[test]
fn full_and_fill_write_every_dtype() {
    let pool = Pool::new(None);
    for dtype in DType::ALL {
        let one = Scalar::one(dtype);
        let mut block = Block::full(&one, &[2, 5], &pool).unwrap();
        assert!((0..10).all(|flat| block.get_flat(flat) == Ok(one)));
        block.fill(&Scalar::zero(dtype)).unwrap();
        let is_zero = dispatch!(dtype, Any(T) => {
            block.as_slice::<T>().unwrap().iter().all(|value| *value == T::ZERO)
        });
        assert!(is_zero);
    }
    let mut block = Block::zeros(DType::Int8, &[1], &pool).unwrap();
    assert!(block.fill(&Scalar::Int16(1)).is_err());
}

#[test]
fn every_scalar_reads_back_from_its_bytes() {
    let value = Scalar::Complex128(Complex::new(1.5, -2.0));
    for dtype in DType::ALL {
        let value = value.cast(dtype);
        let mut bytes = vec![0];
        bytes.extend(value.to_bytes());
        assert_eq!(Scalar::from_bytes(dtype, &bytes[1..]), Ok(value));
        assert!(Scalar::from_bytes(dtype, &[]).is_err());
        let through = serde_json::to_string(&value).unwrap();
        assert_eq!(serde_json::from_str::<Scalar>(&through).unwrap(), value);
    }
    assert!(Scalar::Float64(f64::NAN).same_bits(&Scalar::Float64(f64::NAN)));
    assert!(!Scalar::Float64(0.0).same_bits(&Scalar::Float64(-0.0)));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if cfg!(miri) { 3 } else { 100 }))]

    /// Any memory order in, C order out.
    #[test]
    fn arrays_of_any_order_come_through(
        rows in 0_usize..7, columns in 0_usize..7, is_fortran in any::<bool>(), is_reversed in any::<bool>(),
    ) {
        let pool = Pool::new(None);
        let shape = (rows, columns).set_f(is_fortran);
        let mut array = Array2::from_shape_fn(shape, |(row, column)| (row * 10 + column) as u16);
        if is_reversed {
            array.invert_axis(ndarray::Axis(1));
        }
        let block = Block::from_ndarray(array.view(), &pool).unwrap();
        let back: ArrayD<u16> = block.to_ndarray().unwrap();
        prop_assert_eq!(back, array.into_dyn());
    }
}
