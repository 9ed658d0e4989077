//! Circles of files: which file of a crate takes names from which, and whether that leads back to it.

use std::collections::{BTreeMap, BTreeSet};

use crate::syntax::{Import, Syntax};

/// The files of one crate by the paths of their modules.
struct House {
    files: BTreeMap<Vec<String>, File>,
    /// Where the macros stand that are called by the crate's name alone.
    macros: BTreeMap<String, Vec<String>>,
}

struct File {
    path: String,
    syntax: Syntax,
}

/// From file to file: the names taken.
type Arrows = BTreeMap<String, BTreeMap<String, BTreeSet<String>>>;

/// The circles among the files of a crate, given as paths below `src` and texts. Each is described by its arrows.
///
/// A `pub use` is a signpost: who follows it takes the name from the file that defines it, and the file with
/// the signpost takes the name itself only if it mentions it.
pub(crate) fn circles(files: &[(String, String)]) -> Vec<String> {
    let arrows = House::of(files).arrows();
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for file in arrows.keys() {
        if seen.contains(file) {
            continue;
        }
        let there = reached(&arrows, file);
        let circle: BTreeSet<&String> =
            there.into_iter().filter(|other| reached(&arrows, other).contains(file)).collect();
        if circle.is_empty() {
            continue;
        }
        let mut description = format!("a circle of {} files:", circle.len());
        for from in &circle {
            for (to, names) in arrows[*from].iter().filter(|(to, _)| circle.contains(to)) {
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                description.push_str(&format!("\n  {from} -> {to}: {}", names.join(", ")));
            }
        }
        found.push(description);
        seen.extend(circle.into_iter().cloned());
    }
    found
}

/// All files that arrows lead to from one, itself only if they lead back.
fn reached<'a>(arrows: &'a Arrows, from: &str) -> BTreeSet<&'a String> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<&str> = vec![from];
    while let Some(file) = waiting.pop() {
        for to in arrows.get(file).into_iter().flat_map(BTreeMap::keys) {
            if found.insert(to) {
                waiting.push(to);
            }
        }
    }
    found
}

/// The path of the module that a file below `src` is.
fn module_of(path: &str) -> Vec<String> {
    let mut module: Vec<String> = path.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if matches!(module.last().map(String::as_str), Some("mod" | "lib" | "main")) {
        module.pop();
    }
    module
}

impl House {
    fn of(files: &[(String, String)]) -> House {
        let mut house = House { files: BTreeMap::new(), macros: BTreeMap::new() };
        let mut for_tests = Vec::new();
        for (path, text) in files {
            let module = module_of(path);
            let syntax = Syntax::of(text);
            for name in &syntax.test_modules {
                for_tests.push([module.clone(), vec![name.clone()]].concat());
            }
            for name in &syntax.exported_macros {
                house.macros.insert(name.clone(), module.clone());
            }
            house.files.insert(module, File { path: path.clone(), syntax });
        }
        house.files.retain(|module, _| !for_tests.iter().any(|test| module.starts_with(test)));
        house
    }

    fn arrows(&self) -> Arrows {
        let mut arrows = Arrows::new();
        for (module, file) in &self.files {
            let mut take = |path: &[String]| {
                if let Some(to) = self.resolve(module, path, 0)
                    && to != *module
                {
                    let names = arrows.entry(file.path.clone()).or_default();
                    let names = names.entry(self.files[&to].path.clone()).or_default();
                    names.insert(path.last().cloned().unwrap_or_default());
                }
            };
            for import in &file.syntax.imports {
                if !import.is_public || self.is_mentioned(module, import) {
                    take(&import.path);
                }
            }
            for path in file.syntax.mentions.iter().filter(|path| path.len() > 1) {
                take(path);
            }
        }
        arrows
    }

    /// Whether the file with an import mentions what it brings.
    fn is_mentioned(&self, module: &[String], import: &Import) -> bool {
        let mentions = &self.files[module].syntax.mentions;
        let is_there = |name: &String| mentions.iter().any(|path| path[0] == *name);
        if import.name != "*" {
            return is_there(&import.name);
        }
        let target = self.resolve(module, &import.path, 0);
        target.is_some_and(|target| self.files[&target].syntax.definitions.iter().any(is_there))
    }

    /// The module whose file defines what a path says in the file of `module`; nothing if that is no file of the
    /// crate.
    fn resolve(&self, module: &[String], path: &[String], depth: usize) -> Option<Vec<String>> {
        let (first, rest) = path.split_first()?;
        if depth > 8 {
            return None;
        }
        match first.as_str() {
            "crate" => self.walk(Vec::new(), rest, depth),
            "self" => self.walk(module.to_vec(), rest, depth),
            "super" => {
                let mut parent = module.to_vec();
                parent.pop();
                let above = rest.iter().take_while(|word| *word == "super").count();
                parent.truncate(parent.len() - above);
                self.walk(parent, &rest[above..], depth)
            }
            name => {
                let is_child = self.files.contains_key(&child(module, name));
                let is_import = || self.files[module].syntax.imports.iter().any(|import| import.name == name);
                if is_child || is_import() { self.walk(module.to_vec(), path, depth) } else { None }
            }
        }
    }

