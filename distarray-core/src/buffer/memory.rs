//! Memory: a piece of the heap, or of the system's pages when it is large. All `unsafe` of buffers is here.

use std::alloc::{Layout, alloc_zeroed, dealloc};
use std::ptr::NonNull;

/// The address of every pool buffer is a multiple of this: a cache line, and the widest vector register.
pub const ALIGNMENT_BYTES: usize = 64;

/// A huge page of x86-64, and from where on memory comes in such pages.
pub(super) const HUGE_PAGE_BYTES: usize = 2 << 20;

/// `bytes` bytes that nobody else has. Initialised when made: zero.
pub(super) struct Memory {
    start: NonNull<u8>,
    bytes: usize,
    source: Source,
}

/// Where a piece of memory is to be given back to.
#[derive(Clone, Copy)]
enum Source {
    /// Nowhere: there are no bytes.
    Nothing,
    /// The global allocator, with this alignment.
    Heap { alignment_bytes: usize },
    /// The system, by `munmap`.
    #[cfg(all(unix, not(miri)))]
    Pages,
}

// SAFETY: a `Memory` is the only owner of its bytes, as a `Box<[u8]>` is; shared references only read.
unsafe impl Send for Memory {}
// SAFETY: as above.
unsafe impl Sync for Memory {}

impl Memory {
    /// New memory, all zero; nothing if the system has none. From [`HUGE_PAGE_BYTES`] on, `bytes` must be
    /// a multiple of it.
    pub(super) fn zeroed(bytes: usize) -> Option<Memory> {
        if bytes == 0 {
            return Some(Memory {
                start: NonNull::<Line>::dangling().cast(),
                bytes,
                source: Source::Nothing,
            });
        }
        #[cfg(all(unix, not(miri)))]
        if bytes >= HUGE_PAGE_BYTES {
            return Memory::pages(bytes);
        }
        Memory::heap(bytes)
    }

    /// Zeroed memory from the global allocator.
    fn heap(bytes: usize) -> Option<Memory> {
        let layout = Layout::from_size_align(bytes, ALIGNMENT_BYTES).ok()?;
        // SAFETY: the layout's size is not zero (`zeroed` has seen to that).
        let start = NonNull::new(unsafe { alloc_zeroed(layout) })?;
        let source = Source::Heap { alignment_bytes: ALIGNMENT_BYTES };
        Some(Memory { start, bytes, source })
    }

    /// Zero pages from the system, beginning at a huge page, huge where the system grants it.
    #[cfg(all(unix, not(miri)))]
    fn pages(bytes: usize) -> Option<Memory> {
        // One huge page more than asked for, so that one begins inside; what is left over goes back.
        let mapped_bytes = bytes.checked_add(HUGE_PAGE_BYTES)?;
        // SAFETY: an anonymous private mapping at an address of the system's choice touches nobody's memory.
        let mapped = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                mapped_bytes,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS,
                -1,
                0,
            )
        };
        if mapped == libc::MAP_FAILED {
            return None;
        }
        let head = mapped.cast::<u8>().align_offset(HUGE_PAGE_BYTES);
        // SAFETY: `head < HUGE_PAGE_BYTES`, so head, `bytes` and tail all lie inside the mapping, and
        // head and tail are whole pages nobody has seen yet.
        let start = unsafe {
            let start = mapped.cast::<u8>().add(head);
            if head > 0 {
                libc::munmap(mapped, head);
            }
            let tail = HUGE_PAGE_BYTES - head;
            if tail > 0 {
                libc::munmap(start.add(bytes).cast(), tail);
            }
            #[cfg(target_os = "linux")]
            libc::madvise(start.cast(), bytes, libc::MADV_HUGEPAGE);
            start
        };
        Some(Memory { start: NonNull::new(start)?, bytes, source: Source::Pages })
    }

    /// How many bytes this is.
    pub(super) fn len(&self) -> usize {
        self.bytes
    }

    /// The bytes.
    pub(super) fn as_bytes(&self) -> &[u8] {
        // SAFETY: `bytes` bytes from `start` are this memory's own, initialised (zero when made, bytes
        // ever since), and the borrow of `self` keeps them.
        unsafe { std::slice::from_raw_parts(self.start.as_ptr(), self.bytes) }
    }

    /// The bytes, to be changed.
    pub(super) fn as_bytes_mut(&mut self) -> &mut [u8] {
        // SAFETY: as in `as_bytes`, and the borrow is unique.
        unsafe { std::slice::from_raw_parts_mut(self.start.as_ptr(), self.bytes) }
    }
}

impl Drop for Memory {
    fn drop(&mut self) {
        match self.source {
            Source::Nothing => {}
            Source::Heap { alignment_bytes } => {
                if let Ok(layout) = Layout::from_size_align(self.bytes, alignment_bytes) {
                    // SAFETY: `start` came from `alloc_zeroed` with this very layout.
                    unsafe { dealloc(self.start.as_ptr(), layout) }
                }
            }
            #[cfg(all(unix, not(miri)))]
            // SAFETY: `bytes` bytes from `start` are a mapping of our own that nobody borrows any more.
            Source::Pages => unsafe {
                libc::munmap(self.start.as_ptr().cast(), self.bytes);
            },
        }
    }
}

/// Something aligned as every buffer is: its dangling pointer stands for empty memory.
#[repr(align(64))]
struct Line;
