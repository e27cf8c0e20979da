//! Damaged files of every container: no panic, hang or allocation by a hostile length; every sample finite.
//! `VLR_MUTANTS` sets how many (default 300, at most 5000), `VLR_SEED` the seed.

use std::cell::Cell;
use std::time::Instant;

use voicelingua_rust::audio::{Audio, Options};
use voicelingua_rust::cancel;
use voicelingua_rust::Code;

use crate::support::{allocator, drain, ffmpeg, files, formats, has_ffmpeg, random::Random, voice, wav, Scratch};

/// Polls before a mutant counts as endless. Each is a packet or a block read.
const PATIENCE: u32 = 200_000;
const LARGEST: usize = 64 << 20;

#[test]
fn mutants_never_panic_hang_or_allocate_absurdly() {
    let number = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let seed = number("VLR_SEED").unwrap_or(20_261_123);
    let count = number("VLR_MUTANTS").unwrap_or(300).min(5000);
    let seeds = seed_files();
    println!("seed {seed}, {count} mutants of {} files", seeds.len());
    let mut random = Random::new(seed);
    let (mut decoded, mut refused) = (0, 0);
    let start = Instant::now();
    for index in 0..count {
        let (name, original) = &seeds[random.below(seeds.len())];
        let mutant = mutate(original, &mut random);
        allocator::take_largest();
        let polls = Cell::new(0u32);
        let poll = || {
            polls.set(polls.get() + 1);
            if polls.get() > PATIENCE {
                Code::Cancelled as i32
            } else {
                cancel::GO_ON
            }
        };
        let length = mutant.len();
        let outcome =
            cancel::scope(&poll, || Audio::open_bytes(mutant.into_boxed_slice(), Options::default()).map(drain));
        let what = format!("mutant {index} of {name} (seed {seed})");
        let largest = allocator::take_largest();
        assert!(largest <= LARGEST.max(length * 4), "{what}: allocated {largest} bytes at once");
        assert!(polls.get() <= PATIENCE, "{what}: does not end");
        match outcome {
            Ok(audio) => {
                decoded += 1;
                assert!(audio.samples.iter().all(|sample| sample.is_finite()), "{what}: a sample is not finite");
                if let Some(failure) = audio.failure {
                    assert_ne!(failure.code, Code::Internal, "{what}: {failure}");
                }
            }
            Err(error) => {
                refused += 1;
                assert!(
                    !matches!(error.code, Code::Internal | Code::InputReadFailed | Code::InvalidArgument),
                    "{what}: {error}"
                );
            }
        }
    }
    println!("{decoded} decoded, {refused} refused in {:.1} s", start.elapsed().as_secs_f64());
    assert_eq!(decoded + refused, count);
}

/// Small files of each container: from `../shared` and ffmpeg when there, and always a WAV.
fn seed_files() -> Vec<(String, Vec<u8>)> {
    let samples = voice(44_100, 1.0);
    let mut seeds = vec![("voice.wav".to_owned(), wav(44_100, 1, &samples))];
    if let Some(root) = formats() {
        for folder in ["aac", "aiff", "flac", "m4a", "mkv", "mp3", "mp4", "ogg", "wav", "bad"] {
            for path in files(&root.join(folder)) {
                let bytes = std::fs::read(&path).unwrap();
                if bytes.len() < 120_000 {
                    seeds.push((path.file_name().unwrap().to_string_lossy().into_owned(), bytes));
                }
            }
        }
    }
    if has_ffmpeg() {
        let scratch = Scratch::new("mutants");
        let source = scratch.write("voice.wav", &wav(44_100, 1, &samples));
        for (ending, codec) in [
            ("mp3", "libmp3lame"),
            ("m4a", "aac"),
            ("flac", "flac"),
            ("ogg", "libvorbis"),
            ("mkv", "libvorbis"),
            ("caf", "alac"),
            ("aiff", "pcm_s16be"),
            ("mov", "pcm_s16le"),
        ] {
            let path = scratch.path(&format!("voice.{ending}"));
            ffmpeg(&["-i", source.to_str().unwrap(), "-c:a", codec, path.to_str().unwrap()]);
            if let Ok(bytes) = std::fs::read(&path) {
                seeds.push((format!("voice.{ending}"), bytes));
            }
        }
    }
    seeds
}

fn mutate(original: &[u8], random: &mut Random) -> Vec<u8> {
    let mut bytes = original.to_vec();
    for _ in 0..1 + random.below(8) {
        if bytes.is_empty() {
            break;
        }
        // Headers decide more than audio does.
        let reach = if random.below(2) == 0 { bytes.len().min(512) } else { bytes.len() };
        let at = random.below(reach);
        match random.below(8) {
            0 => bytes[at] ^= 1 << random.below(8),
            1 => bytes[at] = random.next() as u8,
            2 => bytes[at] = [0, 0xff, 0x7f, 0x80][random.below(4)],
            3 => {
                let end = (at + 4).min(bytes.len());
                let extreme = [0u32, u32::MAX, 0x7fff_ffff, 0x8000_0000, 1][random.below(5)].to_be_bytes();
                bytes[at..end].copy_from_slice(&extreme[..end - at]);
            }
            4 => bytes.truncate(at),
            5 => {
                let end = (at + random.below(64)).min(bytes.len());
                bytes.drain(at..end);
            }
            6 => {
                let noise: Vec<u8> = (0..random.below(64)).map(|_| random.next() as u8).collect();
                bytes.splice(at..at, noise);
            }
            _ => {
                let from = random.below(bytes.len());
                let end = (from + random.below(256)).min(bytes.len());
                let copy = bytes[from..end].to_vec();
                bytes.splice(at..at, copy);
            }
        }
    }
    bytes
}
