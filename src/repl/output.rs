//! Where the results of the shell go: the terminal, a pager, or a file that `.once` names.

use super::shell::{Flow, Shell};
use crate::answers::text;
use crate::commands::run::{counted, default_format};
use crate::error::{Error, Result};
use crate::outputs::file::{check_folder, write_whole};
use crate::outputs::{Cells, Format, write_failed};
use crate::ui::is_closed_pipe;
use crate::ui::pager::{Paged, pager};
use spargebra::Query;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

impl Shell<'_> {
    /// Runs a query and writes its result where it is to go.
    pub(super) fn run(&mut self, query: Query, cells: Cells) -> Result<()> {
        let result = match self.once.take() {
            Some(path) => self.run_to_file(&query, cells, &path),
            None if self.paged => self.run_paged(&query, cells),
            None => self.runner.run(&query, &self.graph, cells).map(drop),
        };
        self.last = Some(query);
        result
    }

    fn run_to_file(&self, query: &Query, cells: Cells, path: &Path) -> Result<()> {
        let format =
            self.runner.format.or_else(|| format_of(path)).unwrap_or_else(|| default_format(query, false));
        let written =
            write_whole(path, |output| self.runner.write(query, &self.graph, cells, format, output))?;
        self.runner.context.ui.note(format!("{} in {}", counted(written), path.display()));
        Ok(())
    }

    fn run_paged(&self, query: &Query, cells: Cells) -> Result<()> {
        let mut output = Paged::new(pager(), self.runner.context.ui.height().unwrap_or(usize::MAX));
        let start = Instant::now();
        let result = self.runner.run_into(query, &self.graph, cells, &mut output);
        let time = start.elapsed();
        output.finish().map_err(write_failed)?;
        match result {
            // Whoever leaves the pager has seen enough.
            Err(error) if is_closed_pipe(&error) => Ok(()),
            Err(error) => Err(error),
            Ok(written) => {
                self.runner.conclude(query, &self.graph, cells, written, time);
                Ok(())
            }
        }
    }

    /// Sends the next result to a file.
    pub(super) fn once(&mut self, file: Option<&str>) -> Result<()> {
        let Some(file) = file else { return Err(Error::usage(".once needs the name of a file")) };
        let path = PathBuf::from(file);
        check_folder(&path)?;
        self.once = Some(path);
        Ok(())
    }

    /// Opens a file, or else the last statement, in the user's editor, and runs what is there then.
    pub(super) fn edit(&mut self, file: Option<&str>) -> Result<Flow> {
        let folder = tempfile::tempdir()
            .map_err(|error| Error::input("cannot make a temporary file").with_source(error))?;
        let path = match file {
            Some(file) => PathBuf::from(file),
            None => {
                let path = folder.path().join("statement.rq");
                std::fs::write(&path, &self.last_text).map_err(|error| Error::io("write", &path, error))?;
                path
            }
        };
        let set = |name| std::env::var(name).ok().filter(|command: &String| !command.trim().is_empty());
        let editor = set("VISUAL").or_else(|| set("EDITOR")).unwrap_or_else(|| "vi".to_owned());
        let status = Command::new("sh").args(["-c", &format!("{editor} \"$1\""), "sh"]).arg(&path).status();
        if !status.is_ok_and(|status| status.success()) {
            return Err(Error::usage(format!("the editor {editor} failed; nothing was run"))
                .with_hint("name another in $EDITOR"));
        }
        let text = text::read(&path)?;
        self.runner.context.ui.note(text.trim_end());
        self.execute_all(&text)
    }
}

/// The format that the extension of a file names.
fn format_of(path: &Path) -> Option<Format> {
    let extension = path.extension()?.to_str()?;
    Format::ALL.iter().map(|(format, _)| *format).find(|format| format.extension() == extension)
}