    /// Follows a path down from a module: through modules that are files, then along signposts.
    fn walk(&self, mut module: Vec<String>, path: &[String], depth: usize) -> Option<Vec<String>> {
        let mut path = path;
        while let Some((name, rest)) = path.split_first() {
            let below = child(&module, name);
            if !self.files.contains_key(&below) {
                break;
            }
            module = below;
            path = rest;
        }
        let syntax = &self.files.get(&module)?.syntax;
        let Some((name, rest)) = path.split_first() else {
            return Some(module);
        };
        if syntax.definitions.contains(name) {
            return Some(module);
        }
        if let Some(import) = syntax.imports.iter().find(|import| import.name == *name && import.path != path)
        {
            let onward = [import.path.as_slice(), rest].concat();
            return self.resolve(&module, &onward, depth + 1);
        }
        for import in
            syntax.imports.iter().filter(|import| import.path.last().is_some_and(|last| last == "*"))
        {
            if let Some(target) = self.resolve(&module, &import.path, depth + 1)
                && name != "*"
                && self.files[&target].syntax.definitions.contains(name)
            {
                return Some(target);
            }
        }
        if module.is_empty()
            && let Some(file) = self.macros.get(name)
        {
            return Some(file.clone());
        }
        Some(module)
    }
}

fn child(module: &[String], name: &str) -> Vec<String> {
    let mut path = module.to_vec();
    path.push(name.to_owned());
    path
}

fn house(files: &[(&str, &str)]) -> Vec<(String, String)> {
    files.iter().map(|&(path, text)| (path.to_owned(), text.to_owned())).collect()
}

#[test]
fn a_circle_through_a_signpost_is_seen() {
    let found = circles(&house(&[
        ("lib.rs", "mod tree; mod error; pub use tree::Leaf; pub use error::Error;"),
        ("error.rs", "use crate::Leaf; pub enum Error { Fallen(Leaf) }"),
        ("tree/mod.rs", "mod leaf; pub use leaf::Leaf;"),
        ("tree/leaf.rs", "pub struct Leaf; fn fall() -> Result<(), crate::Error> { Ok(()) }"),
    ]));
    assert_eq!(
        found,
        ["a circle of 2 files:\n  error.rs -> tree/leaf.rs: Leaf\n  tree/leaf.rs -> error.rs: Error"]
    );
}

#[test]
fn a_circle_of_three_files_is_seen_whole() {
    let found = circles(&house(&[
        ("lib.rs", "mod a; mod b; mod c; mod d;"),
        ("a.rs", "use super::{b::{self, B}, d::D};"),
        ("b.rs", "pub struct B; fn f() { crate::c::g() }"),
        ("c.rs", "pub fn g() { $crate::a!(); let x: super::a::A; }"),
        ("d.rs", "pub struct D;"),
    ]));
    assert_eq!(found.len(), 1);
    assert!(found[0].starts_with("a circle of 3 files:"), "{}", found[0]);
    assert!(!found[0].contains("d.rs"), "{}", found[0]);
}

#[test]
fn a_parent_that_uses_its_child_and_is_used_by_it_is_a_circle() {
    let files = |mention: &str| {
        house(&[
            ("lib.rs", "mod noun;"),
            ("noun/mod.rs", &format!("mod verb; pub use verb::Verb; pub struct Noun; {mention}")),
            ("noun/verb.rs", "use crate::noun::Noun; pub struct Verb(Noun);"),
        ])
    };
    assert_eq!(circles(&files("")), Vec::<String>::new());
    assert_eq!(circles(&files("fn f(verb: Verb) {}")).len(), 1);
    assert_eq!(circles(&files("fn f() { verb::g() }")).len(), 1);
}

#[test]
fn tests_comments_and_texts_make_no_circle() {
    let found = circles(&house(&[
        ("lib.rs", "mod a; mod b; #[macro_export] macro_rules! m { () => {} }"),
        ("a.rs", "use crate::b::B; pub struct A; #[cfg(test)] mod tests;"),
        (
            "b.rs",
            "/// See [`crate::a::A`].\npub struct B;\nconst T: &str = \"crate::a::A\"; /* use crate::a::A; */
             #[cfg(test)] use crate::a::A; #[cfg(test)] mod tests { use crate::a::A; fn f<'a>(c: char) { c == '{'; } }",
        ),
        ("a/tests.rs", "use super::*; use crate::a::A;"),
    ]));
    assert_eq!(found, Vec::<String>::new());
}
