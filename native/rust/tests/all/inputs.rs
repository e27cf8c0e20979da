//! What is not an audio file, and what a file does to its reader.

use std::path::Path;

use voicelingua_rust::audio::mix::Selection;
use voicelingua_rust::audio::{Audio, Options};
use voicelingua_rust::{cancel, Code};

use crate::support::{decode, drain, wav, Scratch};

fn refused(path: &Path) -> (Code, String) {
    let error = decode(path).err().expect("a refusal");
    assert!(error.message.contains(path.file_name().unwrap().to_str().unwrap()), "{}", error.message);
    (error.code, error.message)
}

#[test]
fn special_files_have_their_own_codes() {
    let scratch = Scratch::new("inputs");
    assert_eq!(refused(&scratch.path("missing.wav")).0, Code::InputNotFound);
    assert_eq!(refused(&scratch.0).0, Code::InputIsDirectory);
    assert_eq!(refused(&scratch.write("empty.wav", b"")).0, Code::InputEmpty);
    let (code, message) = refused(&scratch.write("list.wav", b"#EXTM3U\nrecording.wav\n"));
    assert_eq!(code, Code::InputUnsupportedFormat);
    assert!(message.contains("playlist"), "{message}");
    let (code, message) = refused(&scratch.write("notes.mp3", "Grüße aus dem Büro\n".as_bytes()));
    assert_eq!(code, Code::InputUnsupportedFormat);
    assert!(message.contains("plain text"), "{message}");
    assert_eq!(refused(&scratch.write("call.amr", b"#!AMR\n\x3c\x91\x17")).0, Code::InputUnsupportedFormat);
}

#[cfg(unix)]
#[test]
fn a_fifo_or_a_device_does_not_block() {
    let scratch = Scratch::new("fifo");
    let fifo = scratch.path("pipe.wav");
    assert!(std::process::Command::new("mkfifo").arg(&fifo).status().unwrap().success());
    assert_eq!(refused(&fifo).0, Code::InputNotRegular);
    assert_eq!(refused(Path::new("/dev/zero")).0, Code::InputNotRegular);
}

#[cfg(unix)]
#[test]
fn a_file_without_permission_is_named_so() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("permission");
    let path = scratch.write("secret.wav", &wav(16_000, 1, &[0; 100]));
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    assert_eq!(refused(&path).0, Code::InputPermission);
}

#[test]
fn absurd_headers_are_refused() {
    let scratch = Scratch::new("absurd");
    for (name, at, value) in
        [("rate", 24, 0u32), ("rate", 24, 900_000_000), ("channels", 22, 0xffff), ("channels", 22, 0)]
    {
        let mut bytes = wav(16_000, 1, &[0; 100]);
        let size = if name == "rate" { 4 } else { 2 };
        bytes[at..at + size].copy_from_slice(&value.to_le_bytes()[..size]);
        let (code, message) = refused(&scratch.write("absurd.wav", &bytes));
        assert_eq!(code, Code::InputCorrupt, "{name} {value}: {message}");
    }
}

#[test]
fn numbers_that_are_none_become_zero() {
    let mut bytes = wav(16_000, 1, &[0; 8]);
    bytes[20] = 3;
    bytes[32..36].copy_from_slice(&[4, 0, 32, 0]);
    let values = [0.5, f32::NAN, f32::INFINITY, -0.5];
    bytes.truncate(44);
    bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
    let decoded = drain(Audio::open_bytes(bytes.into_boxed_slice(), Options::default()).unwrap());
    assert_eq!(decoded.samples, [0.5, 0.0, 0.0, -0.5]);
    assert_eq!(decoded.warnings.len(), 1);
}

#[test]
fn a_truncated_recording_gives_what_is_there() {
    let mut bytes = wav(16_000, 1, &vec![1000; 64_000]);
    bytes.truncate(bytes.len() / 2);
    let decoded = drain(Audio::open_bytes(bytes.into_boxed_slice(), Options::default()).unwrap());
    assert!(decoded.samples.len().abs_diff(32_000) < 1200, "{}", decoded.samples.len());
    assert!(decoded.warnings.iter().any(|warning| warning.contains("truncated")), "{:?}", decoded.warnings);
}

#[test]
fn a_recorder_that_never_set_its_lengths_is_read() {
    for unset in [[0; 4], [0xff; 4]] {
        let mut bytes = wav(16_000, 1, &[1000; 16_000]);
        bytes[4..8].copy_from_slice(&unset);
        bytes[40..44].copy_from_slice(&unset);
        let audio = Audio::open_bytes(bytes.into_boxed_slice(), Options::default()).unwrap();
        assert!(audio.info().duration.is_nan());
        let decoded = drain(audio);
        assert_eq!((decoded.samples.len(), decoded.warnings.len()), (16_000, 0));
    }
}

#[test]
fn channels_are_mixed_or_chosen() {
    let frames: Vec<i16> = (0..1000).flat_map(|_| [8192, -4096, 16_384]).collect();
    let bytes = wav(16_000, 3, &frames);
    let first = |channel| {
        let audio = Audio::open_bytes(bytes.clone().into_boxed_slice(), Options { channel })?;
        assert_eq!(audio.info().channels, 3);
        Ok::<_, voicelingua_rust::Error>(drain(audio).samples[500])
    };
    assert!((first(Selection::Mix).unwrap() - (0.25 - 0.125 + 0.5) / 3.0).abs() < 1e-6);
    assert_eq!(first(Selection::Channel(1)).unwrap(), -0.125);
    assert_eq!(first(Selection::Channel(3)).unwrap_err().code, Code::InvalidArgument);
}

#[test]
fn reading_ends_early_when_cancelled() {
    let bytes = wav(48_000, 1, &vec![1000; 480_000]);
    let mut audio = Audio::open_bytes(bytes.into_boxed_slice(), Options::default()).unwrap();
    let mut buffer = vec![0.0; 160_000];
    let count = std::cell::Cell::new(0);
    let poll = || {
        count.set(count.get() + 1);
        if count.get() > 20 {
            Code::DeadlineExceeded as i32
        } else {
            0
        }
    };
    let (filled, error) = cancel::scope(&poll, || audio.read(&mut buffer)).unwrap_err();
    assert_eq!(error.code, Code::DeadlineExceeded);
    assert!(filled > 0 && filled < buffer.len(), "{filled}");
    assert_eq!(audio.read(&mut buffer).unwrap_err().1.code, Code::DeadlineExceeded);
}
