//! Runs the binary as a person would, in a clean home folder, and tells all that came of it.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A folder of its own, which is also the home folder, with `small.graph` in it.
pub struct Place {
    folder: tempfile::TempDir,
}

impl Place {
    /// A place where the small graph of the tests lies ready.
    pub fn new() -> Self {
        let place = Self::bare();
        let small = repository().join("tests/graphs/small.trig");
        std::fs::copy(small, place.path().join("small.trig")).unwrap();
        place
    }

    /// A place with nothing in it.
    pub fn bare() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn write(&self, name: &str, text: &str) {
        let path = self.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path().join(name)).unwrap()
    }

    /// The command with its arguments, with nothing of the machine's own around it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_mainstay"));
        command.args(arguments).current_dir(self.path()).env_clear().env("HOME", self.path());
        command
    }

    /// Exit code, standard output and standard error of a command on the small graph.
    pub fn small(&self, arguments: &[&str]) -> String {
        self.outcome(&[&["--graph", "small.trig"], arguments].concat(), "")
    }

    /// Exit code, standard output and standard error of a command, given this standard input.
    pub fn outcome(&self, arguments: &[&str], input: &str) -> String {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that doesn't read its input may end before it is written.
        drop(child.stdin.take().unwrap().write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        let mut told = format!("exit code {}\n", output.status.code().unwrap());
        for (name, bytes) in [("output", output.stdout), ("errors", output.stderr)] {
            let text = String::from_utf8(bytes).unwrap().replace("\r\n", "\n");
            if !text.is_empty() {
                write!(told, "── {name}\n{text}").unwrap();
            }
        }
        told.replace('\t', "⇥")
    }
}

/// The folder of the repository.
pub fn repository() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}
