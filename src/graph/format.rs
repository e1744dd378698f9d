//! The frame of a graph file: magic, version, lengths, section table, checksums.
//!
//! All numbers are little-endian.
//!
//! | bytes | what |
//! |---|---|
//! | 8 | `MSTGRAPH` |
//! | 4 | version of the format |
//! | 4 | number of sections |
//! | 8 | length of the file |
//! | 8 × 2 | triples (each counted once), quads |
//! | 4 × 14 | first term number of each kind, and the number after the last term |
//! | 24 × sections | offset, length and checksum of each section |
//! | 8 | checksum of all of the above |
//!
//! The sections follow, each at a multiple of eight bytes; the bytes between them are zero. [`Section`] says what
//! each holds; numbers in them have 32 bits unless something else is said.
//!
//! *Term numbers* begin with 1 and follow the order of the kinds and, in a kind, of the payloads: bytes of texts,
//! signed values of 64 bits (`kinds` says which literal has which). 0 is no term and, as a graph, the default graph.
//! Kinds 0 to 4 carry text and share the numbers of the sections of texts; the other kinds share those of the values.
//! A *place* is the index of a triple in one of the sort orders, from 0. *Offsets* of groups say where each group
//! begins, and one more says where the last one ends.
//!
//! *Checksum*: with `s = 0x9e3779b97f4a7c15 xor length`, for each word `w` of eight bytes and a last one of the rest
//! filled with zeros, `s = rotate left by 29 of ((s xor w) * 0xff51afd7ed558ccd)`, all modulo 2^64.

use super::kinds::KINDS;
use crate::error::{Error, Result};
use std::ops::Range;

/// The version of the format that this code reads and writes.
pub const VERSION: u32 = 4;
const MAGIC: &[u8; 8] = b"MSTGRAPH";

/// What the sections of a file hold, in the order of the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub(super) enum Section {
    /// JSON: tool, prefixes, sources.
    Metadata,
    /// Where the blocks of texts begin, and where the last one ends; 64 bits each.
    TextOffsets,
    /// Blocks of texts, as `text` describes.
    Texts,
    /// Values of the terms that carry one; 64 bits each.
    Values,
    /// For each resource, from 0: where its triples begin in the order SPO.
    SubjectOffsets,
    /// Predicates in the order SPO.
    SpoPredicates,
    /// Objects in the order SPO.
    SpoObjects,
    /// For each predicate in order: its number, where its triples begin in the orders PSO and POS,
    /// how many subjects it has, how many objects.
    Predicates,
    /// Subjects in the order PSO.
    PsoSubjects,
    /// Objects in the order PSO.
    PsoObjects,
    /// Objects in the order POS.
    PosObjects,
    /// Subjects in the order POS.
    PosSubjects,
    /// For each term, from 0: where its triples begin in the order OSP.
    ObjectOffsets,
    /// Subjects in the order OSP.
    OspSubjects,
    /// Predicates in the order OSP.
    OspPredicates,
    /// For each triple in the order SPO: the number of the set of graphs that hold it; empty if there is one set.
    TripleSets,
    /// For each set of graphs: where its members begin.
    SetOffsets,
    /// Members of the sets: term numbers, sorted; 0 is the default graph.
    SetMembers,
    /// The graphs: term numbers, sorted; 0 is the default graph.
    Graphs,
    /// For each graph: where its triples begin.
    GraphOffsets,
    /// Triples of the graphs: places in the order SPO, sorted; empty if there is one graph, which holds all.
    GraphTriples,
    /// Entries of names, as `labels` describes: entity, literal, form; sorted by their keys.
    Labels,
}

/// The columns with a number for each triple.
pub(super) const TRIPLE_COLUMNS: [Section; 8] = [
    Section::SpoPredicates,
    Section::SpoObjects,
    Section::PsoSubjects,
    Section::PsoObjects,
    Section::PosObjects,
    Section::PosSubjects,
    Section::OspSubjects,
    Section::OspPredicates,
];

/// How many sections there are.
pub(super) const SECTIONS: usize = Section::Labels as usize + 1;
const COUNTS: usize = 8 + 4 + 4 + 8;
const STARTS: usize = COUNTS + 16;
const TABLE: usize = STARTS + 4 * (KINDS + 1);
/// Length of the header in bytes.
pub(super) const HEADER: usize = TABLE + 24 * SECTIONS + 8;

/// The checksum of the head and the sections of a graph file: every change within one aligned word of eight bytes
/// changes it.
pub fn checksum(bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let mut last = [0; 8];
    last[..rest.len()].copy_from_slice(rest);
    let seed = 0x9e37_79b9_7f4a_7c15 ^ bytes.len() as u64;
    words.iter().chain([&last]).fold(seed, |sum, word| {
        (sum ^ u64::from_le_bytes(*word)).wrapping_mul(0xff51_afd7_ed55_8ccd).rotate_left(29)
    })
}

/// The places of sections with these lengths in the file.
pub(super) fn places(lengths: [usize; SECTIONS]) -> [Range<usize>; SECTIONS] {
    let mut end = HEADER;
    lengths.map(|len| {
        let start = end.next_multiple_of(8);
        end = start + len;
        start..end
    })
}

