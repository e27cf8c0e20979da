//! One recording in four formats gives one signal.

use crate::support::{compare::agreement, decode, ffmpeg, has_ffmpeg, voice, wav, Scratch};

#[test]
fn wav_flac_mp3_and_m4a_agree() {
    if !has_ffmpeg() {
        return;
    }
    for rate in [16_000, 22_050, 44_100, 48_000] {
        let scratch = Scratch::new(&format!("agreement-{rate}"));
        let source = scratch.write("voice.wav", &wav(rate, 1, &voice(rate, 3.0)));
        let reference = decode(&source).unwrap();
        assert_eq!(reference.samples.len(), 48_000);
        for (ending, arguments, decibels) in [
            ("flac", &["-c:a", "flac"][..], 90.0),
            ("mp3", &["-c:a", "libmp3lame", "-b:a", "128k"], 18.0),
            ("m4a", &["-c:a", "aac", "-b:a", "128k"], 18.0),
            ("ogg", &["-c:a", "libvorbis", "-q:a", "6"], 12.0),
            ("mkv", &["-c:a", "flac"], 90.0),
            ("caf", &["-c:a", "alac"], 90.0),
            ("mov", &["-c:a", "pcm_s16le"], 90.0),
            ("aiff", &["-c:a", "pcm_s16be"], 90.0),
        ] {
            let path = scratch.path(&format!("voice.{ending}"));
            let (from, to) = (source.to_str().unwrap(), path.to_str().unwrap());
            ffmpeg(&[&["-i", from][..], arguments, &[to]].concat());
            let decoded = decode(&path).unwrap();
            assert_eq!(decoded.warnings, Vec::<String>::new(), "{ending} at {rate} Hz");
            let (ours, wanted) = (decoded.samples.len(), reference.samples.len());
            // Vorbis in ffmpeg's own muxing ends on a block.
            let allowed = if ending == "ogg" { 64 } else { 16 };
            assert!(ours.abs_diff(wanted) <= allowed, "{ending} at {rate} Hz: {ours} samples, not {wanted}");
            let alike = agreement(&decoded.samples, &reference.samples, 0, 256);
            assert!(alike >= decibels, "{ending} at {rate} Hz: {alike:.1} dB");
        }
    }
}
