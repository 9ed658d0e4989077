//! The rules of docs/architecture.md that a program can check.

mod circles;
mod syntax;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The floors, from the ground up. A crate may import from lower floors only.
const FLOORS: [(&str, u32); 10] = [
    ("distarray-maps", 1),
    ("distarray-core", 1),
    ("distarray-comm", 2),
    ("distarray-plot", 2),
    ("distarray-spmd", 3),
    ("distarray-lazy", 4),
    ("distarray-io", 4),
    ("distarray-random", 4),
    ("distarray-runtime", 5),
    ("distarray", 6),
];

/// Outside packages that belong to one crate alone.
const OWNERS: [(&str, &str); 12] = [
    ("actix", "distarray-runtime"),
    ("tokio", "distarray-runtime"),
    ("clap", "distarray-runtime"),
    ("ruff_python_parser", "distarray-runtime"),
    ("mpi", "distarray-comm"),
    ("bincode", "distarray-comm"),
    ("png", "distarray-plot"),
    ("gemm", "distarray-core"),
    ("hdf5", "distarray-io"),
    ("rand", "distarray-random"),
    ("rand_chacha", "distarray-random"),
    ("rand_distr", "distarray-random"),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn manifest(name: &str) -> String {
    let directory = if name == "distarray" { root() } else { root().join(name) };
    fs::read_to_string(directory.join("Cargo.toml")).expect("every crate has a manifest")
}

/// The names in the `[dependencies]` table of a manifest.
fn dependencies(manifest: &str) -> BTreeSet<String> {
    let mut inside = false;
    let mut names = BTreeSet::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            inside = line.trim() == "[dependencies]";
        } else if inside && let Some((name, _)) = line.split_once(['.', '=', ' ']) {
            names.insert(name.trim().to_owned());
        }
    }
    names
}

fn source_files(directory: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        if path.is_dir() {
            source_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

fn sources(name: &str) -> Vec<PathBuf> {
    let directory = if name == "distarray" { root() } else { root().join(name) };
    let mut found = Vec::new();
    source_files(&directory.join("src"), &mut found);
    found.sort();
    found
}

#[test]
fn imports_run_down() {
    let floors: BTreeMap<&str, u32> = FLOORS.into_iter().collect();
    for (name, floor) in FLOORS {
        for dependency in dependencies(&manifest(name)) {
            if let Some(below) = floors.get(dependency.as_str()) {
                assert!(*below < floor, "{name} on floor {floor} imports {dependency} on floor {below}");
            }
        }
    }
}

#[test]
fn files_do_not_import_in_circles() {
    let mut found = Vec::new();
    for (name, _) in FLOORS {
        let read = |file: &PathBuf| {
            let text = fs::read_to_string(file).expect("sources are readable");
            let path = file.to_string_lossy();
            let below = path.rsplit_once("/src/").expect("sources lie in src").1;
            (below.to_owned(), text)
        };
        let files: Vec<(String, String)> = sources(name).iter().map(read).collect();
        let circles = circles::circles(&files);
        found.extend(circles.into_iter().map(|circle| format!("{name}: {circle}")));
    }
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[test]
fn every_outside_package_with_an_owner_has_one() {
    for (package, owner) in OWNERS {
        for (name, _) in FLOORS {
            if dependencies(&manifest(name)).contains(package) {
                assert_eq!(name, owner, "{package} belongs to {owner}");
            }
        }
    }
}

#[test]
fn every_crate_is_on_a_floor() {
    let workspace = manifest("distarray");
    for line in workspace.lines().filter(|line| line.trim_start().starts_with("\"distarray-")) {
        let name = line.trim().trim_matches(['"', ',']);
        assert!(FLOORS.iter().any(|(known, _)| *known == name), "{name} is on no floor");
    }
}

#[test]
fn files_are_short_and_say_what_lives_in_them() {
    let mut lengths = Vec::new();
    for (name, _) in FLOORS {
        for file in sources(name) {
            let text = fs::read_to_string(&file).expect("sources are readable");
            let lines = text.lines().count();
            assert!(lines <= 800, "{} has {lines} lines", file.display());
            assert!(text.starts_with("//!"), "{} does not begin with its caption", file.display());
            lengths.push(lines);
        }
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= 200, "the median file has {median} lines");
}

#[test]
fn unsafe_code_is_forbidden_where_it_is_not_needed() {
    for name in [
        "distarray-maps",
        "distarray-spmd",
        "distarray-lazy",
        "distarray-random",
        "distarray-plot",
        "distarray-runtime",
        "distarray",
    ] {
        let text = sources(name)
            .into_iter()
            .find(|file| file.ends_with("src/lib.rs"))
            .and_then(|file| fs::read_to_string(file).ok())
            .expect("every crate has a lib.rs");
        assert!(text.contains("#![forbid(unsafe_code)]"), "{name} does not forbid unsafe code");
    }
}
