//! The packets of the selected track, decoded, trimmed and mixed to one channel. Damage is skipped with a warning and,
//! where its length is known, replaced by silence, so that later times stay right.

use symphonia::core::audio::Channels;
use symphonia::core::codecs::audio::AudioDecoder;
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::packet::Packet;

use super::mix::{self, Selection};
use super::open::{self, Format, Opened};
use super::source::read_error;
use super::trim::Trim;
use super::warnings::Warnings;
use super::Options;
use crate::cancel;
use crate::error::{Code, Error, Result};

/// So many packets in a row without a sample end the audio.
const HOPELESS: u32 = 1000;
/// Samples set aside as silence for one bad packet at most, in frames.
const LONGEST_SILENCE: u64 = 1 << 16;
/// A hole between FLAC frames up to this is filled, in seconds.
const LONGEST_HOLE: u64 = 600;
/// No sound decoder gives this for sound; more than full scale by 24 dB is a damaged packet.
const LOUDEST: f32 = 16.0;
/// A file whose packets add up to more than this many times its size plays the same bytes over and over.
const REPLAYS: u64 = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spec {
    pub rate: u32,
    pub channels: u32,
}

pub struct Packets {
    name: String,
    format: Format,
    decoder: Box<dyn AudioDecoder>,
    track: symphonia::core::formats::Track,
    trim: Trim,
    /// Ogg's demuxer marks what to drop on the packets themselves.
    packet_trim: bool,
    /// FLAC's demuxer drops what it cannot read in silence, but its frames say where they belong.
    flac_audio: Option<u64>,
    lossy: bool,
    delivered: u64,
    position: u64,
    labelled: bool,
    channel: Selection,
    weights: Vec<f32>,
    weighted: Option<Channels>,
    spec: Option<Spec>,
    budget: u64,
    kept: u64,
    decoded: u64,
    failed: u64,
    barren: u32,
    withheld: u64,
    /// A WAV whose length was never set ends where the file does.
    open_ended: bool,
    ended: bool,
}

enum Next {
    Packet(Packet),
    Skip,
    End,
}

impl Packets {
    pub fn new(opened: Opened, options: Options, trim: Trim, open_ended: bool, name: String) -> Self {
        let packet_trim = opened.format.format_info().short_name == "ogg";
        Packets {
            name,
            format: opened.format,
            decoder: opened.selected.decoder,
            track: opened.selected.track,
            trim,
            packet_trim,
            flac_audio: opened.flac_audio,
            lossy: matches!(opened.selected.codec, "mp1" | "mp2" | "mp3" | "aac" | "vorbis"),
            delivered: 0,
            position: 0,
            labelled: opened.labelled,
            channel: options.channel,
            weights: Vec::new(),
            weighted: None,
            spec: None,
            budget: opened.length.saturating_mul(REPLAYS).saturating_add(1 << 20),
            kept: 0,
            decoded: 0,
            failed: 0,
            barren: 0,
            withheld: 0,
            open_ended,
            ended: false,
        }
    }

    /// Frames given so far, at the file's rate.
    pub fn kept(&self) -> u64 {
        self.kept
    }

    /// Appends the samples of the next packet that has any to `mono`; `None` at the end.
    pub fn next(&mut self, mono: &mut Vec<f32>, warnings: &mut Warnings) -> Result<Option<Spec>> {
        loop {
            cancel::check()?;
            if self.ended || self.trim.is_over() {
                return Ok(None);
            }
            if self.barren > HOPELESS {
                warnings.add("hopeless", || {
                    format!("{}: gave up after {HOPELESS} packets without audio; the rest is not read", self.name)
                });
                return Ok(None);
            }
            let packet = match self.next_packet(warnings)? {
                Next::Packet(packet) => packet,
                Next::Skip => continue,
                Next::End => {
                    self.ended = true;
                    return Ok(None);
                }
            };
            let before = mono.len();
            self.fill_hole(&packet, mono, warnings);
            self.decode(&packet, mono, warnings)?;
            if mono.len() > before {
                self.kept += (mono.len() - before) as u64;
                if let Some(spec) = self.spec {
                    return Ok(Some(spec));
                }
            }
        }
    }

