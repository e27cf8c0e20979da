//! The largest single allocation a thread asked for, to catch lengths believed from a hostile header.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

pub struct Watching;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

/// Gives the largest allocation since the last call, in bytes.
pub fn take_largest() -> usize {
    LARGEST.replace(0)
}

fn note(size: usize) {
    // A thread that is ending allocates without its locals.
    let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(size)));
}

// SAFETY: everything is handed on to the system's allocator.
unsafe impl GlobalAlloc for Watching {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        note(layout.size());
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        note(size);
        unsafe { System.realloc(pointer, layout, size) }
    }
}
