//! The ontology that ships, as the build script compiled it: its files are read and its cues are indexed when the program
//! is built, and a run takes the outcome.
//!
//! First come all cues with their index, which every [`CueSet`](super::CueSet) leads to; the ontology follows.

use super::Ontology;
use super::cues::Book;
use super::index::Index;
use crate::error::{Error, Result};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::ops::Range;
use std::sync::Arc;

/// What the build script wrote; itself it has nothing yet.
#[cfg(compiled_ontology)]
const BYTES: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/ontology"));
#[cfg(not(compiled_ontology))]
const BYTES: &[u8] = &[];

thread_local! {
    /// The cues of the ontology that is being read.
    static BOOK: RefCell<Arc<Book>> = RefCell::default();
}

/// These cues.
pub(super) fn book() -> Arc<Book> {
    BOOK.with_borrow(Arc::clone)
}

/// Numbers of these cues.
pub(super) fn numbers<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Range<usize>, D::Error> {
    let numbers = Range::<usize>::deserialize(deserializer)?;
    let known = BOOK.with_borrow(|book| book.index().cues.len());
    let are_known = numbers.start <= numbers.end && numbers.end <= known;
    if are_known { Ok(numbers) } else { Err(D::Error::custom("no cues have these numbers")) }
}

/// The ontology that ships; `None` if it isn't compiled.
pub(super) fn ontology() -> Option<Ontology> {
    from_bytes(BYTES)
}

fn from_bytes(bytes: &'static [u8]) -> Option<Ontology> {
    let (index, bytes) = postcard::take_from_bytes::<Index>(bytes).ok()?;
    BOOK.set(Arc::new(index.into()));
    let ontology = postcard::from_bytes(bytes).ok();
    BOOK.take();
    ontology
}

impl Ontology {
    /// The files that ship, read and compiled to bytes for later runs; the same bytes each time.
    ///
    /// # Errors
    /// A file that is no Turtle, or that holds a cue which is no cue; with file and place.
    pub fn compile() -> Result<Vec<u8>> {
        Self::read(&[])?.to_bytes()
    }

    fn to_bytes(&self) -> Result<Vec<u8>> {
        let cues = postcard::to_allocvec(self.no_kind.index());
        let all = cues.and_then(|cues| postcard::to_extend(self, cues));
        all.map_err(|error| Error::input("cannot write the compiled ontology").with_source(error))
    }
}

/// Writes a map in the order of its keys, so that the same map always gives the same bytes.
pub(super) fn in_order<K: Ord + Serialize, V: Serialize, H, S: Serializer>(
    map: &HashMap<K, V, H>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(map.iter().collect::<BTreeMap<_, _>>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ships_is_compiled_to_what_its_files_say() {
        let ontology = Ontology::load(&[]).unwrap();
        assert_eq!(ontology.no_kind.index().cues.ready(), 0, "no cue is parsed, and none read yet");
        assert!(ontology.to_bytes().unwrap() == BYTES);
        assert!(Ontology::compile().unwrap() == BYTES);
    }

    #[test]
    fn damaged_bytes_are_read_without_a_panic() {
        let (_, ontology) = postcard::take_from_bytes::<Index>(BYTES).unwrap();
        let cues = BYTES.len() - ontology.len();
        let some = (0..cues).step_by(cues / 9).chain((cues..BYTES.len()).step_by(ontology.len() / 60));
        for at in some {
            assert!(from_bytes(&BYTES[..at]).is_none());
            let mut bytes = BYTES.to_vec();
            bytes[at] ^= 0x55;
            let ontology = from_bytes(bytes.leak());
            // Cues are read when they are written again.
            drop(ontology.filter(|_| at < cues).map(|ontology| ontology.to_bytes()));
        }
    }
}
