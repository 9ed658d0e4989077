//! `docs/ufuncs.md` is made from the table: `UPDATE_GOLDEN=1 cargo test -p distarray-core --test ufunc_page` writes it.

use distarray_core::DType;
use distarray_core::ufunc::{Argument, Ufunc};
use std::path::Path;

/// One dtype of each kind, for which the page says what the result's dtype is.
const SHOWN: [DType; 5] = [DType::Bool, DType::UInt8, DType::Int64, DType::Float64, DType::Complex128];

/// The dtype of the result where all arguments are of `dtype`; a dash where that is refused.
fn result(ufunc: Ufunc, dtype: DType) -> &'static str {
    let arguments = vec![Argument::Strong(dtype); ufunc.arity()];
    ufunc.resolve(&arguments).map_or("-", |resolution| resolution.result.name())
}

fn row(ufunc: Ufunc) -> String {
    let names: Vec<String> =
        [ufunc.name()].iter().chain(ufunc.aliases()).map(|name| format!("`{name}`")).collect();
    let parameters = ["", "second", "second, third"][ufunc.arity() - 1];
    let results = SHOWN.map(|dtype| result(ufunc, dtype)).join(" | ");
    // A bar would end the cell.
    let summary = ufunc.summary().replace('|', "\\|");
    format!("| {} | `x.{}({parameters})` | {summary} | {results} |\n", names.join(", "), ufunc.method())
}

fn page() -> String {
    let mut page = format!(
        "# Ufuncs

The {} elementwise functions, made from core's table (`distarray-core/src/ufunc/table.rs`) by the test
`distarray-core/tests/ufunc_page.rs`. On the right the dtype of the result where all arguments are of the dtype above; a
dash where NumPy refuses, and so does this library.

| NumPy, `calc` | method | what it gives | {} |
|---|---|---|{}
",
        Ufunc::ALL.len(),
        SHOWN.map(DType::name).join(" | "),
        "---|".repeat(SHOWN.len()),
    );
    page.extend(Ufunc::ALL.iter().map(|&ufunc| row(ufunc)));
    page
}

#[test]
fn the_page_of_ufuncs_is_that_of_the_table() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/ufuncs.md");
    if std::env::var_os("UPDATE_GOLDEN").is_some() {
        std::fs::write(&path, page()).expect("docs is there");
    }
    let found = std::fs::read_to_string(&path).expect("docs/ufuncs.md is there");
    assert_eq!(found, page(), "UPDATE_GOLDEN=1 writes the page anew");
}
