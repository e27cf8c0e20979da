//! Every malformed file gives a typed error, or what can be decoded with a warning.

use voicelingua_rust::Code;

use crate::support::{allocator, decode, files, formats};

/// Odd, but with nothing missing from what they hold.
const SOUND_AFTER_ALL: &[(&str, &str)] = &[
    ("lofty_mpegfile_17.mp3", "one whole frame after the junk"),
    ("scipy_8000Hz-le-3ch-5S-24bit-inconsistent.wav", "only its byte rate is wrong, and that is not used"),
    ("scipy_44100Hz-le-1ch-4bytes-early-eof.wav", "its data chunk is cut, and the warning below says so"),
];

const INPUT: &[Code] = &[
    Code::InputEmpty,
    Code::InputCorrupt,
    Code::InputUnsupportedFormat,
    Code::InputUnsupportedCodec,
    Code::InputNoAudio,
];

#[test]
fn bad_files_give_errors_or_warnings() {
    let Some(root) = formats() else { return };
    let (mut refused, mut partial) = (0, 0);
    let mut failures = Vec::new();
    for path in files(&root.join("bad")) {
        let name = path.file_name().unwrap().to_str().unwrap().to_owned();
        allocator::take_largest();
        let outcome = decode(&path);
        let largest = allocator::take_largest();
        if largest > 32 << 20 {
            failures.push(format!("{name}: allocated {largest} bytes at once"));
        }
        match outcome {
            Err(error) if INPUT.contains(&error.code) && error.message.contains(&name) => refused += 1,
            Err(error) => failures.push(format!("{name}: {error}")),
            Ok(decoded) => {
                partial += 1;
                let sound = SOUND_AFTER_ALL.iter().any(|(sound, _)| *sound == name);
                if decoded.samples.is_empty() || decoded.samples.iter().any(|sample| !sample.is_finite()) {
                    failures.push(format!("{name}: no samples, or not finite"));
                }
                if decoded.warnings.is_empty() && decoded.failure.is_none() && !sound {
                    failures.push(format!("{name}: {} samples and no warning", decoded.samples.len()));
                }
            }
        }
    }
    println!("{refused} refused, {partial} decoded in part");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(refused > 50);
}
