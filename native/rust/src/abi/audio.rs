//! `vlr_audio_*`.

use std::ffi::{c_char, c_void};

use super::{bytes, give, guard, invalid, path, release, VlrError, VlrText};
use crate::audio::{selection, Audio, Options};
use crate::cancel;
use crate::error::Result;

/// `vlr_audio`: the decoder, and the texts of its warnings as last given out.
pub struct VlrAudio {
    audio: Audio,
    warnings: Vec<String>,
}

/// `vlr_cancel`.
#[repr(C)]
pub struct VlrCancel {
    poll: Option<unsafe extern "C" fn(*mut c_void) -> i32>,
    context: *mut c_void,
}

/// `vlr_audio_options`.
#[repr(C)]
pub struct VlrAudioOptions {
    channel: i32,
}

const NAME: usize = 32;

/// `vlr_audio_info`.
#[repr(C)]
pub struct VlrAudioInfo {
    container: [c_char; NAME],
    codec: [c_char; NAME],
    sample_rate: u32,
    channels: u32,
    duration: f64,
}

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_audio_open_file(
    name: *const c_char,
    name_size: usize,
    options: *const VlrAudioOptions,
    cancel: *const VlrCancel,
    out: *mut *mut VlrAudio,
    error: *mut VlrError,
) -> i32 {
    // SAFETY: by contract.
    let open = || unsafe {
        let (path, options) = (path(name, name_size)?, options_of(options)?);
        cancellable(cancel, || Audio::open_path(&path, options))
    };
    // SAFETY: by contract.
    unsafe { guard(error, || give(out, || open().map(VlrAudio::new))) }
}

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_audio_open_memory(
    data: *const u8,
    size: usize,
    options: *const VlrAudioOptions,
    cancel: *const VlrCancel,
    out: *mut *mut VlrAudio,
    error: *mut VlrError,
) -> i32 {
    // SAFETY: by contract.
    let open = || unsafe {
        let (copy, options) = (bytes(data, size, "the audio data")?.into(), options_of(options)?);
        cancellable(cancel, || Audio::open_bytes(copy, options))
    };
    // SAFETY: by contract.
    unsafe { guard(error, || give(out, || open().map(VlrAudio::new))) }
}

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_audio_get_info(
    audio: *const VlrAudio,
    out: *mut VlrAudioInfo,
    error: *mut VlrError,
) -> i32 {
    let fill = || {
        // SAFETY: by contract.
        let audio = unsafe { audio.as_ref() }.ok_or_else(|| invalid("the audio handle is missing"))?;
        if out.is_null() {
            return Err(invalid("the place for the result is missing"));
        }
        let info = audio.audio.info();
        let info = VlrAudioInfo {
            container: fixed(info.container),
            codec: fixed(info.codec),
            sample_rate: info.sample_rate,
            channels: info.channels,
            duration: info.duration,
        };
        // SAFETY: not NULL, writable by contract.
        unsafe { out.write(info) };
        Ok(())
    };
    // SAFETY: by contract.
    unsafe { guard(error, fill) }
}

/// # Safety
/// Pointers as the header says.
#[no_mangle]
pub unsafe extern "C" fn vlr_audio_read(
    audio: *mut VlrAudio,
    buffer: *mut f32,
    capacity: usize,
    cancel: *const VlrCancel,
    count: *mut usize,
    error: *mut VlrError,
) -> i32 {
    let read = || {
        if count.is_null() {
            return Err(invalid("the place for the count is missing"));
        }
        // SAFETY: not NULL, writable by contract.
        unsafe { count.write(0) };
        // SAFETY: by contract.
        let audio = unsafe { audio.as_mut() }.ok_or_else(|| invalid("the audio handle is missing"))?;
        if capacity > 0 && (buffer.is_null() || capacity > isize::MAX as usize / size_of::<f32>()) {
            return Err(invalid("the buffer is missing"));
        }
        // SAFETY: writable for `capacity` samples by contract. It may be uninitialised, so it is set first.
        let buffer = unsafe {
            if capacity == 0 {
                &mut []
            } else {
                std::ptr::write_bytes(buffer, 0, capacity);
                std::slice::from_raw_parts_mut(buffer, capacity)
            }
        };
        // SAFETY: by contract.
        let outcome = unsafe { cancellable(cancel, || audio.audio.read(buffer)) };
        audio.warnings = audio.audio.warnings();
        let (filled, failure) = match outcome {
            Ok(filled) => (filled, Ok(())),
            Err((filled, failure)) => (filled, Err(failure)),
        };
        // SAFETY: as above.
        unsafe { count.write(filled) };
        failure
    };
    // SAFETY: by contract.
    unsafe { guard(error, read) }
}

/// # Safety
/// `audio` is NULL or a live handle.
#[no_mangle]
pub unsafe extern "C" fn vlr_audio_warning_count(audio: *const VlrAudio) -> usize {
    // SAFETY: by contract.
    unsafe { audio.as_ref() }.map_or(0, |audio| audio.warnings.len())
}

/// # Safety
/// `audio` is NULL or a live handle.
#[no_mangle]
pub unsafe extern "C" fn vlr_audio_warning(audio: *const VlrAudio, index: usize) -> VlrText {
    // SAFETY: by contract.
    let text = unsafe { audio.as_ref() }.and_then(|audio| audio.warnings.get(index));
    text.map_or(VlrText::NONE, |text| VlrText::of(text))
}

/// # Safety
/// `audio` is NULL or a live handle, not used again.
#[no_mangle]
pub unsafe extern "C" fn vlr_audio_close(audio: *mut VlrAudio) {
    // SAFETY: by contract.
    unsafe { release(audio) };
}

impl VlrAudio {
    fn new(audio: Audio) -> Self {
        VlrAudio { warnings: audio.warnings(), audio }
    }
}

unsafe fn options_of(options: *const VlrAudioOptions) -> Result<Options> {
    // SAFETY: NULL or readable by the callers' contract.
    match unsafe { options.as_ref() } {
        None => Ok(Options::default()),
        Some(options) => Ok(Options { channel: selection(options.channel)? }),
    }
}

unsafe fn cancellable<T>(cancel: *const VlrCancel, work: impl FnOnce() -> T) -> T {
    // SAFETY: NULL or readable by the callers' contract.
    let wanted = unsafe { cancel.as_ref() }.and_then(|cancel| cancel.poll.map(|poll| (poll, cancel.context)));
    match wanted {
        None => work(),
        // SAFETY: the caller's function, with the caller's context.
        Some((poll, context)) => cancel::scope(&|| unsafe { poll(context) }, work),
    }
}

fn fixed(name: &str) -> [c_char; NAME] {
    let mut out = [0; NAME];
    for (out, byte) in out[..NAME - 1].iter_mut().zip(name.bytes()) {
        *out = byte as c_char;
    }
    out
}