/// What the header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) triples: u64,
    pub(super) quads: u64,
    pub(super) starts: [u32; KINDS + 1],
    pub(super) sections: [Range<usize>; SECTIONS],
    pub(super) checksums: [u64; SECTIONS],
}

impl Header {
    /// The header and the places of the sections with these lengths and checksums.
    pub(super) fn new(
        triples: u64,
        quads: u64,
        starts: [u32; KINDS + 1],
        contents: [(usize, u64); SECTIONS],
    ) -> Self {
        let sections = places(contents.map(|(len, _)| len));
        Self { triples, quads, starts, sections, checksums: contents.map(|(_, checksum)| checksum) }
    }

    /// Length of the file in bytes.
    pub(super) fn file_len(&self) -> usize {
        self.sections[SECTIONS - 1].end
    }

    /// The header as it lies in the file.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_le_bytes());
        bytes.extend((SECTIONS as u32).to_le_bytes());
        bytes.extend((self.file_len() as u64).to_le_bytes());
        bytes.extend(self.triples.to_le_bytes());
        bytes.extend(self.quads.to_le_bytes());
        self.starts.iter().for_each(|start| bytes.extend(start.to_le_bytes()));
        for (range, checksum) in self.sections.iter().zip(self.checksums) {
            bytes.extend((range.start as u64).to_le_bytes());
            bytes.extend((range.len() as u64).to_le_bytes());
            bytes.extend(checksum.to_le_bytes());
        }
        bytes.extend(checksum(&bytes).to_le_bytes());
        bytes
    }

    /// Reads and checks the header of a file, in constant time.
    pub(super) fn read(file: &[u8]) -> Result<Self> {
        if file.get(..8) != Some(MAGIC) {
            let error = Error::input("this is not a graph file");
            return Err(error.with_hint("make one with `mainstay build PATH… -o FILE`"));
        }
        let version = number32(file, 8).ok_or_else(cut_short)?;
        if version != VERSION {
            let message = format!("the graph file has version {version} of the format, not {VERSION}");
            return Err(Error::input(message).with_hint(REBUILD));
        }
        let header = file.get(..HEADER).ok_or_else(cut_short)?;
        if number64(file, HEADER - 8) != Some(checksum(&header[..HEADER - 8])) {
            return Err(damaged("its header does not match its checksum"));
        }
        match number64(file, 16) {
            Some(len) if len > file.len() as u64 => return Err(cut_short()),
            Some(len) if len == file.len() as u64 => {}
            _ => return Err(damaged("it is longer than its header says")),
        }
        Self::parse(file).ok_or_else(|| damaged("its sections do not fit together"))
    }

    fn parse(file: &[u8]) -> Option<Self> {
        if number32(file, 12)? as usize != SECTIONS {
            return None;
        }
        let mut sections = [const { 0..0 }; SECTIONS];
        let mut checksums = [0; SECTIONS];
        for section in 0..SECTIONS {
            let entry = TABLE + 24 * section;
            let start = usize::try_from(number64(file, entry)?).ok()?;
            let end = start.checked_add(usize::try_from(number64(file, entry + 8)?).ok()?)?;
            file.get(start..end)?;
            sections[section] = start..end;
            checksums[section] = number64(file, entry + 16)?;
        }
        let mut starts = [0; KINDS + 1];
        for (kind, start) in starts.iter_mut().enumerate() {
            *start = number32(file, STARTS + 4 * kind)?;
        }
        let (triples, quads) = (number64(file, COUNTS)?, number64(file, COUNTS + 8)?);
        let header = Self { triples, quads, starts, sections, checksums };
        (starts[0] == 1 && starts.is_sorted() && header.lengths_fit()).then_some(header)
    }

    /// Whether the columns have the lengths that the counts ask for.
    fn lengths_fit(&self) -> bool {
        let len = |section: Section| self.sections[section as usize].len() as u64;
        let resources = u64::from(self.starts[2]);
        let terms = u64::from(self.starts[KINDS]);
        let values = terms - u64::from(self.starts[super::kinds::TEXT_KINDS]);
        let triples = 4 * self.triples;
        TRIPLE_COLUMNS.iter().all(|column| len(*column) == triples)
            && len(Section::Values) == 8 * values
            && len(Section::SubjectOffsets) == 4 * (resources + 1)
            && len(Section::ObjectOffsets) == 4 * (terms + 1)
            && [0, triples].contains(&len(Section::TripleSets))
            && [0, 4 * self.quads].contains(&len(Section::GraphTriples))
            && len(Section::Labels).is_multiple_of(12)
            && len(Section::GraphOffsets) == len(Section::Graphs) + 4
    }
}

const REBUILD: &str = "rebuild it with `mainstay build … -o FILE`";

fn cut_short() -> Error {
    Error::input("the graph file is cut short").with_hint(REBUILD)
}

pub(super) fn damaged(what: &str) -> Error {
    Error::input(format!("the graph file is damaged: {what}")).with_hint(REBUILD)
}

fn number32(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..)?.first_chunk().map(|chunk| u32::from_le_bytes(*chunk))
}

fn number64(bytes: &[u8], at: usize) -> Option<u64> {
    bytes.get(at..)?.first_chunk().map(|chunk| u64::from_le_bytes(*chunk))
}
