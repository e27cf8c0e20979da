//! `vlr_vad_*`.

use super::{give, guard, invalid, release, VlrError};
use crate::error::Result;
use crate::vad::{Vad, FRAME};

/// A quarter of an hour at once.
const MAX_FRAMES: usize = 60_000;

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_vad_create(out: *mut *mut Vad, error: *mut VlrError) -> i32 {
    // SAFETY: by contract.
    unsafe { guard(error, || give(out, || Ok(Vad::new()))) }
}

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_vad_detect(
    vad: *mut Vad,
    samples: *const f32,
    frames: usize,
    out: *mut f32,
    error: *mut VlrError,
) -> i32 {
    let detect = || -> Result<()> {
        // SAFETY: NULL or live by contract.
        let vad = unsafe { vad.as_mut() }.ok_or_else(|| invalid("the detector is missing"))?;
        if samples.is_null() || out.is_null() || !(1..=MAX_FRAMES).contains(&frames) {
            return Err(invalid("the frames or the place for their probabilities are missing"));
        }
        // SAFETY: readable and writable for that many values by contract. The place may be uninitialised, so it is set first.
        let (samples, out) = unsafe {
            std::ptr::write_bytes(out, 0, frames);
            (std::slice::from_raw_parts(samples, frames * FRAME), std::slice::from_raw_parts_mut(out, frames))
        };
        vad.detect(samples, out);
        Ok(())
    };
    // SAFETY: by contract.
    unsafe { guard(error, detect) }
}

/// # Safety
/// `vad` is NULL or a live handle.
#[no_mangle]
pub unsafe extern "C" fn vlr_vad_reset(vad: *mut Vad) {
    // SAFETY: by contract.
    if let Some(vad) = unsafe { vad.as_mut() } {
        vad.reset();
    }
}

/// # Safety
/// `vad` is NULL or a live handle, not used again.
#[no_mangle]
pub unsafe extern "C" fn vlr_vad_free(vad: *mut Vad) {
    // SAFETY: by contract.
    unsafe { release(vad) };
}
