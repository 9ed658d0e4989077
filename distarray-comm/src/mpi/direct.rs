//! Reading the memory of other processes of the same machine, and finding out whether one may.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::time::SystemTime;

use super::call::{self, Channel};
use crate::error::CommError;
use crate::transport::RemotePiece;

/// Bytes that a rank shows the others to read.
const PROOF_BYTES: usize = 16;
/// Bytes of what a rank tells about itself: machine, process, address, proof.
const INTRODUCTION_BYTES: usize = 24 + PROOF_BYTES;

/// Which ranks' memory this one can read.
#[derive(Debug)]
pub(super) struct Neighbours {
    /// Process number of each rank whose memory this one can read, and that can read this one's.
    processes: Vec<Option<i32>>,
    /// More ranks than processors on this machine.
    is_crowded: bool,
    /// What the others read when they try. Lives as long as they may.
    _proof: Arc<[u8; PROOF_BYTES]>,
}

impl Neighbours {
    /// Finds out by trying. Collective.
    pub(super) fn find(channel: Channel, is_allowed: bool) -> Result<Self, CommError> {
        let (rank, size) = channel.rank_and_size()?;
        allow_reading();
        let proof = Arc::new(new_proof(rank));
        let mut machine = DefaultHasher::new();
        call::processor_name()?.hash(&mut machine);
        let mut mine = [0; INTRODUCTION_BYTES];
        mine[..8].copy_from_slice(&machine.finish().to_le_bytes());
        mine[8..16].copy_from_slice(&u64::from(std::process::id()).to_le_bytes());
        mine[16..24].copy_from_slice(&(proof.as_ptr().addr() as u64).to_le_bytes());
        mine[24..].copy_from_slice(&proof[..]);
        let all = channel.all_gather(&mine, size)?;

        let theirs = all.chunks_exact(INTRODUCTION_BYTES).enumerate();
        let readable: Vec<Option<i32>> = theirs
            .map(|(other, theirs)| {
                let is_near = is_allowed && other != rank && theirs[..8] == mine[..8];
                if is_near { try_reading(theirs) } else { None }
            })
            .collect();
        let here = all.chunks_exact(INTRODUCTION_BYTES).filter(|theirs| theirs[..8] == mine[..8]).count();
        // Everybody learns who can read whom; also, nobody goes on before all have tried.
        let seen: Vec<u8> = readable.iter().map(|process| u8::from(process.is_some())).collect();
        let matrix = channel.all_gather(&seen, size)?;
        let processes = readable
            .into_iter()
            .enumerate()
            .map(|(other, process)| process.filter(|_| matrix[other * size + rank] == 1))
            .collect();
        Ok(Self { processes, is_crowded: here > processors(), _proof: proof })
    }

    /// Whether the memory of `rank` can be read, and by `rank` ours.
    pub(super) fn is_near(&self, rank: usize) -> bool {
        self.processes[rank].is_some()
    }

    /// Whether the ranks of this machine outnumber its processors.
    pub(super) fn is_crowded(&self) -> bool {
        self.is_crowded
    }

    /// Reads all `pieces`, of which there are at most 1,024, and clears the list.
    pub(super) fn read(&self, rank: usize, pieces: &mut Vec<RemotePiece>) -> Result<(), CommError> {
        let process = self.processes[rank].ok_or(CommError::NotSameMemory { rank })?;
        let iovec = |start: *mut u8, length| libc::iovec { iov_base: start.cast(), iov_len: length };
        let mut local: Vec<libc::iovec> =
            pieces.iter().map(|piece| iovec(piece.target, piece.length_bytes)).collect();
        let mut remote: Vec<libc::iovec> = pieces
            .iter()
            .map(|piece| {
                let address = usize::try_from(piece.source).unwrap_or(0);
                iovec(std::ptr::without_provenance_mut(address), piece.length_bytes)
            })
            .collect();
        let mut first = 0;
        while first < pieces.len() {
            // SAFETY: the local pieces lie inside a target that the caller of `read_pieces` lends us
            // mutably (it has checked the bounds); the remote ones are the kernel's to check.
            let read = unsafe {
                let count = (pieces.len() - first) as libc::c_ulong;
                let (to, from) = (local[first..].as_ptr(), remote[first..].as_ptr());
                libc::process_vm_readv(process, to, count, from, count, 0)
            };
            let Ok(mut read) = usize::try_from(read) else {
                return Err(failure(rank, &pieces[first..]));
            };
            let before = first;
            while first < pieces.len() && read >= local[first].iov_len {
                read -= local[first].iov_len;
                first += 1;
            }
            if first == before && read == 0 {
                return Err(failure(rank, &pieces[first..]));
            }
            if read > 0 {
                for part in [&mut local[first], &mut remote[first]] {
                    part.iov_base = part.iov_base.wrapping_byte_add(read);
                    part.iov_len -= read;
                }
            }
        }
        pieces.clear();
        Ok(())
    }
}

fn failure(rank: usize, pieces: &[RemotePiece]) -> CommError {
    CommError::DirectRead {
        rank,
        length_bytes: pieces.iter().map(|piece| piece.length_bytes).sum(),
        code: std::io::Error::last_os_error().raw_os_error().unwrap_or(0),
    }
}

/// Where the Yama security module lets only parents read their children, we let our peers (processes
/// of the same user) read us. Without Yama this does nothing.
fn allow_reading() {
    // SAFETY: changes a permission of this process; no memory is involved.
    unsafe { libc::prctl(libc::PR_SET_PTRACER, libc::PR_SET_PTRACER_ANY, 0, 0, 0) };
}

/// Processors of the machine, whichever of them this rank is bound to.
fn processors() -> usize {
    // SAFETY: asks for a number.
    usize::try_from(unsafe { libc::sysconf(libc::_SC_NPROCESSORS_ONLN) }).unwrap_or(1)
}

/// Bytes that no other process has by chance.
fn new_proof(rank: usize) -> [u8; PROOF_BYTES] {
    let mut proof = [0; PROOF_BYTES];
    for (half, bytes) in proof.chunks_exact_mut(8).enumerate() {
        let mut hasher = DefaultHasher::new();
        (half, rank, std::process::id(), SystemTime::now()).hash(&mut hasher);
        bytes.copy_from_slice(&hasher.finish().to_le_bytes());
    }
    proof
}

/// The process number of the rank that introduced itself, if its proof can be read.
fn try_reading(introduction: &[u8]) -> Option<i32> {
    let number = |at: usize| {
        let bytes: [u8; 8] = introduction[at..at + 8].try_into().ok()?;
        Some(u64::from_le_bytes(bytes))
    };
    let process = i32::try_from(number(8)?).ok()?;
    let address = usize::try_from(number(16)?).ok()?;
    let mut found = [0_u8; PROOF_BYTES];
    let to = libc::iovec { iov_base: found.as_mut_ptr().cast(), iov_len: PROOF_BYTES };
    let from = libc::iovec { iov_base: std::ptr::without_provenance_mut(address), iov_len: PROOF_BYTES };
    // SAFETY: `to` is `found`; what `from` names is the kernel's to check.
    let read = unsafe { libc::process_vm_readv(process, &raw const to, 1, &raw const from, 1, 0) };
    let is_right = usize::try_from(read) == Ok(PROOF_BYTES) && found[..] == introduction[24..];
    is_right.then_some(process)
}
