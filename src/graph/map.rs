//! A file as bytes, mapped into memory: the only place of the crate with unsafe code.

use memmap2::Mmap;
use std::fs::File;
use std::io;

/// Ends the process with a message and the exit code of bad input when a mapped file is cut short in place by another
/// program, so that a part of it is no longer there to be read. Without it the system ends the process by itself.
///
/// For a program, not a library: it takes over a signal of the whole process. Nothing happens where there is no
/// such signal.
#[cfg(unix)]
#[expect(unsafe_code, reason = "handling a signal is unsafe by nature; see the safety comments")]
pub fn end_when_a_file_is_cut() {
    extern "C" fn end(_signal: libc::c_int) {
        const MESSAGE: &[u8] =
            b"error: the graph file was cut short while it was read\nhint: replace a graph file by renaming, as `mainstay build` does\n";
        // SAFETY: `write` and `_exit` may be called in a handler of signals; the message is as long as is said.
        unsafe {
            libc::write(libc::STDERR_FILENO, MESSAGE.as_ptr().cast(), MESSAGE.len());
            libc::_exit(3);
        }
    }
    // SAFETY: the handler calls nothing but what a handler may call, and never returns.
    unsafe {
        libc::signal(libc::SIGBUS, end as *const () as libc::sighandler_t);
    }
}

/// Nothing: this system has no signal for a mapped file that is cut short.
#[cfg(not(unix))]
pub fn end_when_a_file_is_cut() {}

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
