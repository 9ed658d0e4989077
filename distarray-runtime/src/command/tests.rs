//! Command lines read and refused.

use std::path::PathBuf;

use super::*;

fn read(line: &[&str]) -> Command {
    let arguments = std::iter::once("distarray").chain(line.iter().copied());
    Command::from_arguments(arguments).unwrap_or_else(|error| panic!("{line:?}: {error}"))
}

fn calc(line: &[&str]) -> CalcArguments {
    match read(&[&["calc"], line].concat()) {
        Command::Calc(arguments) => arguments,
        other => panic!("{other:?}"),
    }
}

fn refusal(line: &[&str]) -> CommandError {
    let arguments = std::iter::once("distarray").chain(line.iter().copied());
    Command::from_arguments(arguments).expect_err(&format!("{line:?}"))
}

#[test]
fn the_example_of_the_manual() {
    let program = "d = (z - mean(z)) / std(z); mean(d, axis=0)";
    let read = calc(&[
        program,
        "--in",
        "z=dem.npy",
        "--out",
        "d=standardised.npy",
        "--dist",
        "b,c",
        "-n",
        "3",
        "--memory",
        "2G",
        "--explain",
    ]);
    assert_eq!(read.program_text().unwrap(), program);
    assert_eq!(read.inputs, [NamedFile { name: "z".to_owned(), file: PathBuf::from("dem.npy") }]);
    assert_eq!(read.outputs, [NamedFile { name: "d".to_owned(), file: PathBuf::from("standardised.npy") }]);
    assert_eq!(read.distribution.unwrap().to_string(), "b,c");
    assert_eq!(read.engines.unwrap().get(), 3);
    assert_eq!(read.memory_bytes, Some(2 << 30));
    assert!(read.explain);
}

#[test]
fn the_program_may_stand_anywhere_and_begin_with_a_sign() {
    for program in ["1+1", "-1", "-z", "-(z + 1)", "~z", "--z", " -z", "-1e5*z"] {
        for line in [
            vec![program, "--in", "z=a.npy", "-n", "2"],
            vec!["--in", "z=a.npy", program, "-n", "2"],
            vec!["-n2", "--in=z=a.npy", program],
            vec!["-n", "2", "--in", "z=a.npy", "--", program],
        ] {
            let read = calc(&line);
            assert_eq!(read.program.as_deref(), Some(program), "{line:?}");
            assert_eq!((read.inputs.len(), read.engines.unwrap().get()), (1, 2), "{line:?}");
        }
    }
}

#[test]
fn the_program_may_come_from_a_file() {
    let read = calc(&["--program", "job.txt", "--in", "a=x=y.npy"]);
    assert_eq!(read.program, None);
    assert_eq!(read.inputs[0].file, PathBuf::from("x=y.npy"));
    let error = CalcArguments { program_file: Some(PathBuf::from("no/such/file")), ..read }
        .program_text()
        .unwrap_err();
    assert!(error.to_string().starts_with("cannot read the program no/such/file: "));
    assert_eq!(error.exit_status(), 2);
}

#[test]
fn several_inputs_and_outputs() {
    let read = calc(&["a+b", "--in", "a=1.npy", "--in", "b=1.npy", "--out", "a=2.npy", "--out", "b=3.npy"]);
    assert_eq!((read.inputs.len(), read.outputs.len()), (2, 2));
}

#[test]
fn the_other_commands() {
    assert_eq!(read(&["doctor"]), Command::Doctor);
    let Command::Info(info) = read(&["info", "a.npy", "--dist", "n,b", "-n", "4"]) else { panic!() };
    assert_eq!((info.file, info.engines.unwrap().get()), (PathBuf::from("a.npy"), 4));
    let Command::Demo(demo) = read(&["demo", "-n", "2"]) else { panic!() };
    assert_eq!((demo.file, demo.directory), (None, PathBuf::from("distarray-demo")));
}

#[test]
fn mistakes_are_named_and_end_with_status_two() {
    for (line, expected) in [
        (vec!["calc"], "PROGRAM"),
        (vec!["calc", "1", "--program", "f"], "cannot be used with"),
        (vec!["calc", "1", "2"], "unexpected argument '2'"),
        (vec!["calc", "1", "--explian"], "unexpected argument"),
        (vec!["calc", "1", "--in", "z"], "`z` is not a pair NAME=FILE: there is no `=` in it"),
        (vec!["calc", "1", "--in", "=a.npy"], "no name before"),
        (vec!["calc", "1", "--in", "z="], "no file after"),
        (vec!["calc", "1", "--in", "2z=a"], "`2z` cannot be a name"),
        (vec!["calc", "1", "--in", "np=a"], "`np` cannot be a name"),
        (vec!["calc", "1", "--in", "a=x", "--in", "a=y"], "--in gives the name `a` to two files, x and y"),
        (vec!["calc", "1", "--out", "a=x", "--out", "b=x"], "--out writes both `a` and `b` to x"),
        (vec!["calc", "1", "--dist", "b,q"], "--dist <SPEC>"),
        (vec!["calc", "1", "-n", "0"], "`0` is not a number of engines: it is a whole number from 1 to 4096"),
        (vec!["calc", "1", "-n", "two"], "`two` is not a number of engines"),
        (vec!["calc", "1", "--memory", "2X"], "`2X` is not a size such as 2G"),
        (vec!["frobnicate"], "unrecognized subcommand"),
        (vec!["info"], "<FILE>"),
    ] {
        let error = refusal(&line);
        assert!(error.to_string().contains(expected), "{line:?}: {error}");
        assert_eq!(error.exit_status(), 2, "{line:?}");
    }
}

#[test]
fn help_and_version_are_no_failures() {
    assert_eq!(refusal(&["--help"]).exit_status(), 0);
    assert_eq!(refusal(&["--version"]).exit_status(), 0);
    assert_eq!(refusal(&["calc", "--help"]).exit_status(), 0);
    assert_eq!(refusal(&[]).exit_status(), 2);
}

#[test]
fn statuses_of_programs_and_failures() {
    let program = "1 +".to_owned();
    let error = crate::calc::parse(&program).unwrap_err();
    let error = CommandError::Program { program, error };
    assert_eq!(error.exit_status(), 2);
    assert!(error.to_string().ends_with("1 | 1 +\n  |    ^"));
    assert_eq!(CommandError::failure("the disk is full").exit_status(), 1);
}

#[test]
fn the_definition_is_sound() {
    use clap::CommandFactory;
    Command::command().debug_assert();
}
