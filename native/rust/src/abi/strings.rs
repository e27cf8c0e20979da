//! `vlr_strings`: a list of texts given out.

use super::{release, VlrText};

/// `vlr_strings`.
pub struct VlrStrings(pub Vec<String>);

/// # Safety
/// `strings` is NULL or a live handle.
#[no_mangle]
pub unsafe extern "C" fn vlr_strings_count(strings: *const VlrStrings) -> usize {
    // SAFETY: by contract.
    unsafe { strings.as_ref() }.map_or(0, |strings| strings.0.len())
}

/// # Safety
/// `strings` is NULL or a live handle.
#[no_mangle]
pub unsafe extern "C" fn vlr_strings_get(strings: *const VlrStrings, index: usize) -> VlrText {
    // SAFETY: by contract.
    let text = unsafe { strings.as_ref() }.and_then(|strings| strings.0.get(index));
    text.map_or(VlrText::NONE, |text| VlrText::of(text))
}

/// # Safety
/// `strings` is NULL or a live handle, not used again.
#[no_mangle]
pub unsafe extern "C" fn vlr_strings_free(strings: *mut VlrStrings) {
    // SAFETY: by contract.
    unsafe { release(strings) };
}
