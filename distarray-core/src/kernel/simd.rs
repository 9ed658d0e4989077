//! Which instructions this machine has, and functions compiled once for each choice.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering};

/// A set of instructions that kernels are compiled for. Ordered: a later one includes the earlier.
///
/// The variants of one kernel give the same bits: none contracts a multiplication and an addition, and
/// none reorders a sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum CpuVariant {
    /// What every processor of the architecture has.
    Baseline,
    /// x86-64 with AVX2 and FMA.
    Avx2,
    /// x86-64 with AVX-512 F, DQ, VL and BW.
    Avx512,
}

impl CpuVariant {
    /// The name as `DISTARRAY_CPU` takes it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            CpuVariant::Baseline => "baseline",
            CpuVariant::Avx2 => "avx2",
            CpuVariant::Avx512 => "avx512",
        }
    }

    /// The variant of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<CpuVariant> {
        [CpuVariant::Baseline, CpuVariant::Avx2, CpuVariant::Avx512]
            .into_iter()
            .find(|variant| variant.name() == name)
    }

    /// The best variant this processor can run.
    #[must_use]
    pub fn of_this_machine() -> CpuVariant {
        #[cfg(all(target_arch = "x86_64", not(miri)))]
        {
            let has_avx2 = is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma");
            if has_avx2
                && is_x86_feature_detected!("avx512f")
                && is_x86_feature_detected!("avx512dq")
                && is_x86_feature_detected!("avx512vl")
                && is_x86_feature_detected!("avx512bw")
            {
                return CpuVariant::Avx512;
            }
            if has_avx2 {
                return CpuVariant::Avx2;
            }
        }
        CpuVariant::Baseline
    }
}

/// The best variant that may be run: of the machine, and of the environment variable `DISTARRAY_CPU`.
static AVAILABLE: OnceLock<CpuVariant> = OnceLock::new();

/// The cap that [`cap_variant`] has set.
static CAP: AtomicU8 = AtomicU8::new(CpuVariant::Avx512 as u8);

/// The variant that kernels run now.
///
/// The best this machine can run, but not above the environment variable `DISTARRAY_CPU` (`baseline`,
/// `avx2` or `avx512`; read once) and not above [`cap_variant`].
#[inline]
#[must_use]
pub fn variant() -> CpuVariant {
    let available = *AVAILABLE.get_or_init(|| {
        let machine = CpuVariant::of_this_machine();
        let asked = std::env::var("DISTARRAY_CPU").ok().and_then(|name| CpuVariant::from_name(&name));
        asked.map_or(machine, |asked| asked.min(machine))
    });
    if CAP.load(Ordering::Relaxed) >= available as u8 {
        available
    } else if CAP.load(Ordering::Relaxed) == CpuVariant::Avx2 as u8 {
        CpuVariant::Avx2
    } else {
        CpuVariant::Baseline
    }
}

/// Lets kernels of this process run nothing above `highest`: what the ranks of a job have in common.
///
/// It is of the process and not of an engine, because the processor is; results do not depend on it.
pub fn cap_variant(highest: CpuVariant) {
    CAP.store(highest as u8, Ordering::Relaxed);
}

