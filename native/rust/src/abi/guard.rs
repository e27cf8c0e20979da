//! Panics become an error, and print nothing.

use std::cell::Cell;
use std::ffi::c_char;
use std::panic::{catch_unwind, AssertUnwindSafe};
use std::sync::Once;

use super::{VlrError, MESSAGE};
use crate::audio::open::panic_text;
use crate::error::{Code, Error, Result};

thread_local! {
    static INSIDE: Cell<u32> = const { Cell::new(0) };
}

/// Runs `work`, fills `error` and gives the code, 0 for none.
///
/// # Safety
/// `error` is NULL or writable.
pub unsafe fn guard(error: *mut VlrError, work: impl FnOnce() -> Result<()>) -> i32 {
    let outcome = quietly(work)
        .unwrap_or_else(|panic| Err(Error::new(Code::Internal, format!("a defect in the decoder library: {panic}"))));
    let (code, message) = match &outcome {
        Ok(()) => (0, ""),
        Err(failure) => (failure.code as i32, failure.message.as_str()),
    };
    if !error.is_null() {
        // SAFETY: writable by contract; the raw pointer avoids a reference to memory that may be uninitialised.
        unsafe {
            (&raw mut (*error).code).write(code);
            let place: *mut c_char = (&raw mut (*error).message).cast();
            let length = message.floor_char_boundary_at(MESSAGE - 1);
            std::ptr::copy_nonoverlapping(message.as_ptr().cast(), place, length);
            place.add(length).write(0);
        }
    }
    code
}

/// Runs `work` with a silent panic hook for this thread.
pub fn quietly<T>(work: impl FnOnce() -> T) -> std::result::Result<T, String> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let previous = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if INSIDE.get() == 0 {
                previous(info);
            }
        }));
    });
    INSIDE.set(INSIDE.get() + 1);
    let outcome = catch_unwind(AssertUnwindSafe(work));
    INSIDE.set(INSIDE.get() - 1);
    outcome.map_err(|panic| panic_text(&*panic))
}

trait Boundary {
    fn floor_char_boundary_at(&self, limit: usize) -> usize;
}

impl Boundary for str {
    fn floor_char_boundary_at(&self, limit: usize) -> usize {
        // A NUL inside would end the message early for C.
        let limit = self.find('\0').unwrap_or(self.len()).min(limit);
        (0..=limit).rev().find(|at| self.is_char_boundary(*at)).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::ffi::CStr;

    fn run(work: impl FnOnce() -> Result<()>) -> (i32, String) {
        let mut error = VlrError { code: -1, message: [1; MESSAGE] };
        // SAFETY: a local.
        let code = unsafe { guard(&mut error, work) };
        assert_eq!(code, error.code);
        // SAFETY: `guard` terminates it.
        let message = unsafe { CStr::from_ptr(error.message.as_ptr()) };
        (code, message.to_str().unwrap().to_owned())
    }

    #[test]
    fn errors_and_panics_become_codes() {
        assert_eq!(run(|| Ok(())), (0, String::new()));
        assert_eq!(run(|| Err(Error::new(Code::InputEmpty, "nothing"))), (9, "nothing".to_owned()));
        let (code, message) = run(|| panic!("broken"));
        assert_eq!(code, 22);
        assert!(message.contains("broken"));
    }

    #[test]
    fn long_messages_are_cut_at_a_character() {
        let (_, message) = run(|| Err(Error::new(Code::Internal, "ü".repeat(MESSAGE))));
        assert_eq!(message, "ü".repeat((MESSAGE - 1) / 2));
    }
}
