pub mod allocator;
pub mod compare;
pub mod random;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use voicelingua_rust::audio::{Audio, Options};
use voicelingua_rust::Error;

pub struct Decoded {
    pub samples: Vec<f32>,
    pub warnings: Vec<String>,
    pub failure: Option<Error>,
}

pub fn drain(mut audio: Audio) -> Decoded {
    let mut samples = Vec::new();
    let mut buffer = vec![0.0; 8192];
    let mut failure = None;
    loop {
        match audio.read(&mut buffer) {
            Ok(0) => break,
            Ok(count) => samples.extend_from_slice(&buffer[..count]),
            Err((count, error)) => {
                samples.extend_from_slice(&buffer[..count]);
                failure = Some(error);
                break;
            }
        }
    }
    Decoded { samples, warnings: audio.warnings(), failure }
}

pub fn decode(path: &Path) -> Result<Decoded, Error> {
    Audio::open_path(path, Options::default()).map(drain)
}

/// `../shared/data/formats` beside the repository.
pub fn formats() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/formats");
    if folder.is_dir() {
        return folder.canonicalize().ok();
    }
    println!("skipped: {} is not there", folder.display());
    None
}

pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect();
    files.sort();
    files
}

pub fn has_ffmpeg() -> bool {
    static FOUND: OnceLock<bool> = OnceLock::new();
    let found = *FOUND.get_or_init(|| {
        let outcome = Command::new("ffmpeg").arg("-version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        outcome.is_ok_and(|status| status.success())
    });
    if !found {
        println!("skipped: ffmpeg is not on PATH");
    }
    found
}

pub fn ffmpeg(arguments: &[&str]) -> Vec<u8> {
    let output =
        Command::new("ffmpeg").args(["-v", "error", "-nostdin", "-y"]).args(arguments).stdin(Stdio::null()).output();
    output.expect("ffmpeg runs").stdout
}

/// 16 kHz mono by ffmpeg, its mixing matrix normalised as for integer output.
pub fn ffmpeg_decode(path: &Path) -> Vec<f32> {
    let path = format!("file:{}", path.display());
    let filter = "aresample=16000:rematrix_maxval=1";
    let bytes = ffmpeg(&["-i", &path, "-map", "0:a:0", "-af", filter, "-ac", "1", "-ar", "16000", "-f", "f32le", "-"]);
    bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

/// Removed with everything in it when dropped.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("voicelingua-rust-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        Scratch(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, bytes: &[u8]) -> PathBuf {
        let path = self.path(name);
        std::fs::write(&path, bytes).unwrap();
        path
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// A 16-bit PCM WAV.
pub fn wav(rate: u32, channels: u16, interleaved: &[i16]) -> Vec<u8> {
    let data = interleaved.len() as u32 * 2;
    let mut out = Vec::new();
    out.extend(b"RIFF");
    out.extend((36 + data).to_le_bytes());
    out.extend(b"WAVEfmt ");
    out.extend(16u32.to_le_bytes());
    out.extend(1u16.to_le_bytes());
    out.extend(channels.to_le_bytes());
    out.extend(rate.to_le_bytes());
    out.extend((rate * u32::from(channels) * 2).to_le_bytes());
    out.extend((channels * 2).to_le_bytes());
    out.extend(16u16.to_le_bytes());
    out.extend(b"data");
    out.extend(data.to_le_bytes());
    out.extend(interleaved.iter().flat_map(|sample| sample.to_le_bytes()));
    out
}

/// Something with the spectrum of speech: harmonics of a gliding pitch under a syllable envelope, from 100 Hz to 4 kHz.
pub fn voice(rate: u32, seconds: f64) -> Vec<i16> {
    let mut phase = 0.0f64;
    (0..(f64::from(rate) * seconds) as usize)
        .map(|index| {
            let time = index as f64 / f64::from(rate);
            let pitch = 140.0 + 30.0 * (time * 2.1).sin();
            phase += pitch / f64::from(rate);
            let envelope = (0.55 + 0.45 * (time * 25.0).sin()) * (0.6 + 0.4 * (time * 1.3).cos());
            let sum: f64 = (1..=20)
                .map(|harmonic| {
                    let harmonic = f64::from(harmonic);
                    (std::f64::consts::TAU * phase * harmonic).sin() / (1.0 + 0.3 * harmonic)
                })
                .sum();
            (sum * envelope * 4000.0) as i16
        })
        .collect()
}
