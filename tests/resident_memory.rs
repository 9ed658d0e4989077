//! The peak that `explain` foretells is what the system sees: a binary with one test, because what is
//! measured is the whole process.
#![cfg(target_os = "linux")]

use distarray::prelude::*;

/// A figure of `/proc/self/status`, in bytes.
fn status(name: &str) -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find(|line| line.starts_with(name)).expect("it has this line");
    let kib: u64 = line.split_whitespace().nth(1).and_then(|text| text.parse().ok()).expect("a number");
    kib * 1024
}

#[test]
fn resident_memory_confirms_the_peak() {
    const SIDE: usize = 3000;
    for ranks in [1, 2, 3] {
        let context = Context::local(ranks).expect("engines start");
        context.ones([1000], DType::Float64).sum(()).item().expect("a small sum");
        // Begins the high-water mark anew.
        std::fs::write("/proc/self/clear_refs", "5").expect("one's own mark may be reset");
        let before = status("VmRSS");
        let x = context.ramp(([SIDE, SIDE], "b,n"), Scalar::Float64(0.0), Scalar::Float64(1e-6));
        let columns = (&x * 2.0 + x.sin()).redistribute(([SIDE, SIDE], "n,b"));
        let result = (&columns - columns.mean(0)) / columns.std(());
        drop(columns);
        let explanation = context.explain().expect("a plan");
        result.compute().expect("memory for it");
        let foretold: u64 = explanation.peak_bytes.iter().sum();
        let seen = status("VmHWM") - before;
        let tolerance = foretold / 20 + (32 << 20);
        assert!(foretold > 100 << 20, "{foretold} bytes are too few to tell");
        assert!(
            seen.abs_diff(foretold) <= tolerance,
            "{ranks} ranks: {foretold} bytes foretold, {seen} seen\n{explanation}"
        );
        drop((x, result));
        context.close().expect("nothing failed");
    }
}
