//! The sections of a graph file on their way to it: in memory while they are small, else in their place in the file as
//! soon as it is known, written while the next ones are made.

use super::format::{HEADER, Header, SECTIONS, Section, checksum, places};
use super::text::TextWriter;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::thread::{Builder, JoinHandle};

/// Sections are held in memory up to so many bytes together.
const HELD: usize = 32 << 20;

/// So many sections are on their way to the file at a time: some are copied while the device takes another.
const AT_ONCE: usize = 3;

/// The contents of all sections; those that were not put are empty.
pub(super) struct Contents<'f> {
    sections: [Content; SECTIONS],
    held: usize,
    /// The file to be; `None` keeps all in memory.
    file: Option<&'f File>,
    /// The sections that are being written, which give their checksums in the end.
    writing: VecDeque<(usize, JoinHandle<io::Result<u64>>)>,
}

/// What is known of a section.
struct Content {
    /// `None` until the section is put or expected.
    len: Option<usize>,
    checksum: u64,
    /// `None` if the bytes are in the file.
    bytes: Option<Vec<u8>>,
}

impl<'f> Contents<'f> {
    /// Empty sections, which may be written to a file that is theirs alone.
    pub(super) fn new(file: Option<&'f File>) -> Self {
        let empty = || Content { len: None, checksum: checksum(&[]), bytes: Some(Vec::new()) };
        Self { sections: std::array::from_fn(|_| empty()), held: 0, file, writing: VecDeque::new() }
    }

    /// Says how long sections will be: once that is known of all before it, a section needs no memory.
    pub(super) fn expect(&mut self, sections: impl IntoIterator<Item = (Section, usize)>) {
        sections.into_iter().for_each(|(section, len)| self.sections[section as usize].len = Some(len));
    }

    /// Gives a section its content. A long one may still be on its way to the file.
    ///
    /// # Errors
    /// The file can't be written, or another length was expected.
    pub(super) fn put(&mut self, section: Section, bytes: Vec<u8>) -> io::Result<()> {
        let place = section as usize;
        let content = &mut self.sections[place];
        if content.len.is_some_and(|expected| expected != bytes.len()) {
            return Err(io::Error::other("a section is longer or shorter than was expected"));
        }
        content.len = Some(bytes.len());
        let are_known = self.sections[..place].iter().all(|content| content.len.is_some());
        match self.file {
            Some(file) if are_known && self.held + bytes.len() > HELD => {
                while self.writing.len() >= AT_ONCE {
                    self.finish_one()?;
                }
                let start = places(self.lengths())[place].start as u64;
                let file = file.try_clone()?;
                let write = move || {
                    write_at(&file, &bytes, start)?;
                    let checksum = checksum(&bytes);
                    drop(bytes);
                    // The device takes it while other sections are made; in the end there is less to wait for.
                    file.sync_data()?;
                    Ok(checksum)
                };
                self.sections[place].bytes = None;
                self.writing.push_back((place, Builder::new().spawn(write)?));
            }
            _ => {
                self.held += bytes.len();
                self.sections[place].checksum = checksum(&bytes);
                self.sections[place].bytes = Some(bytes);
            }
        }
        Ok(())
    }

    /// Waits for the section that has been written for longest.
    fn finish_one(&mut self) -> io::Result<()> {
        if let Some((place, writing)) = self.writing.pop_front() {
            let stopped = |_| Err(io::Error::other("writing stopped"));
            self.sections[place].checksum = writing.join().unwrap_or_else(stopped)?;
        }
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
        self.put(section, column(numbers))
    }

    /// Gives the sections of the dictionary their contents.
    ///
    /// # Errors
    /// As [`Contents::put`].
    pub(super) fn put_texts(&mut self, texts: TextWriter, values: Vec<u8>) -> io::Result<()> {
        self.put(Section::TextOffsets, texts.offsets)?;
        self.put(Section::Texts, texts.blocks)?;
        self.put(Section::Values, values)
    }

