//! The examples of README.md: each command is run, and what it prints is what stands below it.
//!
//! `UPDATE_README=1 cargo test readme` writes what the commands print now.

use crate::outcome::{Place, repository};
use std::process::Command;

/// The language of the blocks that are run: a line with `$ ` is a command, what follows is its output; a line
/// `…` stands for any number of lines.
const FENCE: &str = "```console\n";

/// Runs a command of an example in the shell, in a folder that holds `data` as the repository does.
fn run(place: &Place, command: &str) -> String {
    let binary = std::path::Path::new(env!("CARGO_BIN_EXE_mainstay"));
    let path = format!("{}:/usr/bin:/bin", binary.parent().unwrap().display());
    // On a terminal rows come as a table.
    let asks = [" ask ", " query "].iter().any(|word| command.contains(word));
    let table =
        asks && !command.contains("--format") && !command.contains(" | ") && !command.contains("--help");
    let command = if table { format!("{command} --format table") } else { command.to_owned() };
    let output = Command::new("sh")
        .args(["-c", &format!("{command} 2>&1")])
        .current_dir(place.path())
        .env_clear()
        .envs([("HOME", place.path().to_str().unwrap()), ("PATH", &path)])
        .output()
        .unwrap();
    without_time(&String::from_utf8(output.stdout).unwrap())
}

/// Lines without blanks at their ends, and with one time for all times.
fn without_time(text: &str) -> String {
    let line = |line: &str| match line.rsplit_once(" in ") {
        Some((before, time)) if time.ends_with(" ms") || time.ends_with(" s") => {
            format!("{before} in 50 ms\n")
        }
        _ => format!("{}\n", line.trim_end()),
    };
    text.lines().map(line).collect()
}

/// A block of the examples: its commands, each with what stands below it.
fn examples(block: &str) -> Vec<(&str, String)> {
    let mut examples: Vec<(&str, String)> = Vec::new();
    for line in block.lines() {
        match (line.strip_prefix("$ "), examples.last_mut()) {
            (Some(command), _) => examples.push((command, String::new())),
            (None, Some((_, output))) => *output += &format!("{line}\n"),
            (None, None) => panic!("an example starts with its command: {line}"),
        }
    }
    examples
}

/// What is shown of an output: as many lines at its start and end as the example has around its `…`.
fn shown(output: &str, example: &str) -> String {
    let Some((head, tail)) = example.split_once("…\n") else { return output.to_owned() };
    let lines: Vec<&str> = output.lines().collect();
    let (head, tail) = (head.lines().count(), tail.lines().count());
    if head + tail >= lines.len() {
        return output.to_owned();
    }
    let join = |lines: &[&str]| lines.iter().map(|line| format!("{line}\n")).collect::<String>();
    format!("{}…\n{}", join(&lines[..head]), join(&lines[lines.len() - tail..]))
}

#[cfg(unix)]
#[test]
fn the_examples_print_what_the_readme_shows() {
    let place = Place::bare();
    std::os::unix::fs::symlink(repository().join("data"), place.path().join("data")).unwrap();
    let path = repository().join("README.md");
    let readme = std::fs::read_to_string(&path).unwrap();
    let mut parts = readme.split(FENCE);
    let mut now = parts.next().unwrap().to_owned();
    let mut commands = 0;
    for part in parts {
        let (block, rest) = part.split_once("```\n").unwrap();
        now += FENCE;
        for (command, example) in examples(block) {
            now += &format!("$ {command}\n{}", shown(&run(&place, command), &example));
            commands += 1;
        }
        now += &format!("```\n{rest}");
    }
    assert!(commands > 5, "the README has examples");
    if std::env::var_os("UPDATE_README").is_some() {
        return std::fs::write(&path, &now).unwrap();
    }
    for (was, is) in readme.lines().zip(now.lines()) {
        assert_eq!(
            was, is,
            "README.md shows something else than its commands print (UPDATE_README=1 mends it)"
        );
    }
    assert_eq!(
        readme.lines().count(),
        now.lines().count(),
        "README.md shows more or less than its commands print"
    );
}
