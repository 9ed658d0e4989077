//! The MPI functions we use, with their return codes checked.

use std::ffi::{c_char, c_int, c_void};
use std::mem::MaybeUninit;
use std::ptr;

use ::mpi::ffi;

use super::frame::body_tag;
use crate::error::CommError;

/// An MPI communicator of ours. Its handle may be used from any thread (level "multiple").
#[derive(Debug, Clone, Copy)]
pub(super) struct Channel(ffi::MPI_Comm);

// SAFETY: a handle is a number or a pointer into the library, which was started with
// MPI_THREAD_MULTIPLE (`start` sees to it): any thread may use it.
unsafe impl Send for Channel {}
// SAFETY: as above.
unsafe impl Sync for Channel {}

/// A transfer under way.
#[derive(Debug)]
pub(super) struct Request(ffi::MPI_Request);

// SAFETY: as for `Channel`; a request is only ever used by the one who owns it.
unsafe impl Send for Request {}

/// A small message that MPI holds for us.
#[derive(Debug)]
pub(super) struct Probed {
    message: ffi::MPI_Message,
    pub(super) source: usize,
    pub(super) length: usize,
}

/// How MPI was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Start {
    /// We started it, and finish it.
    Ours,
    /// It was running.
    Running,
}

/// Starts MPI at level "multiple", or uses it as it runs.
pub(super) fn start() -> Result<Start, CommError> {
    let (mut initialised, mut finalised, mut granted) = (0, 0, 0);
    // SAFETY: these three may be called at any time, from any thread, with pointers to live ints.
    unsafe {
        check("MPI_Finalized", ffi::MPI_Finalized(&raw mut finalised))?;
        check("MPI_Initialized", ffi::MPI_Initialized(&raw mut initialised))?;
    }
    if finalised != 0 {
        return Err(CommError::MpiFinalised);
    }
    // SAFETY: a constant of the library.
    let needed = unsafe { ffi::RSMPI_THREAD_MULTIPLE };
    let start = if initialised == 0 { Start::Ours } else { Start::Running };
    // SAFETY: MPI runs in the second case and does not in the first; no arguments are passed on.
    unsafe {
        match start {
            Start::Ours => check(
                "MPI_Init_thread",
                ffi::MPI_Init_thread(ptr::null_mut(), ptr::null_mut(), needed, &raw mut granted),
            )?,
            Start::Running => {
                check("MPI_Query_thread", ffi::MPI_Query_thread(&raw mut granted))?;
            }
        }
    }
    if granted < needed {
        return Err(CommError::ThreadLevel { granted, needed });
    }
    Ok(start)
}

/// Ends MPI. Nothing of it is used afterwards.
pub(super) fn finalise() -> Result<(), CommError> {
    // SAFETY: called by `Universe`, once, on the thread that started MPI, after its channels.
    unsafe { check("MPI_Finalize", ffi::MPI_Finalize()) }
}

/// Ends the job, all ranks of it.
pub(super) fn abort_job() {
    // SAFETY: MPI runs; the world's handle is always valid.
    unsafe { ffi::MPI_Abort(ffi::RSMPI_COMM_WORLD, 1) };
}

/// The MPI library's name and version, in its own words. Needs no MPI running.
#[must_use]
pub fn library_version() -> String {
    let mut text = [0_u8; 8192];
    let mut length = 0;
    // SAFETY: may be called at any time; the buffer is as long as every library's maximum.
    let code = unsafe { ffi::MPI_Get_library_version(text.as_mut_ptr().cast::<c_char>(), &raw mut length) };
    if code == 0 { text_of(&text, length) } else { String::from("unknown MPI library") }
}

/// The machine's name, in the library's words.
pub(super) fn processor_name() -> Result<String, CommError> {
    let mut text = [0_u8; 8192];
    let mut length = 0;
    // SAFETY: MPI runs; the buffer is as long as every library's maximum.
    unsafe {
        check(
            "MPI_Get_processor_name",
            ffi::MPI_Get_processor_name(text.as_mut_ptr().cast::<c_char>(), &raw mut length),
        )?;
    }
    Ok(text_of(&text, length))
}

impl Channel {
    /// The world, of which we only make duplicates.
    pub(super) fn world() -> Self {
        // SAFETY: a constant of the library.
        Self(unsafe { ffi::RSMPI_COMM_WORLD })
    }

