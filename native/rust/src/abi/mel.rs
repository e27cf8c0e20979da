//! `vlr_mel_*`.

use super::{bytes, give, guard, invalid, release, VlrError};
use crate::error::Result;
use crate::mel::LogMel;

const MAX_BANDS: usize = 256;
/// A minute: twice Whisper's window.
const MAX_COLUMNS: usize = 6_000;

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_mel_create(bands: usize, out: *mut *mut LogMel, error: *mut VlrError) -> i32 {
    let create = || match bands {
        1..=MAX_BANDS => Ok(LogMel::new(bands)),
        _ => Err(invalid(format!("the number of mel bands must be from 1 to {MAX_BANDS}"))),
    };
    // SAFETY: by contract.
    unsafe { guard(error, || give(out, create)) }
}

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_mel_compute(
    mel: *mut LogMel,
    samples: *const f32,
    count: usize,
    out: *mut f32,
    columns: usize,
    error: *mut VlrError,
) -> i32 {
    let compute = || -> Result<()> {
        // SAFETY: NULL or live by contract.
        let mel = unsafe { mel.as_mut() }.ok_or_else(|| invalid("the mel handle is missing"))?;
        if out.is_null() || !(1..=MAX_COLUMNS).contains(&columns) {
            return Err(invalid("the place for the features is missing or has a wrong size"));
        }
        // SAFETY: by contract; the byte count only guards against a missing pointer.
        let samples = unsafe {
            bytes(samples.cast(), count.saturating_mul(size_of::<f32>()), "the samples")?;
            if count == 0 {
                &[][..]
            } else {
                std::slice::from_raw_parts(samples, count)
            }
        };
        let size = mel.bands() * columns;
        // SAFETY: writable for that many values by contract. They may be uninitialised, so they are set first.
        let out = unsafe {
            std::ptr::write_bytes(out, 0, size);
            std::slice::from_raw_parts_mut(out, size)
        };
        mel.compute(samples, out, columns);
        Ok(())
    };
    // SAFETY: by contract.
    unsafe { guard(error, compute) }
}

/// # Safety
/// `mel` is NULL or a live handle, not used again.
#[no_mangle]
pub unsafe extern "C" fn vlr_mel_free(mel: *mut LogMel) {
    // SAFETY: by contract.
    unsafe { release(mel) };
}
