//! `vlr_spm_*`.

use std::ffi::c_char;

use super::strings::VlrStrings;
use super::{bytes, give, guard, invalid, path, release, text, VlrError, VlrText};
use crate::error::Result;
use crate::spm::Spm;

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_spm_load(
    name: *const c_char,
    name_size: usize,
    out: *mut *mut Spm,
    error: *mut VlrError,
) -> i32 {
    // SAFETY: by contract.
    unsafe { guard(error, || give(out, || Spm::load(&path(name, name_size)?))) }
}

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_spm_encode(
    spm: *const Spm,
    data: *const c_char,
    size: usize,
    out: *mut *mut VlrStrings,
    error: *mut VlrError,
) -> i32 {
    // SAFETY: by contract.
    unsafe { guard(error, || give(out, || Ok(VlrStrings(live(spm)?.encode(text(data, size, "the text")?)?)))) }
}

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_spm_decode(
    spm: *const Spm,
    pieces: *const VlrText,
    count: usize,
    out: *mut *mut VlrStrings,
    error: *mut VlrError,
) -> i32 {
    let decode = || {
        // SAFETY: by contract; the byte count only guards against a missing pointer.
        let views = unsafe {
            bytes(pieces.cast(), count.saturating_mul(size_of::<VlrText>()), "the list of pieces")?;
            if count == 0 {
                &[][..]
            } else {
                std::slice::from_raw_parts(pieces, count)
            }
        };
        let mut texts = Vec::with_capacity(views.len());
        for view in views {
            // SAFETY: by contract.
            texts.push(unsafe { text(view.data, view.size, "a piece")? });
        }
        // SAFETY: by contract.
        Ok(VlrStrings(vec![unsafe { live(spm)? }.decode(&texts)?]))
    };
    // SAFETY: by contract.
    unsafe { guard(error, || give(out, decode)) }
}

/// # Safety
/// `spm` is NULL or a live handle.
#[no_mangle]
pub unsafe extern "C" fn vlr_spm_piece_count(spm: *const Spm) -> usize {
    // SAFETY: by contract.
    unsafe { spm.as_ref() }.map_or(0, Spm::piece_count)
}

/// # Safety
/// `spm` is NULL or a live handle, not used again.
#[no_mangle]
pub unsafe extern "C" fn vlr_spm_free(spm: *mut Spm) {
    // SAFETY: by contract.
    unsafe { release(spm) };
}

unsafe fn live<'a>(spm: *const Spm) -> Result<&'a Spm> {
    // SAFETY: NULL or live by the callers' contract.
    unsafe { spm.as_ref() }.ok_or_else(|| invalid("the tokenizer handle is missing"))
}
