//! A file as bytes, mapped into memory: the only place of the crate with unsafe code.

use memmap2::Mmap;
use std::fs::File;
use std::io;

/// The bytes of a graph, mapped or owned.
pub(super) enum Bytes {
    /// A mapped file.
    Mapped(Mmap),
    /// Bytes in memory.
    Owned(Vec<u8>),
}

impl Bytes {
    /// Maps a file.
    #[expect(unsafe_code, reason = "mapping a file is unsafe by nature; see the safety comment")]
    pub(super) fn map(file: &File) -> io::Result<Self> {
        // SAFETY: graph files are written to a temporary name and renamed, so Mainstay never changes a file
        // that may be mapped; replacing it by name leaves the mapped inode as it was. What is read is
        // untrusted: every access is bounds-checked and every text is checked to be UTF-8 when it is used.
        let map = unsafe { Mmap::map(file)? };
        Ok(Self::Mapped(map))
    }
}

impl std::ops::Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Self::Mapped(map) => map,
            Self::Owned(bytes) => bytes,
        }
    }
}
