//! `distarray info`: what a file holds, and how it would lie on the engines.

use crate::command::{CommandError, InfoArguments};
use crate::run::context::engine_count;
use crate::run::output::write;
use distarray_core::ByteOrder;
use distarray_io::{Order, probe};
use distarray_lazy::format_size;
use distarray_maps::Distribution;
use distarray_plot::distribution_text;
use std::fmt::Write as _;

pub(crate) fn run(arguments: &InfoArguments) -> Result<(), CommandError> {
    let file = probe(&arguments.file).map_err(CommandError::failure)?;
    let engines = engine_count(arguments.engines);
    let shape = &file.header.shape;
    let distribution = match &arguments.distribution {
        Some(spec) => Distribution::from_spec(shape, spec, engines),
        None => Distribution::block_rows(shape, engines),
    };
    let distribution = distribution.map_err(CommandError::failure)?;
    let order = match file.order() {
        Order::C => "C",
        Order::Fortran => "Fortran",
    };
    let lengths: Vec<String> = shape.iter().map(usize::to_string).collect();
    let comma = if lengths.len() == 1 { "," } else { "" };
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "file:   {}", arguments.file.display());
    let _ = writeln!(text, "format: npy {}", file.header.version);
    let _ = writeln!(text, "shape:  ({}{comma})", lengths.join(", "));
    let endian = match file.header.byte_order {
        _ if file.header.dtype.size_bytes() == 1 => "",
        ByteOrder::Little => ", little-endian",
        ByteOrder::Big => ", big-endian",
    };
    let _ = writeln!(text, "dtype:  {}{endian}", file.header.dtype.name());
    let _ = writeln!(text, "order:  {order}");
    let _ = writeln!(text, "bytes:  {} ({})", file.data_bytes(), format_size(file.data_bytes()));
    let _ = writeln!(text, "\non {engines} engine{}:", if engines == 1 { "" } else { "s" });
    text.push_str(&distribution_text(&distribution));
    if !text.ends_with('\n') {
        text.push('\n');
    }
    write(&text)
}
