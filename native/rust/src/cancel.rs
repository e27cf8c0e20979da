//! Cancellation of the call in progress on this thread. Thread-local, so that byte sources inside a demuxer can ask too:
//! a demuxer that searches gigabytes of junk for a frame ends as soon as its next block is read.

use std::cell::Cell;

use crate::error::{Code, Error, Result};

/// What `poll` gives to go on; `Code::DeadlineExceeded` as a number ends with that code, any other with `Cancelled`.
pub const GO_ON: i32 = 0;

type Poll<'a> = &'a dyn Fn() -> i32;

thread_local! {
    static CURRENT: Cell<Option<*const dyn Fn() -> i32>> = const { Cell::new(None) };
}

struct Restore(Option<*const dyn Fn() -> i32>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0);
    }
}

/// Runs `work` with `poll` asked by every `check` below it on this thread.
pub fn scope<T>(poll: Poll<'_>, work: impl FnOnce() -> T) -> T {
    let pointer: *const (dyn Fn() -> i32 + '_) = poll;
    // SAFETY: only the lifetime is widened; `Restore` takes the pointer away before `poll` can end.
    let pointer: *const (dyn Fn() -> i32 + 'static) = unsafe { std::mem::transmute(pointer) };
    let _restore = Restore(CURRENT.replace(Some(pointer)));
    work()
}

pub fn check() -> Result<()> {
    // SAFETY: set by `scope`, which is further up this thread's stack.
    let answer = CURRENT.get().map_or(GO_ON, |poll| unsafe { (*poll)() });
    if answer == GO_ON {
        Ok(())
    } else if answer == Code::DeadlineExceeded as i32 {
        Err(Error::new(Code::DeadlineExceeded, "the deadline passed while reading audio"))
    } else {
        Err(Error::new(Code::Cancelled, "reading audio was cancelled"))
    }
}
