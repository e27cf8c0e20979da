//! Coded errors: the numbers of `vlr_code`.

use std::fmt;

/// The codes of `NativeErrorCode` in `src/native/binding.ts` that this library gives; the numbers are those of `vlr_code`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(i32)]
pub enum Code {
    InvalidArgument = 1,
    ModelNotFound = 2,
    ModelInvalid = 3,
    ModelUnsupported = 4,
    InputNotFound = 5,
    InputPermission = 6,
    InputIsDirectory = 7,
    InputNotRegular = 8,
    InputEmpty = 9,
    InputCorrupt = 10,
    InputTooLarge = 11,
    InputUnsupportedFormat = 12,
    InputUnsupportedCodec = 13,
    InputNoAudio = 14,
    InputReadFailed = 15,
    OutOfMemory = 16,
    EngineFailed = 18,
    Cancelled = 19,
    DeadlineExceeded = 20,
    Internal = 22,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    pub code: Code,
    pub message: String,
}

pub type Result<T> = std::result::Result<T, Error>;

impl Error {
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Error { code, message: message.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.code, self.message)
    }
}

impl std::error::Error for Error {}