    fn lengths(&self) -> [usize; SECTIONS] {
        std::array::from_fn(|section| self.sections[section].len.unwrap_or_default())
    }

    /// Length and checksum of each section.
    ///
    /// # Errors
    /// The file can't be written.
    pub(super) fn lengths_and_checksums(&mut self) -> io::Result<[(usize, u64); SECTIONS]> {
        while !self.writing.is_empty() {
            self.finish_one()?;
        }
        let lengths = self.lengths();
        Ok(std::array::from_fn(|section| (lengths[section], self.sections[section].checksum)))
    }

    /// Writes what isn't written to the file, or all where there is none.
    ///
    /// # Errors
    /// What the output fails with.
    pub(super) fn write(&self, header: &Header, mut output: impl Write + Seek) -> io::Result<()> {
        output.seek(SeekFrom::Start(0))?;
        output.write_all(&header.to_bytes())?;
        let mut end = HEADER;
        for (content, range) in self.sections.iter().zip(&header.sections) {
            match &content.bytes {
                Some(bytes) => {
                    output.write_all(&[0; 8][..range.start - end])?;
                    output.write_all(bytes)?;
                }
                None => drop(output.seek(SeekFrom::Start(range.end as u64))?),
            }
            end = range.end;
        }
        Ok(())
    }
}

/// A column of numbers as it lies in the file.
pub(super) fn column(numbers: impl Iterator<Item = u32>) -> Vec<u8> {
    let cells: Vec<[u8; 4]> = numbers.map(u32::to_le_bytes).collect();
    cells.into_flattened()
}

/// Writes bytes to a place in a file, wherever others write.
#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], start: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, start)
}

/// Writes bytes to a place in a file, wherever others write.
#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut start: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let written = std::os::windows::fs::FileExt::seek_write(file, bytes, start)?;
        if written == 0 {
            return Err(io::ErrorKind::WriteZero.into());
        }
        bytes = &bytes[written..];
        start += written as u64;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::kinds::KINDS;

    #[test]
    fn what_cannot_be_written_behind_is_told_in_the_end() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let readable = File::open(file.path()).unwrap();
        let mut contents = Contents::new(Some(&readable));
        contents.put(Section::Metadata, vec![0; HELD + 1]).unwrap();
        assert!(contents.lengths_and_checksums().is_err());
    }

    #[test]
    fn long_sections_are_written_to_their_places_at_once() {
        let long: Vec<u8> = (0..HELD).map(|at| at as u8).collect();
        let put = |contents: &mut Contents<'_>| {
            contents.put(Section::Texts, vec![1; 5]).unwrap();
            contents.expect([(Section::Values, 8), (Section::SubjectOffsets, HELD)]);
            contents.put(Section::SubjectOffsets, long.clone()).unwrap();
            contents.put(Section::Metadata, vec![2; 9]).unwrap();
            contents.put(Section::TextOffsets, Vec::new()).unwrap();
            contents.put(Section::SubjectOffsets, long.clone()).unwrap();
            assert!(contents.put(Section::Values, vec![3; 7]).is_err(), "another length was expected");
            contents.put(Section::Values, vec![3; 8]).unwrap();
            contents.put(Section::Labels, vec![4; 3]).unwrap();
            Header::new(1, 2, [1; KINDS + 1], contents.lengths_and_checksums().unwrap())
        };
        let mut in_memory = Contents::new(None);
        let header = put(&mut in_memory);
        let mut expected = io::Cursor::new(Vec::new());
        in_memory.write(&header, &mut expected).unwrap();
        assert_eq!(expected.get_ref().len(), header.file_len());

        let file = tempfile::NamedTempFile::new().unwrap();
        let mut written = Contents::new(Some(file.as_file()));
        assert!(put(&mut written) == header);
        assert!(written.sections[Section::SubjectOffsets as usize].bytes.is_none());
        written.write(&header, file.as_file()).unwrap();
        assert!(std::fs::read(file.path()).unwrap() == expected.into_inner());
    }
}
