//! `mainstay` without a command and without a terminal: the statements that are piped in.

use super::Context;
use super::query::standard_input;
use crate::error::{Error, Result};
use crate::repl::shell::{Flow, Shell};
use crate::repl::split::statements;
use crate::ui::is_closed_pipe;
use std::process::ExitCode;

/// Runs all statements; an error doesn't stop those behind it, but the first decides the exit code. Changes that nobody
/// saved are one too.
///
/// # Errors
/// An input that can't be read or holds nothing, a graph that can't be read.
pub fn run(context: &Context) -> Result<ExitCode> {
    let text = standard_input()?;
    let statements = statements(&text);
    if statements.is_empty() {
        return Err(Error::usage("there is nothing to run on standard input")
            .with_hint("pipe in a query, run `mainstay` on a terminal, or see `mainstay --help`"));
    }
    let mut shell = Shell::new(context, None)?;
    let mut first_failure = None;
    for statement in statements {
        match shell.execute(&statement.text, statement.lines_before) {
            Ok(Flow::Quit) => break,
            Ok(Flow::Continue) => {}
            Err(error) if is_closed_pipe(&error) => break,
            Err(error) => {
                context.ui.error(&error);
                first_failure.get_or_insert(error.kind().exit_code());
            }
        }
    }
    if shell.unsaved {
        let error = Error::input("the changes of the graph were not saved and are gone").with_hint(
            "end with .save FILE, or give the update to `mainstay query`, which writes the graph file",
        );
        context.ui.error(&error);
        // Everything that was piped in was done.
        first_failure.get_or_insert(1);
    }
    Ok(first_failure.map_or(ExitCode::SUCCESS, ExitCode::from))
}
