//! Where the bytes come from: a regular file or a copy in memory, read with cancellation.

use std::fs::{self, File};
use std::io::{self, Cursor, Read, Seek, SeekFrom};
use std::path::Path;

use symphonia::core::io::MediaSource;

use super::wave::Overlay;
use crate::cancel;
use crate::error::{Code, Error, Result};

enum Bytes {
    File(File),
    Memory(Cursor<Box<[u8]>>),
}

/// A seekable source of known length. Its reads fail once the running call is cancelled.
pub struct Source {
    bytes: Bytes,
    length: u64,
    position: u64,
    overlay: Overlay,
}

impl Source {
    pub fn open(path: &Path) -> Result<Self> {
        let shown = path.display();
        // Looked at before it is opened: opening a device or a FIFO can have effects or block.
        let metadata = fs::metadata(path).map_err(|error| io_error(path, &error))?;
        check_kind(path, &metadata)?;
        let file = open_without_blocking(path).map_err(|error| io_error(path, &error))?;
        let metadata = file.metadata().map_err(|error| io_error(path, &error))?;
        check_kind(path, &metadata)?;
        if metadata.len() == 0 {
            return Err(Error::new(Code::InputEmpty, format!("{shown} is empty (0 bytes)")));
        }
        Ok(Source::new(Bytes::File(file), metadata.len()))
    }

    pub fn from_bytes(bytes: Box<[u8]>) -> Result<Self> {
        if bytes.is_empty() {
            return Err(Error::new(Code::InputEmpty, "the audio in memory is empty (0 bytes)"));
        }
        let length = bytes.len() as u64;
        Ok(Source::new(Bytes::Memory(Cursor::new(bytes)), length))
    }

    fn new(bytes: Bytes, length: u64) -> Self {
        Source { bytes, length, position: 0, overlay: Overlay::new() }
    }

    pub fn set_overlay(&mut self, overlay: Overlay) {
        self.overlay = overlay;
    }

    pub fn length(&self) -> u64 {
        self.length
    }

    /// Up to `limit` bytes from the start; leaves the position at the start.
    pub fn head(&mut self, limit: usize) -> io::Result<Vec<u8>> {
        let mut head = vec![0; limit.min(usize::try_from(self.length).unwrap_or(limit))];
        let mut filled = 0;
        while filled < head.len() {
            match self.read(&mut head[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        head.truncate(filled);
        self.seek(SeekFrom::Start(0))?;
        Ok(head)
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        cancel::check().map_err(io::Error::other)?;
        let count = match &mut self.bytes {
            Bytes::File(file) => file.read(buffer)?,
            Bytes::Memory(cursor) => cursor.read(buffer)?,
        };
        for (start, bytes) in &self.overlay {
            for (at, byte) in (*start..).zip(bytes) {
                let index = at.checked_sub(self.position).and_then(|index| usize::try_from(index).ok());
                if let Some(place) = index.and_then(|index| buffer[..count].get_mut(index)) {
                    *place = *byte;
                }
            }
        }
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for Source {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.position = match &mut self.bytes {
            Bytes::File(file) => file.seek(position)?,
            Bytes::Memory(cursor) => cursor.seek(position)?,
        };
        Ok(self.position)
    }
}

impl MediaSource for Source {
    fn is_seekable(&self) -> bool {
        true
    }

    fn byte_len(&self) -> Option<u64> {
        Some(self.length)
    }
}

/// The coded error of a failed read: a cancellation that came through the source, or the system's word.
pub fn read_error(name: &str, error: &io::Error) -> Error {
    if let Some(own) = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
        return own.clone();
    }
    // No fault of the disk: a header sent the demuxer to before the start.
    if error.kind() == io::ErrorKind::InvalidInput {
        return Error::new(Code::InputCorrupt, format!("{name} is damaged: its headers point outside of it"));
    }
    Error::new(Code::InputReadFailed, format!("{name} could not be read: {error}"))
}

fn check_kind(path: &Path, metadata: &fs::Metadata) -> Result<()> {
    let shown = path.display();
    if metadata.is_dir() {
        return Err(Error::new(
            Code::InputIsDirectory,
            format!("{shown} is a directory, not a recording; name a file in it"),
        ));
    }
    if !metadata.is_file() {
        return Err(Error::new(
            Code::InputNotRegular,
            format!("{shown} is {}, not a regular file; save the audio to a file first", special_kind(metadata)),
        ));
    }
    Ok(())
}

#[cfg(unix)]
fn special_kind(metadata: &fs::Metadata) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    if kind.is_fifo() {
        "a FIFO (named pipe)"
    } else if kind.is_socket() {
        "a socket"
    } else {
        "a device"
    }
}

#[cfg(not(unix))]
fn special_kind(_: &fs::Metadata) -> &'static str {
    "a special file"
}

#[cfg(unix)]
fn open_without_blocking(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::OpenOptionsExt;
    // A FIFO may have taken the file's place since it was looked at; without the flag the open would wait for a writer.
    fs::OpenOptions::new().read(true).custom_flags(O_NONBLOCK).open(path)
}

#[cfg(any(target_os = "linux", target_os = "android"))]
const O_NONBLOCK: i32 = 0o4000;
#[cfg(all(unix, not(any(target_os = "linux", target_os = "android"))))]
const O_NONBLOCK: i32 = 0x4;

#[cfg(not(unix))]
fn open_without_blocking(path: &Path) -> io::Result<File> {
    File::open(path)
}

fn io_error(path: &Path, error: &io::Error) -> Error {
    let shown = path.display();
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => {
            Error::new(Code::InputNotFound, format!("{shown} does not exist"))
        }
        io::ErrorKind::PermissionDenied => {
            Error::new(Code::InputPermission, format!("{shown} may not be read: permission denied"))
        }
        _ => read_error(&shown.to_string(), error),
    }
}
