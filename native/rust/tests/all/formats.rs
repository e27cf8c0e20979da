//! Every good file decodes to ffmpeg's samples, or stands in `EXCEPTIONS` with the reason.
//!
//! Tolerance: lengths differ by at most 2 samples at 16 kHz, and below 7 kHz the difference is at least 30 dB under the
//! signal (the two resamplers fall off differently above). ffmpeg gives nothing for the last few samples of files of
//! some milliseconds: below 20 ms only the lengths are compared, to 32 samples. AAC in MP4 ends where the edit list says;
//! ffmpeg 5 plays the last packet whole, so there ours may be up to 1024 frames shorter.

use voicelingua_rust::Code;

use crate::support::{compare::agreement, decode, ffmpeg_decode, files, formats, has_ffmpeg};

const LENGTH: usize = 2;
const DECIBELS: f64 = 30.0;
const SHORT: usize = 320;

enum Expect {
    Refused(Code),
    /// Our samples start this much earlier than ffmpeg's, or end later, in samples.
    Longer {
        lag: usize,
        tail: usize,
    },
    /// Only so many samples can be had, and a warning says why.
    Partial(usize),
    /// Refused by ffmpeg, or decoded wrongly by it.
    Alone(usize),
}

const EXCEPTIONS: &[(&str, Expect, &str)] = &[
    (
        ".opus",
        Expect::Refused(Code::InputUnsupportedCodec),
        "no Opus decoder in Rust; ffmpeg reads it when it is there",
    ),
    ("mm_mediarecorder_no_duration.webm", Expect::Refused(Code::InputUnsupportedCodec), "Opus"),
    ("mm_last_page.oga", Expect::Refused(Code::InputUnsupportedCodec), "Opus"),
    ("mm_opus.ogg", Expect::Refused(Code::InputUnsupportedCodec), "Opus"),
    ("mm_speex.ogg", Expect::Refused(Code::InputUnsupportedCodec), "Speex"),
    ("mm_gsm610.wav", Expect::Refused(Code::InputUnsupportedCodec), "GSM 06.10"),
    ("lhotse_bbb_small.mp4", Expect::Refused(Code::InputUnsupportedCodec), "AAC with more than two channels"),
    ("lofty_full.wv", Expect::Refused(Code::InputUnsupportedFormat), "WavPack"),
    ("scipy_8000Hz-le-1ch-1byte-ulaw.wav", Expect::Refused(Code::InputUnsupportedCodec), "mu-law with a short header"),
    ("scipy_8000Hz-le-3ch-5S-64bit.wav", Expect::Refused(Code::InputUnsupportedCodec), "64-bit integers"),
    ("scipy_8000Hz-le-5ch-9S-5bit.wav", Expect::Refused(Code::InputUnsupportedCodec), "5-bit samples"),
    ("scipy_8000Hz-be-3ch-5S-24bit.wav", Expect::Refused(Code::InputUnsupportedFormat), "big-endian WAV (RIFX)"),
    ("mm_sample_640x360.mov", Expect::Refused(Code::InputNoAudio), "video alone"),
    (".s16le.pcm", Expect::Refused(Code::InputUnsupportedFormat), "raw samples; ffmpeg refuses them too"),
    ("nonstandard-apetag.mp3", Expect::Refused(Code::InputUnsupportedFormat), "a tag alone; ffmpeg refuses it too"),
    ("nonstandard-id3v2.mp3", Expect::Refused(Code::InputUnsupportedFormat), "a tag alone; ffmpeg refuses it too"),
    (
        "mm_adts_mpeg4.aac",
        Expect::Longer { lag: 1024, tail: 0 },
        "ffmpeg drops the first frame, which holds only filler",
    ),
    ("minimp3_l1-fl1.mp1", Expect::Longer { lag: 192, tail: 0 }, "ffmpeg drops the first frame"),
    ("minimp3_l2-fl10.mp2", Expect::Longer { lag: 576, tail: 0 }, "ffmpeg drops the first frame"),
    ("tfio_vorbis.ogg", Expect::Longer { lag: 0, tail: 46 }, "ffmpeg loses the last block that the header counts"),
    (
        "increasing_number_of_channels.flac",
        Expect::Partial(53_499),
        "symphonia's FLAC demuxer skips frames with other channels than the first",
    ),
    (
        "minimp3_l3-si_block.mp3",
        Expect::Partial(26_749),
        "symphonia decodes 11 packets of this conformance stream far too loud; they become silence",
    ),
    (
        "lofty_junk_id3.mp3",
        Expect::Alone(160),
        "ffmpeg takes the tag's zeros for junk and does not see the length in it",
    ),
];

#[test]
fn good_files_decode_as_by_ffmpeg() {
    let Some(root) = formats() else { return };
    if !has_ffmpeg() {
        return;
    }
    let mut failures = Vec::new();
    let (mut alike, mut excepted) = (0, 0);
    for folder in std::fs::read_dir(&root).unwrap() {
        let folder = folder.unwrap().path();
        if !folder.is_dir() || folder.ends_with("bad") {
            continue;
        }
        for path in files(&folder) {
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            let exception = EXCEPTIONS.iter().find(|(ending, ..)| name.ends_with(ending));
            let outcome = match exception {
                Some((_, expect, _)) => {
                    excepted += 1;
                    check_exception(&path, expect)
                }
                None => {
                    alike += 1;
                    check_alike(&path, 0, 0)
                }
            };
            if let Err(reason) = outcome {
                failures.push(format!("{name}: {reason}"));
            }
        }
    }
    println!("{alike} files as by ffmpeg, {excepted} exceptions");
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(alike >= 40, "only {alike} files were compared");
}

fn check_alike(path: &std::path::Path, lag: usize, tail: usize) -> Result<(), String> {
    let ours = decode(path).map_err(|error| error.to_string())?;
    if let Some(failure) = ours.failure {
        return Err(failure.to_string());
    }
    let theirs = ffmpeg_decode(path);
    let (length, wanted) = (ours.samples.len(), theirs.len() + lag + tail);
    let allowed = if length < SHORT { 32 } else { LENGTH };
    let ending = path.extension().unwrap_or_default();
    let packet = if ending == "m4a" || ending == "mp4" { 1024 * 16_000 / 44_100 } else { 0 };
    if length > wanted + allowed || length + allowed + packet < wanted {
        return Err(format!("{length} samples, not {wanted}"));
    }
    // Where ffmpeg drops the first frame, its decoder also misses what that frame lends to the second.
    let edge = if lag > 0 { 1200 } else { 64 };
    let decibels = agreement(&ours.samples, &theirs, lag, edge);
    if length >= SHORT && decibels < DECIBELS {
        return Err(format!("only {decibels:.1} dB alike"));
    }
    Ok(())
}

fn check_exception(path: &std::path::Path, expect: &Expect) -> Result<(), String> {
    match expect {
        Expect::Longer { lag, tail } => check_alike(path, *lag, *tail),
        Expect::Refused(code) => match decode(path) {
            Err(error) if error.code == *code => Ok(()),
            Err(error) => Err(format!("{error}, not {code:?}")),
            Ok(ours) => Err(format!("{} samples, not {code:?}", ours.samples.len())),
        },
        Expect::Partial(length) | Expect::Alone(length) => {
            let ours = decode(path).map_err(|error| error.to_string())?;
            if ours.samples.len() != *length {
                return Err(format!("{} samples, not {length}", ours.samples.len()));
            }
            if matches!(expect, Expect::Partial(_)) && ours.warnings.is_empty() {
                return Err("no warning".to_owned());
            }
            Ok(())
        }
    }
}
