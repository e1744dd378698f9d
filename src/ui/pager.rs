//! Long output for people: what doesn't fit the terminal goes through a pager.

use std::io::{self, Write};
use std::process::{Child, Command, Stdio};

/// Output that is held back until it is known to be longer than a terminal, and goes to a pager then.
pub struct Paged {
    command: Option<String>,
    lines: usize,
    held: Vec<u8>,
    pager: Option<Child>,
}

/// The pager that the user wants: `$PAGER`, or `less`; none where it is set to nothing.
pub fn pager() -> Option<String> {
    match std::env::var("PAGER") {
        Ok(command) if command.trim().is_empty() => None,
        Ok(command) => Some(command),
        Err(_) => Some("less".to_owned()),
    }
}

impl Paged {
    /// Output for a terminal of so many lines; without a command it is written as it is.
    pub fn new(command: Option<String>, lines: usize) -> Self {
        Self { command, lines, held: Vec::new(), pager: None }
    }

    /// Writes what was held back, or waits until the pager ends.
    ///
    /// # Errors
    /// An output that fails.
    pub fn finish(mut self) -> io::Result<()> {
        let Some(mut pager) = self.pager.take() else { return self.give_back() };
        drop(pager.stdin.take());
        pager.wait().map(drop)
    }

    fn give_back(&mut self) -> io::Result<()> {
        let mut output = super::standard_output();
        output.write_all(&std::mem::take(&mut self.held))?;
        output.flush()
    }

    fn fits(&self) -> bool {
        self.held.iter().filter(|byte| **byte == b'\n').count() < self.lines
    }

    /// Starts the pager; where it can't be started, all is written as it is.
    fn start(&mut self) -> io::Result<()> {
        let Some(command) = self.command.take() else { return self.give_back() };
        let mut shell = Command::new("sh");
        shell.args(["-c", &command]).stdin(Stdio::piped());
        if std::env::var_os("LESS").is_none() {
            // Wide rows go sideways, colours stay, the screen is left as it was.
            shell.env("LESS", "SRX");
        }
        let Ok(mut pager) = shell.spawn() else { return self.give_back() };
        let written = match &mut pager.stdin {
            Some(input) => input.write_all(&std::mem::take(&mut self.held)),
            None => Ok(()),
        };
        self.pager = Some(pager);
        written
    }
}

impl Write for Paged {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(input) = self.pager.as_mut().and_then(|pager| pager.stdin.as_mut()) {
            return input.write(bytes);
        }
        self.held.extend_from_slice(bytes);
        if self.command.is_none() {
            self.give_back()?;
        } else if !self.fits() {
            self.start()?;
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        match self.pager.as_mut().and_then(|pager| pager.stdin.as_mut()) {
            Some(input) => input.flush(),
            None => Ok(()),
        }
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn long_output_goes_to_the_pager_whole_and_short_output_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("paged");
        for (rows, paged) in [(3, false), (100, true)] {
            let mut output = Paged::new(Some(format!("cat > '{}'", file.display())), 10);
            let text: String = (0..rows).map(|row| format!("{row}\n")).collect();
            if paged {
                text.split_inclusive('\n').for_each(|line| output.write_all(line.as_bytes()).unwrap());
                output.finish().unwrap();
                assert_eq!(std::fs::read_to_string(&file).unwrap(), text);
            } else {
                output.write_all(text.as_bytes()).unwrap();
                assert!(output.pager.is_none() && output.fits());
                assert!(!file.exists());
            }
        }
    }

    #[test]
    fn a_pager_that_ends_early_is_a_closed_pipe() {
        let mut output = Paged::new(Some("true".to_owned()), 1);
        let text = "x\n".repeat(1000);
        let error = (0..1000).find_map(|_| output.write_all(text.as_bytes()).err()).unwrap();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
        output.finish().unwrap();
    }
}
