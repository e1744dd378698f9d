//! What was taken from documents, between learning all names from it and writing it down as statements: in memory
//! while it is of few documents, in a temporary file once they are many.

use crate::error::{Error, Result};
use crate::facts::Extraction;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Seek, Write};
use std::path::{Path, PathBuf};

/// Documents whose extractions are kept in memory.
const KEPT: usize = 4096;

/// Extractions in the order in which they were put.
pub(super) struct Shelf {
    /// Where the temporary file may lie.
    folder: PathBuf,
    kept: VecDeque<Extraction>,
    file: Option<BufWriter<File>>,
}

impl Shelf {
    /// An empty shelf for files in a folder.
    pub(super) fn new(output: &Path) -> Self {
        let folder = output.parent().filter(|folder| !folder.as_os_str().is_empty());
        Self { folder: folder.unwrap_or(Path::new(".")).to_owned(), kept: VecDeque::new(), file: None }
    }

    /// Adds an extraction.
    ///
    /// # Errors
    /// The temporary file can't be written.
    pub(super) fn put(&mut self, extraction: Extraction) -> Result<()> {
        if self.kept.len() < KEPT {
            self.kept.push_back(extraction);
            return Ok(());
        }
        let folder = &self.folder;
        let failed = |error| Error::io("write a temporary file in", folder, error);
        if self.file.is_none() {
            self.file = Some(BufWriter::new(tempfile::tempfile_in(folder).map_err(failed)?));
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        serde_json::to_writer(&mut *file, &extraction).map_err(|error| failed(error.into()))?;
        file.write_all(b"\n").map_err(failed)
    }

    /// Takes all extractions off, in the order in which they were put.
    ///
    /// # Errors
    /// The temporary file can't be read.
    pub(super) fn take(self) -> Result<impl Iterator<Item = Result<Shelved>>> {
        let folder = self.folder;
        let failed = move |error| Error::io("read a temporary file in", &folder, error);
        let mut lines = None;
        if let Some(file) = self.file {
            let mut file = file.into_inner().map_err(|error| failed(error.into_error()))?;
            file.rewind().map_err(&failed)?;
            lines = Some(BufReader::new(file).lines());
        }
        let written =
            lines.into_iter().flatten().map(move |line| line.map(Shelved::Written).map_err(&failed));
        Ok(self.kept.into_iter().map(|kept| Ok(Shelved::Kept(Box::new(kept)))).chain(written))
    }
}

/// An extraction as it lies on the shelf.
pub(super) enum Shelved {
    Kept(Box<Extraction>),
    /// As JSON.
    Written(String),
}

impl Shelved {
    /// The extraction.
    ///
    /// # Errors
    /// The temporary file was changed by someone else.
    pub(super) fn unpacked(self) -> Result<Extraction> {
        match self {
            Self::Kept(extraction) => Ok(*extraction),
            Self::Written(json) => serde_json::from_str(&json)
                .map_err(|error| Error::input("a temporary file can't be read").with_source(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::documents::Document;
    use crate::facts::extract;
    use crate::ontology::Ontology;

    #[test]
    fn many_extractions_come_back_as_they_were_and_in_their_order() {
        let folder = tempfile::tempdir().unwrap();
        let ontology = Ontology::load(&[]).unwrap();
        let article = "# Reliability in Nimbus Queue\n\n## Availability zone support\n\nNimbus Queue is zone-redundant \
            in the Gold tier.\n\n### Zone-down experience\n\n- **Expected downtime**: Up to 5 minutes.\n\
            - **Expected data loss**: Bananas are yellow.\n";
        let one = extract(&Document::from_text("queue.md", article), &ontology);
        assert!(!one.facts.is_empty() && !one.unparsed.is_empty());
        let numbered = |number: usize| Extraction { document: format!("{number}.md"), ..one.clone() };
        let mut shelf = Shelf::new(&folder.path().join("x.graph"));
        let many = KEPT + 3;
        (0..many).for_each(|number| shelf.put(numbered(number)).unwrap());
        assert!(shelf.file.is_some());
        for (number, taken) in shelf.take().unwrap().enumerate() {
            assert_eq!(taken.unwrap().unpacked().unwrap(), numbered(number));
        }
    }
}