    /// Another communicator of the same ranks, on which errors are returned. Collective.
    pub(super) fn duplicate(self) -> Result<Self, CommError> {
        let mut new = self.0;
        // SAFETY: `self` is a live communicator; `new` is a place for a handle.
        unsafe {
            check("MPI_Comm_dup", ffi::MPI_Comm_dup(self.0, &raw mut new))?;
            check("MPI_Comm_set_errhandler", ffi::MPI_Comm_set_errhandler(new, ffi::RSMPI_ERRORS_RETURN))?;
        }
        Ok(Self(new))
    }

    /// A communicator of the listed ranks of this one, in their order, on which errors are returned.
    /// Collective over them alone; `key` is the same on all of them.
    pub(super) fn of_group(self, members: &[usize], key: u64) -> Result<Self, CommError> {
        let ranks: Vec<c_int> = members.iter().map(|&rank| count(rank)).collect();
        let mut new = self.0;
        // SAFETY: a live communicator and places for handles, which start as constants of the library;
        // `ranks` is as long as it is said to be. The groups are freed before anybody else sees them.
        unsafe {
            let (mut all, mut part) = (ffi::RSMPI_GROUP_NULL, ffi::RSMPI_GROUP_NULL);
            check("MPI_Comm_group", ffi::MPI_Comm_group(self.0, &raw mut all))?;
            let listed = ffi::MPI_Group_incl(all, count(ranks.len()), ranks.as_ptr(), &raw mut part);
            check("MPI_Group_incl", listed)?;
            let tag = body_tag(key);
            check("MPI_Comm_create_group", ffi::MPI_Comm_create_group(self.0, part, tag, &raw mut new))?;
            check("MPI_Comm_set_errhandler", ffi::MPI_Comm_set_errhandler(new, ffi::RSMPI_ERRORS_RETURN))?;
            check("MPI_Group_free", ffi::MPI_Group_free(&raw mut part))?;
            check("MPI_Group_free", ffi::MPI_Group_free(&raw mut all))?;
        }
        Ok(Self(new))
    }

    /// Frees the communicator. Collective.
    pub(super) fn free(mut self) -> Result<(), CommError> {
        // SAFETY: only called when no transfer is left and nobody uses the channel.
        unsafe { check("MPI_Comm_free", ffi::MPI_Comm_free(&raw mut self.0)) }
    }

    /// This rank's number and the number of ranks.
    pub(super) fn rank_and_size(self) -> Result<(usize, usize), CommError> {
        let (mut rank, mut size) = (0, 0);
        // SAFETY: a live communicator, places for two ints.
        unsafe {
            check("MPI_Comm_rank", ffi::MPI_Comm_rank(self.0, &raw mut rank))?;
            check("MPI_Comm_size", ffi::MPI_Comm_size(self.0, &raw mut size))?;
        }
        Ok((usize::try_from(rank).unwrap_or(0), usize::try_from(size).unwrap_or(1)))
    }

    /// `mine` of every rank, in rank order. Collective; all pass the same length.
    pub(super) fn all_gather(self, mine: &[u8], size: usize) -> Result<Vec<u8>, CommError> {
        let mut all = vec![0; mine.len() * size];
        let count = count(mine.len());
        // SAFETY: `mine` has `count` bytes and `all` as many for each of the `size` ranks.
        unsafe {
            let byte = ffi::RSMPI_UINT8_T;
            let (from, to) = (mine.as_ptr().cast(), all.as_mut_ptr().cast());
            let code = ffi::MPI_Allgather(from, count, byte, to, count, byte, self.0);
            check("MPI_Allgather", code)?;
        }
        Ok(all)
    }

    /// Starts sending `length` bytes from `start`.
    ///
    /// # Safety
    /// The bytes must stay where they are, unchanged, until the request has ended.
    pub(super) unsafe fn send(
        self,
        start: *const u8,
        length: usize,
        to: usize,
        tag: c_int,
    ) -> Result<Request, CommError> {
        // SAFETY: reading a constant; the transfer is the caller's promise.
        unsafe {
            let mut request = ffi::RSMPI_REQUEST_NULL;
            let (start, byte) = (start.cast::<c_void>(), ffi::RSMPI_UINT8_T);
            let (count, to) = (count(length), count(to));
            let code = ffi::MPI_Isend(start, count, byte, to, tag, self.0, &raw mut request);
            check("MPI_Isend", code)?;
            Ok(Request(request))
        }
    }

