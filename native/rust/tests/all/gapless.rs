//! An encoder's delay and padding are cut to the sample.

use crate::support::{decode, ffmpeg, has_ffmpeg, wav, Scratch};

/// A single click tells the place to the sample.
#[test]
fn a_click_stays_where_it_was() {
    if !has_ffmpeg() {
        return;
    }
    let scratch = Scratch::new("gapless");
    let mut samples = vec![0i16; 32_000];
    for (at, place) in (12_000..12_004).enumerate() {
        samples[place] = if at % 2 == 0 { 24_000 } else { 12_000 };
    }
    let source = scratch.write("click.wav", &wav(16_000, 1, &samples));
    for (ending, codec) in [("mp3", "libmp3lame"), ("m4a", "aac"), ("ogg", "libvorbis"), ("flac", "flac")] {
        let path = scratch.path(&format!("click.{ending}"));
        ffmpeg(&["-i", source.to_str().unwrap(), "-c:a", codec, "-b:a", "96k", path.to_str().unwrap()]);
        let decoded = decode(&path).unwrap();
        let peak = (0..decoded.samples.len())
            .max_by(|a, b| decoded.samples[*a].abs().total_cmp(&decoded.samples[*b].abs()))
            .unwrap();
        assert!((11_999..=12_004).contains(&peak), "{ending}: the click is at {peak}");
        assert!(decoded.samples.len().abs_diff(32_000) <= 64, "{ending}: {} samples", decoded.samples.len());
    }
}

#[test]
fn two_mp3_files_joined_keep_the_second() {
    if !has_ffmpeg() {
        return;
    }
    let scratch = Scratch::new("joined");
    let samples: Vec<i16> = (0..16_000).map(|index| ((index * 37) % 20_000) as i16 - 10_000).collect();
    let source = scratch.write("one.wav", &wav(16_000, 1, &samples));
    let one = scratch.path("one.mp3");
    ffmpeg(&["-i", source.to_str().unwrap(), "-c:a", "libmp3lame", one.to_str().unwrap()]);
    let bytes = std::fs::read(&one).unwrap();
    let both = scratch.write("both.mp3", &[&bytes[..], &bytes].concat());
    let decoded = decode(&both).unwrap();
    assert!(decoded.samples.len() > 31_000, "{} samples of two seconds", decoded.samples.len());
}
