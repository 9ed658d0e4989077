//! Who started this process: read from the environment, without MPI.

use std::ffi::OsString;

/// A launcher of parallel jobs, as its environment variables show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Launcher {
    /// The variable that gave it away.
    pub variable: &'static str,
    /// Processes in the job, where the launcher says.
    pub size: Option<usize>,
    /// This process's number, where the launcher says.
    pub rank: Option<usize>,
}

impl Launcher {
    /// True if the job has, for all one can see, more than one process.
    #[must_use]
    pub fn is_parallel(&self) -> bool {
        self.size.map_or(self.rank.is_some_and(|rank| rank > 0), |size| size > 1)
    }
}

/// The launcher of this process: Open MPI's (`OMPI_COMM_WORLD_SIZE`), Hydra's and other PMI ones
/// (`PMI_SIZE`), Slurm's `srun` (`SLURM_NTASKS` where `SLURM_STEP_ID` is set: a mere allocation or
/// batch script does not count), PMIx (`PMIX_RANK`, which has no size). `None` if run by hand.
#[must_use]
pub fn environment() -> Option<Launcher> {
    from_variables(|name| std::env::var_os(name))
}

fn from_variables(variable: impl Fn(&str) -> Option<OsString>) -> Option<Launcher> {
    let number = |name: &str| variable(name)?.to_str()?.trim().parse::<usize>().ok();
    let found = |name: &'static str, size: Option<usize>, rank: &[&str]| Launcher {
        variable: name,
        size,
        rank: rank.iter().find_map(|name| number(name)),
    };
    if let Some(size) = number("OMPI_COMM_WORLD_SIZE") {
        return Some(found("OMPI_COMM_WORLD_SIZE", Some(size), &["OMPI_COMM_WORLD_RANK"]));
    }
    if let Some(size) = number("PMI_SIZE") {
        return Some(found("PMI_SIZE", Some(size), &["PMI_RANK"]));
    }
    // Slurm numbers its own steps (batch script, interactive shell) from 0xffff_fff0 up.
    let in_step =
        number("SLURM_STEP_ID").is_some_and(|step| step < 0xffff_fff0) && number("SLURM_PROCID").is_some();
    let step_size = number("SLURM_STEP_NUM_TASKS").or_else(|| number("SLURM_NTASKS"));
    if in_step && step_size.is_some() {
        return Some(found("SLURM_NTASKS", step_size, &["SLURM_PROCID"]));
    }
    number("PMIX_RANK").map(|rank| Launcher { variable: "PMIX_RANK", size: None, rank: Some(rank) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(variables: &[(&str, &str)]) -> Option<Launcher> {
        from_variables(|name| {
            let found = variables.iter().find(|(key, _)| *key == name);
            found.map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn launchers_are_told_apart() {
        assert_eq!(with(&[]), None);
        let open_mpi = with(&[("OMPI_COMM_WORLD_SIZE", "4"), ("OMPI_COMM_WORLD_RANK", "2")]);
        assert_eq!(
            open_mpi,
            Some(Launcher { variable: "OMPI_COMM_WORLD_SIZE", size: Some(4), rank: Some(2) })
        );
        assert!(with(&[("PMI_SIZE", "2")]).is_some_and(|launcher| launcher.is_parallel()));
        assert!(with(&[("PMI_SIZE", "1")]).is_some_and(|launcher| !launcher.is_parallel()));
        assert!(with(&[("PMIX_RANK", "1")]).is_some_and(|launcher| launcher.is_parallel()));
    }

    #[test]
    fn a_slurm_allocation_is_not_a_step() {
        assert_eq!(with(&[("SLURM_NTASKS", "8")]), None);
        let step = [("SLURM_NTASKS", "8"), ("SLURM_STEP_ID", "0"), ("SLURM_PROCID", "0")];
        let batch = [step[0], ("SLURM_STEP_ID", "4294967291"), step[2]];
        assert_eq!(with(&batch), None);
        assert!(with(&step).is_some_and(|launcher| launcher.size == Some(8)));
    }
}
