//! `vlr_bpe_*` and `vlr_zlib_size`.

use std::ffi::c_char;

use miniz_oxide::deflate::compress_to_vec_zlib;

use super::{bytes, give, guard, invalid, release, text, VlrError, VlrText};
use crate::bpe::Bpe;

/// zlib's default, which openai/whisper's measure of repetition uses.
const LEVEL: u8 = 6;

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_bpe_create(
    tokens: *const VlrText,
    count: usize,
    out: *mut *mut Bpe,
    error: *mut VlrError,
) -> i32 {
    let create = || {
        // SAFETY: by contract; the byte count only guards against a missing pointer.
        let views = unsafe {
            bytes(tokens.cast(), count.saturating_mul(size_of::<VlrText>()), "the list of tokens")?;
            if count == 0 {
                &[][..]
            } else {
                std::slice::from_raw_parts(tokens, count)
            }
        };
        let mut list = Vec::with_capacity(views.len());
        for view in views {
            // SAFETY: by contract.
            list.push(unsafe { bytes(view.data.cast(), view.size, "a token")? });
        }
        Bpe::new(list)
    };
    // SAFETY: by contract.
    unsafe { guard(error, || give(out, create)) }
}

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_bpe_encode(
    bpe: *const Bpe,
    data: *const c_char,
    size: usize,
    ids: *mut i32,
    count: *mut usize,
    error: *mut VlrError,
) -> i32 {
    let encode = || {
        // SAFETY: NULL or live by contract.
        let bpe = unsafe { bpe.as_ref() }.ok_or_else(|| invalid("the vocabulary handle is missing"))?;
        if count.is_null() || (ids.is_null() && size > 0) {
            return Err(invalid("the place for the result is missing"));
        }
        // SAFETY: by contract.
        let encoded = bpe.encode(unsafe { text(data, size, "the text")? });
        for (at, id) in encoded.iter().enumerate() {
            // SAFETY: room for one id a byte by contract, and no token is empty.
            unsafe { ids.add(at).write(*id as i32) };
        }
        // SAFETY: not NULL, writable by contract.
        unsafe { count.write(encoded.len()) };
        Ok(())
    };
    // SAFETY: by contract.
    unsafe { guard(error, encode) }
}

/// # Safety
/// `bpe` is NULL or a live handle, not used again.
#[no_mangle]
pub unsafe extern "C" fn vlr_bpe_free(bpe: *mut Bpe) {
    // SAFETY: by contract.
    unsafe { release(bpe) };
}

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_zlib_size(data: *const c_char, size: usize) -> usize {
    let mut compressed = 0;
    let compress = || {
        // SAFETY: by contract.
        compressed = compress_to_vec_zlib(unsafe { bytes(data.cast(), size, "the text")? }, LEVEL).len();
        Ok(())
    };
    // SAFETY: no place for an error is given.
    unsafe { guard(std::ptr::null_mut(), compress) };
    compressed
}