/// Defines a function that is compiled once for every [`CpuVariant`] and picks at run time.
///
/// ```
/// distarray_core::multiversion! {
///     /// Doubles every value.
///     pub fn double(values: &mut [f64]) {
///         for value in values {
///             *value *= 2.0;
///         }
///     }
/// }
/// let mut values = [1.0, 2.0];
/// double(&mut values);
/// assert_eq!(values, [2.0, 4.0]);
/// ```
///
/// Several functions may stand in one invocation. Type parameters are written
/// `fn name<T: Bound, U: Other>(..)`, one bound each; parameters are plain names (`mut` inside the body).
/// The body is inlined into each variant, so everything it calls in its loops must be
/// `#[inline(always)]`. Bodies use `mul_add` only where the variant is known to have FMA.
#[macro_export]
macro_rules! multiversion {
    ($(
        $(#[$meta:meta])*
        $visibility:vis fn $name:ident $(<$($generic:ident : $bound:path),+ $(,)?>)? (
            $($argument:ident : $type:ty),* $(,)?
        ) $(-> $result:ty)? $body:block
    )+) => {$(
        $(#[$meta])*
        $visibility fn $name $(<$($generic: $bound),+>)? ($($argument: $type),*) $(-> $result)? {
            #[inline(always)]
            fn body $(<$($generic: $bound),+>)? ($($argument: $type),*) $(-> $result)? $body

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx2,fma")]
            fn avx2 $(<$($generic: $bound),+>)? ($($argument: $type),*) $(-> $result)? {
                body $(::<$($generic),+>)? ($($argument),*)
            }

            #[cfg(target_arch = "x86_64")]
            #[target_feature(enable = "avx512f,avx512dq,avx512vl,avx512bw,avx2,fma")]
            fn avx512 $(<$($generic: $bound),+>)? ($($argument: $type),*) $(-> $result)? {
                body $(::<$($generic),+>)? ($($argument),*)
            }

            match $crate::kernel::simd::variant() {
                #[cfg(target_arch = "x86_64")]
                $crate::kernel::simd::CpuVariant::Avx512 => {
                    // SAFETY: `variant` gives this only if the processor has all these features.
                    unsafe { avx512 $(::<$($generic),+>)? ($($argument),*) }
                }
                #[cfg(target_arch = "x86_64")]
                $crate::kernel::simd::CpuVariant::Avx2 => {
                    // SAFETY: as above.
                    unsafe { avx2 $(::<$($generic),+>)? ($($argument),*) }
                }
                _ => body $(::<$($generic),+>)? ($($argument),*),
            }
        }
    )+};
}

/// Copies bytes past the caches, for a target that will not be read soon.
///
/// # Panics
/// If the lengths differ, as `copy_from_slice`.
///
/// # Cost
/// About two thirds of the time of a copy through the caches when the target lies in memory; more than
/// it when the target lies in a cache. Call [`stream_fence`] once after the last piece.
pub fn stream_copy(target: &mut [u8], source: &[u8]) {
    assert_eq!(target.len(), source.len(), "source and target of a copy");
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    {
        let head = target.as_ptr().align_offset(64).min(target.len());
        let (target_head, target) = target.split_at_mut(head);
        let (source_head, source) = source.split_at(head);
        target_head.copy_from_slice(source_head);
        let lines = target.len() / 64 * 64;
        let (target, target_tail) = target.split_at_mut(lines);
        let (source, source_tail) = source.split_at(lines);
        target_tail.copy_from_slice(source_tail);
        match variant() {
            // SAFETY: `variant` says that the processor has AVX-512 F; the target begins at a multiple
            // of 64 and both lengths are the same multiple of 64.
            CpuVariant::Avx512 => unsafe { stream_lines_avx512(target, source) },
            // SAFETY: SSE2 belongs to x86-64; target and lengths as above.
            _ => unsafe { stream_lines_sse2(target, source) },
        }
    }
    #[cfg(not(all(target_arch = "x86_64", not(miri))))]
    target.copy_from_slice(source);
}

/// Orders everything [`stream_copy`] wrote before what this thread writes next.
pub fn stream_fence() {
    #[cfg(all(target_arch = "x86_64", not(miri)))]
    // SAFETY: SSE belongs to x86-64.
    unsafe {
        std::arch::x86_64::_mm_sfence();
    }
}

/// Copies whole cache lines with non-temporal 64-byte stores.
///
/// # Safety
/// The target's address and both lengths are multiples of 64, the lengths are equal.
#[cfg(all(target_arch = "x86_64", not(miri)))]
#[target_feature(enable = "avx512f")]
unsafe fn stream_lines_avx512(target: &mut [u8], source: &[u8]) {
    use std::arch::x86_64::{_mm512_loadu_si512, _mm512_stream_si512};
    let (to, from) = (target.as_mut_ptr(), source.as_ptr());
    for offset in (0..target.len()).step_by(64) {
        // SAFETY: 64 bytes from `offset` lie inside both slices; the target is aligned (caller).
        unsafe {
            let line = _mm512_loadu_si512(from.add(offset).cast());
            _mm512_stream_si512(to.add(offset).cast(), line);
        }
    }
}

/// Copies whole cache lines with non-temporal 16-byte stores.
///
/// # Safety
/// As [`stream_lines_avx512`].
#[cfg(all(target_arch = "x86_64", not(miri)))]
unsafe fn stream_lines_sse2(target: &mut [u8], source: &[u8]) {
    use std::arch::x86_64::{_mm_loadu_si128, _mm_stream_si128};
    let (to, from) = (target.as_mut_ptr(), source.as_ptr());
    for offset in (0..target.len()).step_by(16) {
        // SAFETY: 16 bytes from `offset` lie inside both slices; the target is aligned (caller).
        unsafe {
            let quarter = _mm_loadu_si128(from.add(offset).cast());
            _mm_stream_si128(to.add(offset).cast(), quarter);
        }
    }
}