    /// Starts receiving up to `length` bytes to `start`.
    ///
    /// # Safety
    /// The place must stay, untouched, until the request has ended.
    pub(super) unsafe fn receive(
        self,
        start: *mut u8,
        length: usize,
        from: usize,
        tag: c_int,
    ) -> Result<Request, CommError> {
        // SAFETY: reading a constant; the transfer is the caller's promise.
        unsafe {
            let mut request = ffi::RSMPI_REQUEST_NULL;
            let (start, byte) = (start.cast::<c_void>(), ffi::RSMPI_UINT8_T);
            let (count, from) = (count(length), count(from));
            let code = ffi::MPI_Irecv(start, count, byte, from, tag, self.0, &raw mut request);
            check("MPI_Irecv", code)?;
            Ok(Request(request))
        }
    }

    /// A message with this tag, from anybody, if there is one.
    pub(super) fn probe(self, tag: c_int) -> Result<Option<Probed>, CommError> {
        let mut flag = 0;
        let mut length = 0;
        let mut status = MaybeUninit::<ffi::MPI_Status>::zeroed();
        // SAFETY: a live communicator and places for the results; the status is read only after MPI
        // has filled it, and is plain numbers in every library.
        unsafe {
            let mut message = ffi::RSMPI_MESSAGE_NULL;
            let any = ffi::RSMPI_ANY_SOURCE;
            let place = status.as_mut_ptr();
            let code = ffi::MPI_Improbe(any, tag, self.0, &raw mut flag, &raw mut message, place);
            check("MPI_Improbe", code)?;
            if flag == 0 {
                return Ok(None);
            }
            let code = ffi::MPI_Get_count(place, ffi::RSMPI_UINT8_T, &raw mut length);
            check("MPI_Get_count", code)?;
            let source = usize::try_from((*place).MPI_SOURCE).unwrap_or(0);
            Ok(Some(Probed { message, source, length: usize::try_from(length).unwrap_or(0) }))
        }
    }
}

impl Probed {
    /// Receives the message into `target`, which has room for it.
    pub(super) fn receive(mut self, target: &mut [u8]) -> Result<(), CommError> {
        debug_assert!(self.length <= target.len());
        let room = count(target.len());
        // SAFETY: the message was probed and not received yet; `target` has `room` bytes. Messages
        // probed are small enough to be here already, so this does not wait for the sender.
        unsafe {
            let (start, byte) = (target.as_mut_ptr().cast(), ffi::RSMPI_UINT8_T);
            let status = ffi::RSMPI_STATUS_IGNORE;
            let code = ffi::MPI_Mrecv(start, room, byte, &raw mut self.message, status);
            check("MPI_Mrecv", code)
        }
    }
}

impl Request {
    /// Whether the transfer has ended. Asked again after that, it has.
    pub(super) fn has_ended(&mut self) -> Result<bool, CommError> {
        let mut flag = 0;
        // SAFETY: a request of ours; MPI sets it to "null" when it has ended, which tests as ended.
        unsafe {
            let code = ffi::MPI_Test(&raw mut self.0, &raw mut flag, ffi::RSMPI_STATUS_IGNORE);
            check("MPI_Test", code)?;
        }
        Ok(flag != 0)
    }
}

/// An error unless `code` says success.
fn check(function: &str, code: c_int) -> Result<(), CommError> {
    if code == 0 {
        return Ok(());
    }
    let mut text = [0_u8; 8192];
    let mut length = 0;
    // SAFETY: any code may be asked for; the buffer is as long as every library's maximum.
    let known = unsafe { ffi::MPI_Error_string(code, text.as_mut_ptr().cast::<c_char>(), &raw mut length) };
    let message = if known == 0 { text_of(&text, length) } else { String::from("unknown error") };
    Err(CommError::Mpi { function: String::from(function), code, message })
}

fn text_of(text: &[u8], length: c_int) -> String {
    let length = usize::try_from(length).unwrap_or(0).min(text.len());
    let text = text[..length].split(|&byte| byte == 0).next().unwrap_or_default();
    String::from(String::from_utf8_lossy(text).trim())
}

/// A count for MPI. Transfers are split, and ranks counted by MPI, so that all counts fit.
fn count(number: usize) -> c_int {
    debug_assert!(c_int::try_from(number).is_ok());
    c_int::try_from(number).unwrap_or(c_int::MAX)
}
