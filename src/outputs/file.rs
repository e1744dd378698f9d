//! Result files: written beside their place and renamed, so that nobody ever sees half of one.

use crate::error::{Error, Result};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use tempfile::{Builder, NamedTempFile};

/// Writes a file whole, or leaves what is there as it is. What a link leads to is replaced, not the link, and keeps its
/// permissions; a pipe or a device takes what is written as it comes.
///
/// # Errors
/// What `write` fails with, or a file that can't be written.
pub fn write_whole<T>(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<T>) -> Result<T> {
    // The error of a temporary file names that file, which says nothing to anybody.
    let failed = |error: io::Error| Error::io("write", path, error.kind().into());
    let path = &path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
    let there = std::fs::metadata(path).ok();
    if there.as_ref().is_some_and(|there| !there.is_file()) {
        let mut output = BufWriter::new(File::options().write(true).open(path).map_err(failed)?);
        let written = write(&mut output)?;
        output.flush().map_err(failed)?;
        return Ok(written);
    }
    let mut file = temporary(folder_of(path)).map_err(failed)?;
    if let Some(there) = there {
        file.as_file().set_permissions(there.permissions()).map_err(failed)?;
    }
    let mut output = BufWriter::new(file.as_file_mut());
    let written = write(&mut output)?;
    output.flush().map_err(failed)?;
    drop(output);
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(written)
}

/// Says early that a file can't be written because its folder isn't there.
///
/// # Errors
/// A folder that doesn't exist.
pub fn check_folder(path: &Path) -> Result<()> {
    let folder = folder_of(path);
    if folder.is_dir() {
        return Ok(());
    }
    Err(Error::input(format!("cannot write {}: there is no folder {}", path.display(), folder.display()))
        .with_hint(format!("make it first: mkdir -p {}", folder.display())))
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A temporary file that, as other new files, whoever the system allows may read.
fn temporary(folder: &Path) -> io::Result<NamedTempFile<File>> {
    let mut builder = Builder::new();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        builder.permissions(std::fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder)
}
