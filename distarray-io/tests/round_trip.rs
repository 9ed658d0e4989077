//! Files into every distribution, and out of every distribution into one file.

mod common;

use common::{Chance, Directory, block_bytes, distribution, file_bytes};
use distarray_comm::{SameMemory, threads};
use distarray_core::{Block, Buffer, ByteOrder, DType, Pool};
use distarray_io::header::Header;
use distarray_io::{LoadNpy, SaveNpy, load, probe, save};
use distarray_maps::Distribution;
use distarray_spmd::{AnyLocalArray, Error, Operation, Registry, Worker};

/// Every rank loads its part: the right elements, no messages, and the temporary memory predicted.
#[track_caller]
fn loads(directory: &Directory, header: &Header, distribution: &Distribution, ranks: usize) {
    let path = directory.join("loaded.npy");
    std::fs::write(&path, file_bytes(header)).expect("can be written");
    let operation = LoadNpy::new(probe(&path).expect("is good"), distribution.clone()).expect("fits");
    threads::run(ranks, |comm| {
        let pool = Pool::new(None);
        let worker = Worker::with_pool(&comm, &pool);
        let cost = Operation::cost(&operation, &[], comm.rank(), ranks, SameMemory::Process);
        let arrays = operation.execute(&worker, vec![])?;
        let expected = block_bytes(distribution, comm.rank(), header.dtype);
        if distribution.holds(comm.rank()) {
            assert_eq!(
                arrays[0].view().contiguous_bytes(),
                Some(&expected[..]),
                "{header:?} {distribution:?}"
            );
        }
        let statistics = pool.statistics();
        assert_eq!(statistics.peak_bytes - statistics.held_bytes, cost.temporary_bytes);
        assert_eq!(comm.meter().messages_sent, 0);
        Ok::<_, Error>(())
    })
    .expect("all ranks load");
}

/// All ranks save: one file, the same bytes as if one had written it, and the messages predicted.
#[track_caller]
fn saves(directory: &Directory, dtype: DType, distribution: &Distribution, ranks: usize) {
    let path = directory.join("saved.npy");
    threads::run(ranks, |comm| {
        let pool = Pool::new(None);
        let worker = Worker::with_pool(&comm, &pool);
        let array = array(distribution, dtype, &comm)?;
        let operation = SaveNpy::new(&path);
        let meta = array.meta();
        assert_eq!(operation.infer(&[&meta])?, []);
        let cost = Operation::cost(&operation, &[&meta], comm.rank(), ranks, SameMemory::Process);
        operation.save(&array, &worker)?;
        let meter = comm.meter();
        assert_eq!((meter.messages_sent, meter.bytes_sent), (cost.messages_sent, cost.bytes_sent));
        assert_eq!(pool.statistics().peak_bytes, cost.temporary_bytes);
        Ok::<_, Error>(())
    })
    .expect("all ranks save");
    let written = std::fs::read(&path).expect("is there");
    let header = Header::new(dtype, distribution.shape());
    assert!(written == file_bytes(&header), "{dtype} {distribution:?}");
    assert_eq!(directory.names().iter().filter(|name| name.contains(".tmp-")).count(), 0);
}

fn array(
    distribution: &Distribution,
    dtype: DType,
    comm: &distarray_comm::Comm,
) -> Result<AnyLocalArray, Error> {
    let shape = distribution.local_shape(comm.rank());
    let mut bytes = block_bytes(distribution, comm.rank(), dtype);
    // A rank outside the grid has a block of the shape without axes all the same.
    bytes.resize(dtype.array_bytes(&shape)?, 0);
    let mut buffer = Pool::new(None).allocate(bytes.len())?;
    buffer.as_bytes_mut().copy_from_slice(&bytes);
    let block = Block::from_buffer(dtype, &shape, buffer)?;
    AnyLocalArray::new(distribution.clone(), block, comm.rank())
}

#[test]
fn files_of_every_kind_into_distributions_by_chance() {
    let directory = Directory::new();
    let mut chance = Chance(11);
    for _ in 0..600 {
        let ranks = chance.below(4) + 1;
        let distribution = distribution(&mut chance, ranks);
        let dtype = DType::ALL[chance.below(13)];
        let big = chance.below(2) == 0 && dtype.size_bytes() > 1;
        let header = Header {
            byte_order: if big { ByteOrder::Big } else { ByteOrder::NATIVE },
            fortran_order: chance.below(2) == 0,
            ..Header::new(dtype, distribution.shape())
        };
        loads(&directory, &header, &distribution, ranks);
    }
}