    /// Why there is not a single sample.
    pub fn nothing_decoded(&self, warnings: &Warnings) -> Error {
        let name = &self.name;
        if self.failed > 0 || !warnings.is_empty() {
            let reasons = warnings.texts().collect::<Vec<_>>().join("; ");
            return Error::new(
                Code::InputCorrupt,
                format!("{name} is damaged: none of its audio could be decoded ({reasons})"),
            );
        }
        Error::new(Code::InputNoAudio, format!("{name} holds no audio: its track is empty"))
    }

    fn next_packet(&mut self, warnings: &mut Warnings) -> Result<Next> {
        let name = &self.name;
        let next = match open::guarded(|| self.format.next_packet()) {
            Ok(next) => next,
            Err(panic) => {
                warnings.add("demuxer", || format!("{name} is damaged; the rest is not read ({panic})"));
                return Ok(Next::End);
            }
        };
        match next {
            Ok(Some(packet)) => {
                self.budget = match self.budget.checked_sub(packet.data.len() as u64) {
                    Some(budget) => budget,
                    None => {
                        warnings
                            .add("replay", || format!("{name} is damaged: it plays the same bytes over and over; cut"));
                        return Ok(Next::End);
                    }
                };
                Ok(if packet.track_id == self.track.id { Next::Packet(packet) } else { Next::Skip })
            }
            Ok(None) => Ok(Next::End),
            Err(Symphonia::ResetRequired) => {
                // Chained Ogg: another stream begins.
                match open::select(self.format.as_ref(), None, name) {
                    Ok(selected) => {
                        self.decoder = selected.decoder;
                        self.track = selected.track;
                        Ok(Next::Skip)
                    }
                    Err(error) => {
                        warnings.add("chain", || format!("{name}: the rest is not read: {}", error.message));
                        Ok(Next::End)
                    }
                }
            }
            Err(Symphonia::IoError(io)) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
                if !self.open_ended {
                    warnings.add("truncated", || format!("{name} is truncated: it ends inside a packet"));
                }
                Ok(Next::End)
            }
            Err(Symphonia::IoError(io)) => Err(read_error(name, &io)),
            Err(error) => {
                // The demuxers resynchronise on the next call, or fail again until it is hopeless.
                self.barren += 1;
                self.failed += 1;
                warnings.add("packet", || format!("{name} is damaged: a stretch was skipped ({error})"));
                Ok(Next::Skip)
            }
        }
    }

    fn decode(&mut self, packet: &Packet, mono: &mut Vec<f32>, warnings: &mut Warnings) -> Result<()> {
        let outcome = open::guarded(|| self.decoder.decode(packet).map(|_| ()));
        let reason = match outcome {
            Ok(Ok(())) => return self.take_decoded(packet, mono, warnings),
            Ok(Err(Symphonia::ResetRequired)) => {
                self.decoder.reset();
                "the decoder had to be reset".to_owned()
            }
            Ok(Err(error)) => error.to_string(),
            Err(panic) => {
                // Its state is unknown now.
                let (decoder, _) = open::make_decoder(&self.track, &self.name)?;
                self.decoder = decoder;
                panic
            }
        };
        self.failed += 1;
        self.barren += 1;
        warnings.add("damaged", || format!("{} is damaged: a packet was replaced by silence ({reason})", self.name));
        self.silence(packet, mono);
        Ok(())
    }

    fn take_decoded(&mut self, packet: &Packet, mono: &mut Vec<f32>, warnings: &mut Warnings) -> Result<()> {
        let buffer = self.decoder.last_decoded();
        let frames = buffer.frames();
        if frames == 0 {
            self.barren += 1;
            return Ok(());
        }
        self.barren = 0;
        self.decoded += 1;
        let channels = buffer.spec().channels();
        self.spec = Some(Spec { rate: buffer.spec().rate(), channels: channels.count() as u32 });
        let channels = channels.clone();
        if self.weighted.as_ref() != Some(&channels) {
            open::check_rate(buffer.spec().rate(), &self.name)?;
            open::check_channels(channels.count(), &self.name)?;
            self.weights = self.weights_of(&channels)?;
            if self.weighted.replace(channels.clone()).is_some() {
                warnings.add("channels", || format!("{} changes its channels on the way", self.name));
            }
        }
        if self.withheld > 0 {
            let withheld = std::mem::take(&mut self.withheld);
            self.keep_silence(withheld, mono);
        }
        let buffer = self.decoder.last_decoded();
        self.position += frames as u64;
        // Frames that a demuxer took for the end of another one make a packet larger than its samples.
        let largest = frames * channels.count() * size_of::<i32>() + 64;
        self.delivered += packet.data.len().min(largest) as u64;
        let first = mono.len();
        if mix::mix(&buffer, &self.weights, mono) > 0 {
            warnings.add("value", || {
                format!("{} has samples that are no numbers or absurdly large; they became 0", self.name)
            });
        }
        if self.lossy && mono[first..].iter().any(|sample| sample.abs() > LOUDEST) {
            mono[first..].fill(0.0);
            self.failed += 1;
            warnings.add("damaged", || {
                format!("{} is damaged: a packet was replaced by silence (far too loud)", self.name)
            });
        }
        let (start, end) = self.marked(packet, frames);
        let mut kept = first;
        for range in self.trim.take(frames) {
            let range = range.start.max(start)..range.end.min(end).max(range.start.max(start));
            let length = range.len();
            mono.copy_within(first + range.start..first + range.end, kept);
            kept += length;
        }
        mono.truncate(kept);
        Ok(())
    }

    /// The part of a packet's frames that its demuxer marks as audio.
    fn marked(&self, packet: &Packet, frames: usize) -> (usize, usize) {
        if !self.packet_trim {
            return (0, frames);
        }
        let size = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        let end = frames.saturating_sub(size(packet.trim_end.get()));
        (size(packet.trim_start.get()).min(end), end)
    }

    fn weights_of(&self, channels: &Channels) -> Result<Vec<f32>> {
        match self.channel {
            Selection::Mix => Ok(mix::weights(channels, self.labelled)),
            Selection::Channel(index) if index < channels.count() => {
                Ok((0..channels.count()).map(|channel| if channel == index { 1.0 } else { 0.0 }).collect())
            }
            Selection::Channel(index) => Err(Error::new(
                Code::InvalidArgument,
                format!("{} has {} channels, so channel {index} does not exist", self.name, channels.count()),
            )),
        }
    }

    fn fill_hole(&mut self, packet: &Packet, mono: &mut Vec<f32>, warnings: &mut Warnings) {
        if self.flac_audio.is_none() || self.decoded == 0 {
            return;
        }
        let start = u64::try_from(packet.pts.get()).unwrap_or(0);
        let hole = start.saturating_sub(self.position);
        let longest = self.spec.map_or(0, |spec| u64::from(spec.rate) * LONGEST_HOLE);
        if (1..=longest).contains(&hole) {
            self.failed += 1;
            self.position = start;
            warnings.add("hole", || format!("{} is damaged: a stretch was replaced by silence", self.name));
            self.keep_silence(hole, mono);
        }
    }

    /// At the end of a FLAC file: how much of it was dropped without a word.
    pub fn account(&self, warnings: &mut Warnings) {
        let Some(audio) = self.flac_audio else { return };
        let lost = audio.saturating_sub(self.delivered);
        if lost > audio / 10 && self.kept > 0 {
            warnings.add("lost", || {
                let percent = lost * 100 / audio.max(1);
                format!(
                    "{}: {percent} % of its bytes could not be read (damage, or a number of channels that changes)",
                    self.name
                )
            });
        }
    }

    /// A bad packet's place. Before the first good one it is only counted: a file without a good packet has no audio.
    fn silence(&mut self, packet: &Packet, mono: &mut Vec<f32>) {
        let rate = self.spec.map(|spec| spec.rate).or(self.decoder.codec_params().sample_rate);
        let (Some(base), Some(rate)) = (self.track.time_base, rate) else { return };
        let ticks = u128::from(packet.block_dur().get()) * u128::from(base.numer.get()) * u128::from(rate);
        let frames = u64::try_from(ticks / u128::from(base.denom.get())).unwrap_or(0).min(LONGEST_SILENCE);
        self.position += frames;
        if self.decoded == 0 {
            self.withheld = (self.withheld + frames).min(LONGEST_SILENCE);
        } else {
            self.keep_silence(frames, mono);
        }
    }

    fn keep_silence(&mut self, frames: u64, mono: &mut Vec<f32>) {
        let kept: usize = self.trim.take(frames as usize).map(|range| range.len()).sum();
        mono.resize(mono.len() + kept, 0.0);
    }
}
