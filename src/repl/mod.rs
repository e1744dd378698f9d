//! The shell: statements typed on a terminal.
//!
//! It holds no logic of its own: [`shell`] runs statements, the engine and the canned queries answer them.

mod change;
pub mod complete;
mod highlight;
pub mod interrupt;
mod output;
mod settings;
pub mod shell;
pub mod split;

use crate::commands::Context;
use crate::commands::open::Origin;
use crate::error::{Error, Result};
use crate::ui::is_closed_pipe;
use complete::Assistant;
use interrupt::Interrupt;
use rustyline::error::ReadlineError;
use rustyline::history::FileHistory;
use rustyline::{Behavior, CompletionType, Config, Editor};
use shell::{Flow, Shell};
use std::path::PathBuf;
use std::process::ExitCode;

const PROMPT: &str = "mainstay> ";

/// Runs the shell until it is told to end.
///
/// # Errors
/// A graph that can't be read, or a terminal that can't be used.
pub fn run(context: &Context) -> Result<ExitCode> {
    let mut shell = Shell::new(context, Some(Interrupt::install()?))?;
    shell.runner.told = true;
    shell.paged = true;
    let mut editor = editor(context, &shell)?;
    let history = history_file();
    if let Some(history) = &history {
        // The first run has no history.
        drop(editor.load_history(history));
    }
    greet(context, &shell);
    loop {
        match editor.readline(PROMPT) {
            Ok(line) if line.trim().is_empty() => {}
            Ok(line) => {
                let statement = line.trim_end();
                remember(&mut editor, statement, history.as_ref());
                if execute(&mut shell, statement) == Flow::Quit {
                    return Ok(ExitCode::SUCCESS);
                }
                if let Some(assistant) = editor.helper_mut() {
                    assistant.use_graph(&shell.graph);
                }
            }
            Err(ReadlineError::Interrupted) => {}
            Err(ReadlineError::Eof) => return Ok(ExitCode::SUCCESS),
            Err(error) => return Err(Error::input("cannot read from the terminal").with_source(error)),
        }
    }
}

fn greet(context: &Context, shell: &Shell<'_>) {
    let graph = match &shell.origin {
        Origin::Shipped => "the graph that ships with it".to_owned(),
        file @ Origin::File(_) => file.to_string(),
    };
    context.ui.note(format!(
        "mainstay {} on {graph}: {} triples.\n.help tells more, .ask lists questions.",
        env!("CARGO_PKG_VERSION"),
        shell.graph.triple_count()
    ));
}

/// Runs what was typed: one statement, or several separated by `;`.
fn execute(shell: &mut Shell<'_>, text: &str) -> Flow {
    for statement in split::statements(text) {
        match shell.execute(&statement.text, statement.lines_before) {
            Ok(Flow::Quit) => return Flow::Quit,
            Ok(Flow::Continue) => {}
            Err(error) if is_closed_pipe(&error) => return Flow::Quit,
            Err(error) => {
                shell.runner.context.ui.error(&error);
                return Flow::Continue;
            }
        }
    }
    Flow::Continue
}

fn editor(context: &Context, shell: &Shell<'_>) -> Result<Editor<Assistant, FileHistory>> {
    let failed = |error| Error::input("cannot use the terminal").with_source(error);
    let config = Config::builder()
        .completion_type(CompletionType::List)
        .behavior(Behavior::PreferTerm)
        .max_history_size(2000)
        .map_err(failed)?
        .build();
    let mut editor = Editor::with_config(config).map_err(failed)?;
    editor.set_helper(Some(Assistant::new(shell.graph.clone(), shell.catalogue.clone(), context.ui.color)));
    Ok(editor)
}

/// Keeps a statement; a history that can't be written is no reason to stop.
fn remember(editor: &mut Editor<Assistant, FileHistory>, statement: &str, history: Option<&PathBuf>) {
    let added = editor.add_history_entry(statement).unwrap_or(false);
    if let (true, Some(history)) = (added, history) {
        if let Some(folder) = history.parent() {
            drop(std::fs::create_dir_all(folder));
        }
        drop(editor.append_history(history));
    }
}

/// `$XDG_STATE_HOME/mainstay/history`, else `~/.local/state/mainstay/history`.
fn history_file() -> Option<PathBuf> {
    let absolute = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let folder = absolute("XDG_STATE_HOME").or_else(|| Some(absolute("HOME")?.join(".local/state")))?;
    Some(folder.join("mainstay").join("history"))
}
