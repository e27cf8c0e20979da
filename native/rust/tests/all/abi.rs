//! The C ABI as C calls it.

use std::ffi::{c_void, CStr};
use std::mem::MaybeUninit;
use std::ptr::{null, null_mut};

use voicelingua_rust::abi::audio::*;
use voicelingua_rust::abi::spm::*;
use voicelingua_rust::abi::strings::*;
use voicelingua_rust::abi::{vlr_version, VlrError, VlrText, MESSAGE};

use crate::support::{wav, Scratch};

fn error() -> VlrError {
    VlrError { code: -1, message: [1; MESSAGE] }
}

fn message(error: &VlrError) -> String {
    unsafe { CStr::from_ptr(error.message.as_ptr()) }.to_str().unwrap().to_owned()
}

fn text(view: VlrText) -> String {
    let bytes = unsafe { std::slice::from_raw_parts(view.data.cast::<u8>(), view.size) };
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// `vlr_cancel`, laid out as in the header.
#[repr(C)]
struct Cancel {
    poll: Option<unsafe extern "C" fn(*mut c_void) -> i32>,
    context: *mut c_void,
}

unsafe extern "C" fn count_down(context: *mut c_void) -> i32 {
    let left = context.cast::<i32>();
    unsafe {
        *left -= 1;
        i32::from(*left < 0)
    }
}

#[test]
fn audio_is_read_through_handles() {
    let mut bytes = wav(32_000, 2, &vec![8192; 64_000]);
    bytes.truncate(bytes.len() - 40_000);
    unsafe {
        let (mut audio, mut error) = (null_mut(), error());
        let code = vlr_audio_open_memory(bytes.as_ptr(), bytes.len(), null(), null(), &mut audio, &mut error);
        assert_eq!((code, error.code, message(&error)), (0, 0, String::new()));
        let mut info = MaybeUninit::<VlrAudioInfo>::uninit();
        assert_eq!(vlr_audio_get_info(audio, info.as_mut_ptr(), &mut error), 0);
        let info = info.as_ptr().cast::<u8>();
        assert_eq!(CStr::from_ptr(info.cast()), c"wav");
        assert_eq!(CStr::from_ptr(info.add(32).cast()), c"pcm_s16le");
        assert_eq!(info.add(64).cast::<[u32; 2]>().read(), [32_000, 2]);
        assert_eq!(info.add(72).cast::<f64>().read(), 1.0);
        let (mut buffer, mut count, mut total) = ([0.0f32; 1000], usize::MAX, 0);
        while count != 0 {
            assert_eq!(vlr_audio_read(audio, buffer.as_mut_ptr(), 1000, null(), &mut count, &mut error), 0);
            total += count;
        }
        assert!((10_000..12_000).contains(&total), "{total}");
        assert_eq!(vlr_audio_warning_count(audio), 1);
        assert!(text(vlr_audio_warning(audio, 0)).contains("truncated"));
        assert_eq!(vlr_audio_warning(audio, 1).size, 0);
        vlr_audio_close(audio);
        vlr_audio_close(null_mut());
    }
}

#[test]
fn mistakes_are_codes() {
    unsafe {
        let (mut audio, mut error) = (std::ptr::dangling_mut(), error());
        let missing = "/nowhere/a.wav";
        let open = |path: &str, audio, error| {
            vlr_audio_open_file(path.as_ptr().cast(), path.len(), null(), null(), audio, error)
        };
        assert_eq!(open(missing, &mut audio, &mut error), 5);
        assert!(audio.is_null());
        assert_eq!(message(&error), "/nowhere/a.wav does not exist");
        assert_eq!(open("", &mut audio, &mut error), 1);
        assert_eq!(open("a\0b", &mut audio, &mut error), 1);
        assert_eq!(open(missing, null_mut(), &mut error), 1);
        assert_eq!(open(missing, &mut audio, null_mut()), 5);
        assert_eq!(vlr_audio_open_memory(null(), 5, null(), null(), &mut audio, &mut error), 1);
        assert_eq!(vlr_audio_open_memory(null(), 0, null(), null(), &mut audio, &mut error), 9);
        let channel = -2i32;
        let channel = (&raw const channel).cast::<VlrAudioOptions>();
        assert_eq!(vlr_audio_open_memory(b"x".as_ptr(), 1, channel, null(), &mut audio, &mut error), 1);
        let mut count = 7;
        assert_eq!(vlr_audio_read(null_mut(), null_mut(), 0, null(), &mut count, &mut error), 1);
        assert_eq!(count, 0);
        assert_eq!(vlr_audio_warning_count(null()), 0);
    }
}

#[test]
fn a_poll_cancels() {
    let bytes = wav(32_000, 1, &vec![8192; 320_000]);
    unsafe {
        let (mut audio, mut error, mut left) = (null_mut(), error(), 40i32);
        let cancel = Cancel { poll: Some(count_down), context: (&raw mut left).cast() };
        let cancel = (&raw const cancel).cast::<VlrCancel>();
        assert_eq!(vlr_audio_open_memory(bytes.as_ptr(), bytes.len(), null(), cancel, &mut audio, &mut error), 0);
        let (mut buffer, mut count) = (vec![0.0f32; 200_000], 0);
        assert_eq!(vlr_audio_read(audio, buffer.as_mut_ptr(), buffer.len(), cancel, &mut count, &mut error), 19);
        assert!(count > 0 && count < 160_000, "{count}");
        vlr_audio_close(audio);
    }
}

#[test]
fn pieces_are_given_out_as_lists() {
    let scratch = Scratch::new("abi-spm");
    let path = scratch.write("model.spm", &crate::spm::model());
    let path = path.to_str().unwrap();
    unsafe {
        let (mut spm, mut list, mut error) = (null_mut(), null_mut(), error());
        assert_eq!(vlr_spm_load(path.as_ptr().cast(), path.len(), &mut spm, &mut error), 0);
        assert_eq!(vlr_spm_piece_count(spm), 7);
        assert_eq!(vlr_spm_encode(spm, c"ja nein".as_ptr(), 7, &mut list, &mut error), 0);
        assert_eq!(vlr_strings_count(list), 2);
        let views = [vlr_strings_get(list, 0), vlr_strings_get(list, 1)];
        assert_eq!(text(views[1]), "\u{2581}nein");
        let mut back = null_mut();
        assert_eq!(vlr_spm_decode(spm, views.as_ptr(), 2, &mut back, &mut error), 0);
        assert_eq!(text(vlr_strings_get(back, 0)), "ja nein");
        vlr_strings_free(back);
        vlr_strings_free(list);
        assert_eq!(vlr_spm_encode(spm, b"\xff".as_ptr().cast(), 1, &mut list, &mut error), 1);
        assert!(list.is_null());
        vlr_spm_free(spm);
        assert_eq!(vlr_spm_load(c"/nowhere".as_ptr(), 8, &mut spm, &mut error), 2);
        assert_eq!(CStr::from_ptr(vlr_version(c"symphonia".as_ptr())), c"0.6.1");
        assert!(vlr_version(null()).is_null());
    }
}
