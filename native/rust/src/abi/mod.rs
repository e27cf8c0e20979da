//! The C ABI of `include/voicelingua_rust.h`: nothing unwinds, prints or aborts across it.

pub mod audio;
pub mod bpe;
mod guard;
pub mod mel;
pub mod spm;
pub mod strings;
pub mod vad;

use std::ffi::{c_char, CStr};

pub use guard::guard;

use crate::error::{Code, Error, Result};

/// Room of `vlr_error.message`, its NUL included.
pub const MESSAGE: usize = 1020;

/// `vlr_error`.
#[repr(C)]
pub struct VlrError {
    pub code: i32,
    pub message: [c_char; MESSAGE],
}

/// `vlr_text`.
#[derive(Clone, Copy)]
#[repr(C)]
pub struct VlrText {
    pub data: *const c_char,
    pub size: usize,
}

impl VlrText {
    pub const NONE: VlrText = VlrText { data: std::ptr::null(), size: 0 };

    pub fn of(text: &str) -> Self {
        VlrText { data: text.as_ptr().cast(), size: text.len() }
    }
}

/// # Safety
/// `name` is NULL or a NUL-terminated string.
#[no_mangle]
pub unsafe extern "C" fn vlr_version(name: *const c_char) -> *const c_char {
    if name.is_null() {
        return std::ptr::null();
    }
    // SAFETY: not NULL, and the caller terminates it.
    let name = unsafe { CStr::from_ptr(name) };
    name.to_str().ok().and_then(crate::versions::version).map_or(std::ptr::null(), CStr::as_ptr)
}

fn invalid(message: impl Into<String>) -> Error {
    Error::new(Code::InvalidArgument, message)
}

/// The bytes at a pointer; NULL is allowed for none.
///
/// # Safety
/// `data` is readable for `size` bytes during the call.
unsafe fn bytes<'a>(data: *const u8, size: usize, what: &str) -> Result<&'a [u8]> {
    if size == 0 {
        return Ok(&[]);
    }
    if data.is_null() || isize::try_from(size).is_err() {
        return Err(invalid(format!("{what} is missing")));
    }
    // SAFETY: by the contract of this function; the length fits `isize`.
    Ok(unsafe { std::slice::from_raw_parts(data, size) })
}

/// # Safety
/// As `bytes`.
unsafe fn text<'a>(data: *const c_char, size: usize, what: &str) -> Result<&'a str> {
    // SAFETY: handed through.
    let bytes = unsafe { bytes(data.cast(), size, what)? };
    std::str::from_utf8(bytes).map_err(|_| invalid(format!("{what} is not UTF-8")))
}

/// # Safety
/// As `bytes`.
unsafe fn path<'a>(data: *const c_char, size: usize) -> Result<std::borrow::Cow<'a, std::path::Path>> {
    // SAFETY: handed through.
    let bytes = unsafe { bytes(data.cast(), size, "the path")? };
    if bytes.is_empty() {
        return Err(invalid("the path is empty"));
    }
    if bytes.contains(&0) {
        return Err(invalid("the path holds a NUL byte"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::ffi::OsStrExt;
        Ok(std::path::Path::new(std::ffi::OsStr::from_bytes(bytes)).into())
    }
    #[cfg(not(unix))]
    {
        let text = std::str::from_utf8(bytes).map_err(|_| invalid("the path is not UTF-8"))?;
        Ok(std::path::Path::new(text).into())
    }
}

/// Puts a handle where the caller wants it, NULL on failure.
///
/// # Safety
/// `out` is NULL or writable.
unsafe fn give<T>(out: *mut *mut T, make: impl FnOnce() -> Result<T>) -> Result<()> {
    if out.is_null() {
        return Err(invalid("the place for the result is missing"));
    }
    // SAFETY: checked, and writable by contract.
    unsafe { out.write(std::ptr::null_mut()) };
    let made = Box::into_raw(Box::new(make()?));
    // SAFETY: as above.
    unsafe { out.write(made) };
    Ok(())
}

/// # Safety
/// `handle` is NULL or came from `give` and is not used again.
unsafe fn release<T>(handle: *mut T) {
    if !handle.is_null() {
        // SAFETY: by contract the box that `give` made.
        let boxed = unsafe { Box::from_raw(handle) };
        // A destructor that panics must not unwind into the caller either.
        let _ = guard::quietly(|| drop(boxed));
    }
}
