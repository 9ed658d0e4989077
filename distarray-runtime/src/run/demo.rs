//! `distarray demo`: the main job on a real elevation model.

use crate::command::{CommandError, DemoArguments};
use crate::evaluate::Surroundings;
use crate::run::calc::{load, save};
use crate::run::context::{is_first_process, with_context};
use crate::run::output::{show_array, write};
use distarray_core::DType;
use distarray_lazy::format_size;
use distarray_lazy::{Context, DistArray};
use distarray_plot::{HeatMap, distribution_text, sample_steps};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// The longer side of the picture, in pixels, for large arrays.
const PICTURE_SIDE: usize = 1200;

pub(crate) fn run(arguments: &DemoArguments, elevation: &'static [u8]) -> Result<(), CommandError> {
    let directory = &arguments.directory;
    let file = match &arguments.file {
        Some(file) => file.clone(),
        None => directory.join("elevation.npy"),
    };
    if is_first_process() {
        let made = std::fs::create_dir_all(directory);
        made.map_err(|error| failure(directory, &error))?;
        if arguments.file.is_none() {
            std::fs::write(&file, elevation).map_err(|error| failure(&file, &error))?;
        }
    }
    with_context(arguments.engines, None, |context| {
        let surroundings = Surroundings::new(context.clone(), arguments.distribution.clone());
        let z = load(&surroundings, &file)?;
        if z.ndim() != 2 {
            let error =
                format!("{}: an array of 2 dimensions is needed, this one has {}", file.display(), z.ndim());
            return Err(CommandError::failure(error));
        }
        let report = job(context, &z, &file, directory)?;
        write(&report)
    })
}

fn failure(path: &Path, error: &std::io::Error) -> CommandError {
    CommandError::failure(format!("{}: {error}", path.display()))
}

/// Standardises `z`, takes statistics, writes results and pictures, and tells what it did.
fn job(context: &Context, z: &DistArray, file: &Path, directory: &Path) -> Result<String, CommandError> {
    let mean = z.mean(());
    let standardised = (z - &mean) / z.std(());
    let row_mean = z.mean(1);
    let row_std = z.std(1);
    let column_mean = z.mean(0);
    let column_std = z.std(0);
    let above = z.greater(&mean);
    let above_count = above.count_nonzero(());
    let results: [(&str, &DistArray); 6] = [
        ("standardised.npy", &standardised),
        ("above_mean.npy", &above),
        ("row_mean.npy", &row_mean),
        ("row_std.npy", &row_std),
        ("column_mean.npy", &column_mean),
        ("column_std.npy", &column_std),
    ];
    let mut files: Vec<PathBuf> = Vec::new();
    for (name, array) in results {
        let path = directory.join(name);
        save(context, array, &path).map_err(CommandError::failure)?;
        files.push(path);
    }
    let (least, most, deviation) = (z.min(()), z.max(()), z.std(()));
    let plan = context.explain().map_err(CommandError::failure)?;
    context.synchronise().map_err(CommandError::failure)?;

    let picture = directory.join("elevation.png");
    draw(z, &picture)?;
    files.push(picture);
    let layout = z.distribution().map_err(CommandError::failure)?;
    let lies = distribution_text(layout);
    let text_picture = directory.join("distribution.txt");
    std::fs::write(&text_picture, &lies).map_err(|error| failure(&text_picture, &error))?;
    files.push(text_picture);

    let meta = z.meta().map_err(CommandError::failure)?;
    let bytes = (meta.distribution.size() * meta.dtype.size_bytes()) as u64;
    let mut text = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        text,
        "loaded {}: {} x {} {}, {}, on {} engines",
        file.display(),
        z.shape()[0],
        z.shape()[1],
        meta.dtype.name(),
        format_size(bytes),
        context.rank_count()
    );
    text.push('\n');
    text.push_str(lies.trim_end());
    text.push_str("\n\n");
    let _ = writeln!(
        text,
        "elevation: from {} to {} m, mean {} m, standard deviation {} m",
        show_array(&least)?,
        show_array(&most)?,
        show_array(&mean)?,
        show_array(&deviation)?
    );
    let _ = writeln!(text, "above the mean: {} of {} cells", show_array(&above_count)?, z.size());
    for (name, means) in [("rows", &row_mean), ("columns", &column_mean)] {
        let (least, most) = (show_array(&means.min(()))?, show_array(&means.max(()))?);
        let _ = writeln!(text, "means of the {} {name}: from {least} to {most} m", means.size());
    }
    let _ = writeln!(text, "standardised:\n{}", show_array(&standardised)?);
    let messages: u64 = plan.costs.iter().map(|cost| cost.messages_sent).sum();
    let peak = plan.peak_bytes.iter().copied().max().unwrap_or(0);
    let _ = writeln!(
        text,
        "\n{} steps, {messages} messages between engines, at most {} on one engine",
        plan.steps.len(),
        format_size(peak)
    );
    let _ = writeln!(text, "\nwritten:");
    for file in files {
        let _ = writeln!(text, "  {}", file.display());
    }
    Ok(text)
}

/// A picture of `z`, of every n-th row and column if it is large.
fn draw(z: &DistArray, path: &Path) -> Result<(), CommandError> {
    let shape = [z.shape()[0], z.shape()[1]];
    let [row_step, column_step] = sample_steps(shape, PICTURE_SIDE);
    let step = row_step.max(column_step);
    let indices: Vec<Vec<usize>> = shape.iter().map(|length| (0..*length).step_by(step).collect()).collect();
    let size = [indices[0].len(), indices[1].len()];
    let block = z.astype(DType::Float64).fetch_product(indices).map_err(CommandError::failure)?;
    let values = block.as_slice::<f64>().map_err(CommandError::failure)?;
    let map = HeatMap::new(values, size).map_err(CommandError::failure)?;
    map.save_png(path).map_err(CommandError::failure)
}