#[test]
fn distributions_by_chance_into_one_file() {
    let directory = Directory::new();
    let mut chance = Chance(13);
    for _ in 0..150 {
        let ranks = chance.below(4) + 1;
        let distribution = distribution(&mut chance, ranks);
        saves(&directory, DType::ALL[chance.below(13)], &distribution, ranks);
    }
}

/// Shapes whose parts take several staging pieces, runs of all lengths, lines longer than a piece.
#[test]
fn arrays_larger_than_a_piece() {
    let directory = Directory::new();
    for (shape, specs) in [
        (&[150_003_usize][..], &["b", "c", "c(3)", "c(300)"][..]),
        (&[300, 400], &["n,b", "b,c", "c(64),c(64)"]),
        (&[40_000, 4], &["c", "n,c", "b,b"]),
        (&[2, 80_000], &["n,c", "n,b", "c,n"]),
        (&[30, 20, 250], &["n,c,n", "n,n,c(7)", "b,n,c"]),
    ] {
        for spec in specs {
            let spec = spec.parse().expect("a spec");
            let distribution = Distribution::from_spec(shape, &spec, 2).expect("small");
            for fortran_order in [false, true] {
                let byte_order = if fortran_order { ByteOrder::Big } else { ByteOrder::NATIVE };
                let plain = Header::new(DType::Complex128, shape);
                let header = Header { fortran_order, byte_order, ..plain };
                loads(&directory, &header, &distribution, 2);
            }
        }
        let spec = specs[1].parse().expect("a spec");
        let distribution = Distribution::from_spec(shape, &spec, 2).expect("small");
        saves(&directory, DType::Complex128, &distribution, 2);
    }
}

#[test]
fn any_byte_but_zero_is_true() {
    let directory = Directory::new();
    let path = directory.join("truths.npy");
    let mut bytes = Header::new(DType::Bool, &[6]).to_bytes();
    bytes.extend_from_slice(&[0, 1, 2, 255, 0, 128]);
    std::fs::write(&path, bytes).expect("can be written");
    let read = distarray_io::read_npy::<bool>(&path).expect("can be read");
    assert_eq!(read.as_slice(), Some(&[false, true, true, true, false, true][..]));
}

#[test]
fn load_and_save_with_a_spec() {
    let directory = Directory::new();
    let (from, to) = (directory.join("from.npy"), directory.join("to.npy"));
    let header = Header { fortran_order: true, ..Header::new(DType::Complex64, &[5, 7]) };
    std::fs::write(&from, file_bytes(&header)).expect("can be written");
    threads::run(3, |comm| {
        let worker = Worker::new(&comm);
        let array = load(&from, &"c,b".parse()?, &worker)?;
        save(&to, &array, &worker)
    })
    .expect("loaded and saved");
    let expected = file_bytes(&Header::new(DType::Complex64, &[5, 7]));
    assert_eq!(std::fs::read(&to).expect("is there"), expected);
}

#[test]
fn operations_travel_by_name() {
    let directory = Directory::new();
    let path = directory.join("a.npy");
    std::fs::write(&path, file_bytes(&Header::new(DType::Int8, &[3]))).expect("can be written");
    let mut registry = Registry::new();
    distarray_io::register(&mut registry).expect("free names");
    let rows = Distribution::block_rows(&[3], 2).expect("small");
    let file = probe(&path).expect("is good");
    let operation = LoadNpy::new(file.clone(), rows).expect("fits");
    let parameters = distarray_comm::wire::encode(&operation).expect("can be sent");
    let decoded = registry.decode("load_npy", &parameters).expect("is known");
    assert_eq!(decoded.infer(&[]).ok(), operation.infer(&[]).ok());
    assert!(
        registry
            .decode("save_npy", &distarray_comm::wire::encode(&SaveNpy::new("b.npy")).expect("can be sent"))
            .is_ok()
    );
    let other = Distribution::block_rows(&[4], 2).expect("small");
    assert!(matches!(LoadNpy::new(file, other), Err(Error::Shape { .. })));
}

#[test]
fn buffers_of_messages_can_be_saved() {
    let directory = Directory::new();
    let path = directory.join("message.npy");
    threads::run(1, |comm| {
        let rows = Distribution::block_rows(&[4], 1)?;
        let block = Block::from_buffer(DType::UInt8, &[4], Buffer::from_vec(vec![1, 2, 3, 4]))?;
        save(&path, &AnyLocalArray::new(rows, block, 0)?, &Worker::new(&comm))
    })
    .expect("saved");
    let read = distarray_io::read_npy::<u8>(&path).expect("can be read");
    assert_eq!(read.as_slice(), Some(&[1, 2, 3, 4][..]));
}
