//! Streaming decode of a recording to 16 kHz mono float samples, in bounded memory.

pub mod mix;
pub mod mp4;
pub mod open;
pub mod packets;
pub mod resample;
pub mod sniff;
pub mod source;
pub mod trim;
pub mod warnings;
pub mod wave;

use std::path::Path;

use crate::error::{Code, Error, Result};
use mix::Selection;
use packets::Packets;
use resample::Resampler;
use source::Source;
use warnings::Warnings;

#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub channel: Selection,
}

impl Default for Options {
    fn default() -> Self {
        Options { channel: Selection::Mix }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Info {
    pub container: &'static str,
    pub codec: &'static str,
    /// Of the file, in Hz.
    pub sample_rate: u32,
    /// Of the file.
    pub channels: u32,
    /// Seconds by the headers, NaN when they do not tell.
    pub duration: f64,
}

/// An open recording. Reads block; `crate::cancel::scope` around them makes them end early.
pub struct Audio {
    name: String,
    info: Info,
    /// Frames the headers promise, where a shorter stream means a truncated file.
    promised: Option<u64>,
    packets: Packets,
    resampler: Option<Resampler>,
    mono: Vec<f32>,
    ready: Vec<f32>,
    taken: usize,
    ended: bool,
    failure: Option<Error>,
    warnings: Warnings,
}

impl Audio {
    pub fn open_path(path: &Path, options: Options) -> Result<Self> {
        Audio::open(Source::open(path)?, path.display().to_string(), options)
    }

    pub fn open_bytes(bytes: Box<[u8]>, options: Options) -> Result<Self> {
        Audio::open(Source::from_bytes(bytes)?, "the audio in memory".to_owned(), options)
    }

    fn open(source: Source, name: String, options: Options) -> Result<Self> {
        crate::cancel::check()?;
        let opened = open::open(source, &name)?;
        let mut warnings = Warnings::default();
        let container = opened.format.format_info().short_name;
        let codec = opened.selected.codec;
        let (trim, frames) = open::trimming(&opened);
        let length = opened.length;
        let promised = frames.filter(|frames| plausible(*frames, codec, length));
        let open_ended = codec.starts_with("pcm_") && promised.is_none();
        let mut packets = Packets::new(opened, options, trim, open_ended, name.clone());

        // The first decoded packet, not the header, says what the rate and channels are.
        let mut mono = Vec::new();
        let spec = packets.next(&mut mono, &mut warnings)?;
        let spec = spec.ok_or_else(|| packets.nothing_decoded(&warnings))?;
        let duration = promised.map_or(f64::NAN, |frames| frames as f64 / f64::from(spec.rate));
        let info = Info {
            container: container_name(container),
            codec,
            sample_rate: spec.rate,
            channels: spec.channels,
            duration,
        };
        let estimated = open::is_mpeg(container) || container == "aac";
        let mut audio = Audio {
            name,
            info,
            promised: promised.filter(|_| !estimated),
            packets,
            resampler: Some(Resampler::new(spec.rate)?),
            mono,
            ready: Vec::new(),
            taken: 0,
            ended: false,
            failure: None,
            warnings,
        };
        audio.resample()?;
        Ok(audio)
    }

    pub fn info(&self) -> &Info {
        &self.info
    }

    pub fn warnings(&self) -> Vec<String> {
        self.warnings.texts().collect()
    }

    /// Fills `buffer`; less only at the end of the audio. On failure the count read before it comes along.
    pub fn read(&mut self, buffer: &mut [f32]) -> std::result::Result<usize, (usize, Error)> {
        let mut filled = 0;
        while filled < buffer.len() {
            let waiting = &self.ready[self.taken..];
            if !waiting.is_empty() {
                let count = waiting.len().min(buffer.len() - filled);
                buffer[filled..filled + count].copy_from_slice(&waiting[..count]);
                filled += count;
                self.taken += count;
                continue;
            }
            if let Some(failure) = &self.failure {
                return Err((filled, failure.clone()));
            }
            if self.ended {
                break;
            }
            self.ready.clear();
            self.taken = 0;
            if let Err(error) = self.advance() {
                self.failure = Some(error);
            }
        }
        Ok(filled)
    }

    fn advance(&mut self) -> Result<()> {
        crate::cancel::check()?;
        match self.packets.next(&mut self.mono, &mut self.warnings)? {
            Some(spec) => {
                if self.resampler.as_ref().is_some_and(|resampler| resampler.rate() != spec.rate) {
                    self.finish_resampler()?;
                    self.resampler = Some(Resampler::new(spec.rate)?);
                    self.warnings.add("rate", || format!("{} changes its sample rate to {} Hz", self.name, spec.rate));
                }
                self.resample()
            }
            None => {
                self.finish_resampler()?;
                self.ended = true;
                self.conclude()
            }
        }
    }

    fn resample(&mut self) -> Result<()> {
        if let Some(resampler) = &mut self.resampler {
            resampler.push(&self.mono, &mut self.ready)?;
        }
        self.mono.clear();
        Ok(())
    }

    fn finish_resampler(&mut self) -> Result<()> {
        if let Some(resampler) = self.resampler.take() {
            resampler.finish(&mut self.ready)?;
        }
        Ok(())
    }

    fn conclude(&mut self) -> Result<()> {
        if self.packets.kept() == 0 {
            return Err(self.packets.nothing_decoded(&self.warnings));
        }
        self.packets.account(&mut self.warnings);
        if let Some(promised) = self.promised {
            let kept = self.packets.kept();
            // A packet's worth of rounding is no truncation.
            if kept + 4096 < promised && kept < promised - promised / 1000 {
                let rate = f64::from(self.info.sample_rate);
                let (found, said) = (kept as f64 / rate, promised as f64 / rate);
                let text = format!("{} is truncated: {found:.2} s of {said:.2} s could be read", self.name);
                self.warnings.replace("truncated", text);
            }
        }
        Ok(())
    }
}

/// PCM has a known size a frame, so a header that promises more than the file holds (a stream's unset length) is of no use.
fn plausible(frames: u64, codec: &str, length: u64) -> bool {
    if frames == 0 {
        return false;
    }
    let pcm = codec.starts_with("pcm_");
    !(pcm && frames >= u64::from(u32::MAX / 64) && frames > length)
}

fn container_name(short: &'static str) -> &'static str {
    match short {
        "wave" => "wav",
        "isomp4" => "mp4",
        "aac" => "adts",
        other => other,
    }
}

impl From<(usize, Error)> for Error {
    fn from((_, error): (usize, Error)) -> Self {
        error
    }
}

/// -1 mixes, otherwise a channel's index.
pub fn selection(channel: i32) -> Result<Selection> {
    match channel {
        -1 => Ok(Selection::Mix),
        index => usize::try_from(index).map(Selection::Channel).map_err(|_| {
            Error::new(Code::InvalidArgument, format!("channel {index}: -1 mixes, 0 is the first channel"))
        }),
    }
}
