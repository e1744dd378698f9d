//! The one gate to the terminal: colour, width, messages, closed pipes.
//!
//! Data goes to standard output, everything else to standard error.

pub mod pager;

use crate::error::{Error, Result};
use std::fmt::Display;
use std::io::{self, BufWriter, IsTerminal, Write};

/// When to colour.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Also in a pipe
    Always,
    /// Not at all
    Never,
}

/// What is known about the terminal.
#[derive(Clone, Debug)]
pub struct Ui {
    /// Whether standard input is a terminal.
    pub input_is_terminal: bool,
    /// Whether standard output is a terminal.
    pub output_is_terminal: bool,
    /// Whether standard error is a terminal.
    pub errors_are_on_terminal: bool,
    /// Whether data is coloured.
    pub color: bool,
    /// Whether messages are coloured.
    pub color_messages: bool,
}

impl Ui {
    /// Looks at the streams and the environment.
    pub fn new(choice: ColorChoice) -> Self {
        let output_is_terminal = io::stdout().is_terminal();
        let errors_are_on_terminal = io::stderr().is_terminal();
        let wanted = |terminal: bool| match choice {
            ColorChoice::Always => true,
            ColorChoice::Never => false,
            ColorChoice::Auto => terminal && !color_is_unwanted(),
        };
        Self {
            input_is_terminal: io::stdin().is_terminal(),
            output_is_terminal,
            errors_are_on_terminal,
            color: wanted(output_is_terminal),
            color_messages: wanted(errors_are_on_terminal),
        }
    }

    /// Width of the terminal behind standard output in columns; none where there is none.
    pub fn width(&self) -> Option<usize> {
        if !self.output_is_terminal {
            return None;
        }
        let (_, columns) = console::Term::stdout().size_checked()?;
        (columns > 0).then_some(usize::from(columns))
    }

    /// Height of the terminal behind standard output in lines; none where there is none.
    pub fn height(&self) -> Option<usize> {
        if !self.output_is_terminal {
            return None;
        }
        let (lines, _) = console::Term::stdout().size_checked()?;
        (lines > 1).then_some(usize::from(lines) - 1)
    }

    /// Standard output, buffered.
    pub fn output(&self) -> impl Write + use<> {
        BufWriter::with_capacity(64 * 1024, io::stdout().lock())
    }

    /// Says what went wrong, and what to do next.
    pub fn error(&self, error: &Error) {
        self.message("error", "\u{1b}[1;31m", error);
        for hint in error.hints() {
            self.message("hint", "\u{1b}[1;36m", hint);
        }
    }

    /// Says what is odd.
    pub fn warning(&self, warning: impl Display) {
        self.message("warning", "\u{1b}[1;33m", warning);
    }

    /// Says something that isn't data, without a label.
    pub fn note(&self, note: impl Display) {
        let note = harmless(&note.to_string());
        if self.color_messages {
            self.write(format_args!("\u{1b}[2m{note}\u{1b}[0m\n"));
        } else {
            self.write(format_args!("{note}\n"));
        }
    }

    /// Says something that stands for itself, such as a diagnostic with its place.
    pub fn line(&self, line: impl Display) {
        self.write(format_args!("{}\n", harmless(&line.to_string())));
    }

    fn message(&self, label: &str, color: &str, message: impl Display) {
        let message = harmless(&message.to_string());
        if self.color_messages {
            self.write(format_args!("{color}{label}:\u{1b}[0m {message}\n"));
        } else {
            self.write(format_args!("{label}: {message}\n"));
        }
    }

    /// Nothing can be said about a message that can't be said.
    fn write(&self, message: std::fmt::Arguments<'_>) {
        drop(io::stderr().lock().write_fmt(message));
    }
}

/// A text that a terminal takes for nothing but text: what stands for control characters of files and graphs can't
/// move, colour or erase. Line ends and tabs stay.
pub fn harmless(text: &str) -> String {
    let is_harmful = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    text.chars().map(|c| if is_harmful(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

/// Standard output, which keeps nothing back but the end of a line.
fn standard_output() -> impl Write {
    io::stdout().lock()
}

/// The result of writing: a reader of the output that went away is no failure.
///
/// # Errors
/// Whatever else went wrong.
pub fn unless_closed(written: Result<()>) -> Result<()> {
    match written {
        Err(error) if is_closed_pipe(&error) => Ok(()),
        written => written,
    }
}

fn color_is_unwanted() -> bool {
    let is_set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    is_set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|term| term == "dumb")
}

/// Whether an error says that the reader of the output went away, which is no failure.
pub fn is_closed_pipe(error: &Error) -> bool {
    std::error::Error::source(error)
        .and_then(|source| source.downcast_ref::<io::Error>())
        .is_some_and(|error| error.kind() == io::ErrorKind::BrokenPipe)
}
