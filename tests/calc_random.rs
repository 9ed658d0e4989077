//! Random arrays at the command line: the same file for any number of engines, any layout, threads and processes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

const PROGRAM: &str = "rng = random.default_rng(42); a, b = rng.spawn(2)
x = rng.normal(5, 2, (101, 17)) + a.integers(-3, 9, size=(101, 17), dtype=int8)
y = np.random.poisson(50, seed=7, shape=(101, 17)) * random.gamma(0.5, seed=8)
rng.shuffle(x)
p = ones(101) / 101
z = random.choice(rng.permutation(x, axis=1), 60, replace=False, p=p, seed=9) + rng.choice([0.5, 1.5], (60, 17))
i = rng.permutation(101) - rng.choice(101, 101, p=p) + rng.choice(101, 101, replace=False)
m = array([1.0, -2.0, 5.0]); c = [[4, 1, 0], [1, 2, -1], [0, -1, 1]]
v = rng.multivariate_normal(m, c, (50, 7)) + rng.unit_ball((50, 7)) * rng.dirichlet(m * m, 7)
u = rng.unit_disc(101, dtype=float32) + rng.unit_circle((101,)) * rng.vonmises(0, 2) - rng.skew_normal(0, 1, 3, (101, 2))
k = rng.multinomial(1000, [0.5, 0.25, 0.25], (50, 7)) - rng.multivariate_hypergeometric([9, 0, 30], 12, (50, 7))
h = rng.hypergeometric(15, 20, 10, (101, 17)) + random.zipf(3, 17, seed=4) * rng.logseries(0.5, (101, 1)) - rng.zipfian(9, 1)
o = rng.multivariate_normal(m, c) + rng.noncentral_f(3, 9, 2)";

/// What it writes.
const OUTPUTS: [&str; 9] = ["x", "y", "z", "i", "v", "u", "k", "h", "o"];

/// A directory of its own for one test.
fn directory(name: &str) -> PathBuf {
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&directory).expect("a directory can be made");
    directory
}

fn run(command: &mut Command, arguments: &[&str], directory: &Path) -> Output {
    command.arg("calc").args(arguments).current_dir(directory).output().expect("the program starts")
}

/// The files that the program writes, run by `command`.
#[track_caller]
fn written(command: &mut Command, options: &[&str], directory: &Path) -> [Vec<u8>; OUTPUTS.len()] {
    let outputs = OUTPUTS.map(|name| format!("--out={name}={name}.npy"));
    let mut arguments = vec![PROGRAM];
    arguments.extend(outputs.iter().map(String::as_str).chain(options.iter().copied()));
    let output = run(command, &arguments, directory);
    assert!(output.status.success(), "{options:?}: {output:?}");
    OUTPUTS.map(|name| {
        let file = format!("{name}.npy");
        let bytes = std::fs::read(directory.join(&file)).expect("it is written");
        std::fs::remove_file(directory.join(file)).expect("it is there");
        bytes
    })
}

fn distarray() -> Command {
    Command::new(env!("CARGO_BIN_EXE_distarray"))
}

#[test]
fn the_same_bytes_on_any_engines_and_layout() {
    let directory = directory("calc-random");
    let alone = written(&mut distarray(), &["-n", "1"], &directory);
    for engines in ["1", "2", "3", "4"] {
        for letters in ["b", "c", "c(3)", "n", "c,b", "c,b,c"] {
            let options = ["-n", engines, "--dist", letters];
            assert!(written(&mut distarray(), &options, &directory) == alone, "{options:?}");
        }
    }
}

#[cfg(feature = "mpi")]
#[test]
fn the_same_bytes_on_processes() {
    let directory = directory("calc-random-mpi");
    let alone = written(&mut distarray(), &["-n", "1"], &directory);
    for processes in ["1", "2", "3", "4"] {
        for letters in ["b", "c", "c(3)", "n", "c,b,c"] {
            let mut launcher = Command::new(std::env::var_os("MPIEXEC").unwrap_or_else(|| "mpiexec".into()));
            launcher
                .args(["-n", processes, env!("CARGO_BIN_EXE_distarray")])
                .env("OMPI_ALLOW_RUN_AS_ROOT", "1")
                .env("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1")
                .env("OMPI_MCA_rmaps_base_oversubscribe", "1");
            assert!(
                written(&mut launcher, &["--dist", letters], &directory) == alone,
                "{letters} on {processes} processes"
            );
        }
    }
}

/// What a program prints.
#[track_caller]
fn printed(program: &str) -> String {
    let output = run(&mut distarray(), &[program, "-n", "2"], Path::new(env!("CARGO_TARGET_TMPDIR")));
    assert!(output.status.success(), "{program}: {output:?}");
    String::from_utf8(output.stdout).expect("UTF-8").trim_end().to_owned()
}

#[test]
fn one_number_is_printed_as_a_number() {
    assert!(printed("random.normal(seed=42)").parse::<f64>().is_ok());
    assert!(printed("random.integers(2**40, 2**41)").parse::<i64>().is_ok_and(|number| number >= 1 << 40));
    assert_eq!(printed("random.bernoulli(1)"), "True");
    assert_eq!(printed("rng = random.default_rng(1); rng"), "Generator(ChaCha8)");
    assert_eq!(printed("random.seed(42)"), "");
}

#[test]
fn programs_without_a_seed_differ() {
    let program = "random.integers(2**62)";
    assert_ne!(printed(program), printed(program));
}

#[test]
fn a_mistake_is_shown_in_the_program() {
    let output = run(&mut distarray(), &["x = random.normal(0, -2, 3)", "-n", "2"], Path::new("."));
    assert_eq!(output.status.code(), Some(2));
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "error: scale -2 is refused: it must be finite and not negative
 --> line 1, column 22
  |
1 | x = random.normal(0, -2, 3)
  |                      ^^\n"
    );
}

#[test]
fn a_matrix_that_is_no_covariance_is_shown_in_the_program() {
    let program = "c = -ones((2, 2)); x = random.multivariate_normal([0, 0], c, 5)";
    let output = run(&mut distarray(), &[program, "-n", "2"], Path::new("."));
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    let message = String::from_utf8_lossy(&output.stderr);
    let refused = "cov[0, 0] -1 is refused: a variance must not be negative\n --> line 1, column 59";
    assert!(message.contains(refused), "{message}");
}

#[test]
fn the_plan_of_a_shuffle_says_that_the_data_decides() {
    let program = "x = arange(100); random.shuffle(x)";
    let arguments = [program, "--out", "x=explained.npy", "--explain", "-n", "3"];
    let output = run(&mut distarray(), &arguments, &directory("calc-explain"));
    assert!(output.status.success(), "{output:?}");
    let plan = String::from_utf8_lossy(&output.stdout);
    let shuffle = plan.lines().skip_while(|line| !line.contains("shuffle")).nth(1);
    assert!(shuffle.is_some_and(|line| line.ends_with(", and what the data asks for")), "{plan}");
}

#[test]
fn wrong_weights_are_a_failure_of_the_run() {
    let output = run(&mut distarray(), &["random.choice(2, 3, p=[0.5, 0.25])", "-n", "2"], Path::new("."));
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(message.contains("weights with sum 0.75 is refused: probabilities must sum to 1"), "{message}");
}
