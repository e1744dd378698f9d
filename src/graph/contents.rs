//! The sections of a graph file on their way to it: in memory while they are small, else in a temporary file.

use super::format::{Header, SECTIONS, Section, checksum};
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;

/// Sections are held in memory up to so many bytes together.
const HELD: usize = 64 << 20;

/// The contents of all sections; those that were not put are empty.
pub(super) struct Contents {
    sections: [Content; SECTIONS],
    held: usize,
    /// Where sections go that are too large for memory; `None` keeps all in memory.
    folder: Option<PathBuf>,
    scratch: Option<File>,
}

/// What is known of a section.
struct Content {
    len: usize,
    checksum: u64,
    place: Place,
}

enum Place {
    Memory(Vec<u8>),
    /// From this byte of the temporary file on.
    Scratch(u64),
}

impl Contents {
    /// Empty sections, which may be written to a temporary file in a folder.
    pub(super) fn new(folder: Option<PathBuf>) -> Self {
        let empty = || Content { len: 0, checksum: checksum(&[]), place: Place::Memory(Vec::new()) };
        Self { sections: std::array::from_fn(|_| empty()), held: 0, folder, scratch: None }
    }

    /// Gives a section its content.
    ///
    /// # Errors
    /// The temporary file can't be written.
    pub(super) fn put(&mut self, section: Section, bytes: Vec<u8>) -> io::Result<()> {
        let (len, checksum) = (bytes.len(), checksum(&bytes));
        let place = match &self.folder {
            Some(folder) if self.held + len > HELD => {
                let mut file = match self.scratch.take() {
                    Some(file) => file,
                    None => tempfile::tempfile_in(folder)?,
                };
                let start = file.seek(SeekFrom::End(0))?;
                file.write_all(&bytes)?;
                self.scratch = Some(file);
                Place::Scratch(start)
            }
            _ => {
                self.held += len;
                Place::Memory(bytes)
            }
        };
        self.sections[section as usize] = Content { len, checksum, place };
        Ok(())
    }

    /// Gives a section a column of numbers.
    ///
    /// # Errors
    /// As [`Contents::put`].
    pub(super) fn put_column(
        &mut self,
        section: Section,
        numbers: impl Iterator<Item = u32>,
    ) -> io::Result<()> {
        let cells: Vec<[u8; 4]> = numbers.map(u32::to_le_bytes).collect();
        self.put(section, cells.into_flattened())
    }

    /// Length and checksum of each section.
    pub(super) fn lengths_and_checksums(&self) -> [(usize, u64); SECTIONS] {
        std::array::from_fn(|section| (self.sections[section].len, self.sections[section].checksum))
    }

    /// Writes the file.
    ///
    /// # Errors
    /// What the output or the temporary file fails with.
    pub(super) fn write(mut self, header: &Header, output: &mut impl Write) -> io::Result<()> {
        let bytes = header.to_bytes();
        output.write_all(&bytes)?;
        let mut end = bytes.len();
        for (content, range) in self.sections.iter().zip(&header.sections) {
            output.write_all(&[0; 8][..range.start - end])?;
            match (&content.place, &mut self.scratch) {
                (Place::Memory(bytes), _) => output.write_all(bytes)?,
                (Place::Scratch(start), Some(file)) => {
                    file.seek(SeekFrom::Start(*start))?;
                    io::copy(&mut file.take(content.len as u64), output)?;
                }
                (Place::Scratch(_), None) => {}
            }
            end = range.end;
        }
        Ok(())
    }
}
