//! From bytes to a demuxer and a decoder of its first audio track that can be decoded.

use std::collections::HashSet;
use std::io::{Read, Seek, SeekFrom};
use std::panic::{catch_unwind, AssertUnwindSafe};

use symphonia::core::codecs::audio::well_known::*;
use symphonia::core::codecs::audio::{AudioCodecId, AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::codecs::CodecParameters;
use symphonia::core::common::Limit;
use symphonia::core::errors::Error as Symphonia;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, Track, TrackFlags, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use super::mp4::Movie;
use super::sniff::{self, Looks};
use super::source::{read_error, Source};
use super::trim::Trim;
use super::wave;
use crate::error::{Code, Error, Result};

pub const MAX_CHANNELS: usize = 64;
pub const RATES: std::ops::RangeInclusive<u32> = 1_000..=768_000;
/// Frames of one packet a decoder may set aside room for.
const MAX_PACKET_FRAMES: u64 = 1 << 20;

pub type Format = Box<dyn FormatReader + 'static>;

pub struct Opened {
    pub format: Format,
    pub selected: Selected,
    /// Whether the file says what its channels are.
    pub labelled: bool,
    pub movie: Option<Movie>,
    pub length: u64,
    /// Bytes of a FLAC file after its metadata.
    pub flac_audio: Option<u64>,
}

pub struct Selected {
    pub track: Track,
    pub decoder: Box<dyn AudioDecoder>,
    pub codec: &'static str,
}

pub fn open(mut source: Source, name: &str) -> Result<Opened> {
    let length = source.length();
    let head = source.head(sniff::HEAD).map_err(|error| read_error(name, &error))?;
    let looks = sniff::sniff(&head);
    match looks {
        Looks::NotAudio(what) => {
            return Err(Error::new(
                Code::InputUnsupportedFormat,
                format!("{name} is not a recording: it looks like {what}"),
            ));
        }
        Looks::OtherAudio(what) => {
            return Err(Error::new(
                Code::InputUnsupportedFormat,
                format!(
                    "{name} looks like {what}, which the built-in decoder does not read; convert it to WAV or FLAC"
                ),
            ));
        }
        Looks::OtherCodec(codec) => return Err(unsupported_codec(name, &format!("in {codec}"))),
        Looks::Wave | Looks::Mp4 | Looks::Known | Looks::Unknown => {}
    }
    let movie = (looks == Looks::Mp4).then(|| Movie::read(&mut source, length));
    let flac_audio = if head.starts_with(b"fLaC") { flac_audio_bytes(&mut source) } else { None };
    let mut labelled = true;
    if looks == Looks::Wave {
        let wave = wave::inspect(&head, length);
        labelled = wave.labelled;
        source.set_overlay(wave.overlay);
    }
    crate::cancel::check()?;
    source.seek(SeekFrom::Start(0)).map_err(|error| read_error(name, &error))?;

    let stream = MediaSourceStream::new(Box::new(source), Default::default());
    // Pictures and lyrics are of no use here and may be large.
    let metadata = MetadataOptions::default().limit_visual_bytes(Limit::Maximum(0));
    let format =
        guarded(|| symphonia::default::get_probe().probe(&Hint::new(), stream, FormatOptions::default(), metadata))
            .map_err(|panic| damaged(name, &panic))?
            .map_err(|error| open_error(name, looks, &error))?;
    let selected = select(format.as_ref(), movie.as_ref(), name)?;
    Ok(Opened { format, selected, labelled, movie, length, flac_audio })
}

fn flac_audio_bytes(source: &mut Source) -> Option<u64> {
    let mut position = 4;
    loop {
        source.seek(SeekFrom::Start(position)).ok()?;
        let mut header = [0; 4];
        source.read_exact(&mut header).ok()?;
        let [kind, length @ ..] = header;
        position += 4 + u64::from(u32::from_be_bytes([0, length[0], length[1], length[2]]));
        if kind & 0x80 != 0 {
            return source.length().checked_sub(position);
        }
    }
}

/// The default audio track, or else the first, among those that can be decoded.
pub fn select(format: &dyn FormatReader, movie: Option<&Movie>, name: &str) -> Result<Selected> {
    let sound: Option<HashSet<u32>> =
        movie.map(|movie| movie.tracks.iter().filter(|track| track.is_sound).map(|track| track.id).collect());
    let is_audio = |track: &&Track| match track.track_type() {
        Some(kind) => kind == TrackType::Audio,
        // An unknown codec: sound if the movie says so.
        None => sound.as_ref().is_none_or(|sound| sound.contains(&track.id)),
    };
    let mut tracks: Vec<&Track> = format.tracks().iter().filter(is_audio).collect();
    if tracks.is_empty() {
        return Err(Error::new(Code::InputNoAudio, format!("{name} has no audio track")));
    }
    tracks.sort_by_key(|track| !track.flags.contains(TrackFlags::DEFAULT));
    let mut refusal = None;
    for track in tracks {
        match make_decoder(track, name) {
            Ok((decoder, codec)) => return Ok(Selected { track: track.clone(), decoder, codec }),
            Err(error) => refusal = refusal.or(Some(error)),
        }
    }
    Err(refusal.unwrap_or_else(|| unsupported_codec(name, "of an unknown codec")))
}

pub fn make_decoder(track: &Track, name: &str) -> Result<(Box<dyn AudioDecoder>, &'static str)> {
    let Some(CodecParameters::Audio(parameters)) = &track.codec_params else {
        return Err(unsupported_codec(name, "of an unknown codec"));
    };
    check_parameters(parameters, name)?;
    // Trimming is done here (`trim`): the decoders' own also cuts at a length that is only an estimate.
    let options = AudioDecoderOptions::default().gapless(false);
    let made = guarded(|| symphonia::default::get_codecs().make_audio_decoder(parameters, &options))
        .map_err(|panic| damaged(name, &panic))?;
    match made {
        Ok(decoder) => {
            let codec = decoder.codec_info().short_name;
            Ok((decoder, codec))
        }
        Err(Symphonia::Unsupported(reason)) => {
            let codec = codec_name(parameters.codec);
            Err(unsupported_codec(name, &format!("in {codec} ({reason})")))
        }
        Err(error) => Err(Error::new(Code::InputCorrupt, format!("{name} is damaged: {error}"))),
    }
}

fn check_parameters(parameters: &AudioCodecParameters, name: &str) -> Result<()> {
    let corrupt = |what: String| Err(Error::new(Code::InputCorrupt, format!("{name} is damaged: {what}")));
    if let Some(rate) = parameters.sample_rate {
        check_rate(rate, name)?;
    }
    let channels = parameters.channels.as_ref().map_or(1, |channels| channels.count());
    check_channels(channels, name)?;
    if let Some(frames) = parameters.max_frames_per_packet {
        if frames > MAX_PACKET_FRAMES {
            return corrupt(format!("its header announces packets of {frames} frames"));
        }
    }
    Ok(())
}

pub fn check_rate(rate: u32, name: &str) -> Result<()> {
    if RATES.contains(&rate) {
        return Ok(());
    }
    let range = format!("{} to {}", RATES.start(), RATES.end());
    Err(Error::new(Code::InputCorrupt, format!("{name} is damaged: a sample rate of {rate} Hz is outside {range} Hz")))
}

pub fn check_channels(channels: usize, name: &str) -> Result<()> {
    if (1..=MAX_CHANNELS).contains(&channels) {
        return Ok(());
    }
    Err(Error::new(
        Code::InputCorrupt,
        format!("{name} is damaged: {channels} channels, and 1 to {MAX_CHANNELS} are allowed"),
    ))
}

/// How the selected track is trimmed, and how many frames its headers promise after that.
pub fn trimming(opened: &Opened) -> (Trim, Option<u64>) {
    let track = &opened.selected.track;
    let parameters = track.codec_params.as_ref().and_then(|parameters| parameters.audio());
    let rate = opened.selected.decoder.codec_params().sample_rate.or(parameters.and_then(|audio| audio.sample_rate));
    let container = opened.format.format_info().short_name;
    let total = frames_by_headers(track, rate);
    let trim = match (&opened.movie, rate) {
        (Some(movie), Some(rate)) => movie.keep(track.id, rate).map_or_else(Trim::nothing, Trim::keeping),
        _ if is_mpeg(container) => {
            let (delay, padding) = (track.delay.unwrap_or(0), track.padding.unwrap_or(0));
            return (Trim::delay_and_padding(delay.into(), total, padding.into()), total);
        }
        _ => Trim::nothing(),
    };
    let kept = total.map(|total| trim.kept_of(total));
    (trim, kept)
}

pub fn is_mpeg(container: &str) -> bool {
    matches!(container, "mp1" | "mp2" | "mp3")
}

fn frames_by_headers(track: &Track, rate: Option<u32>) -> Option<u64> {
    if let Some(frames) = track.num_frames {
        return Some(frames);
    }
    let (base, duration, rate) = (track.time_base?, track.duration?, rate?);
    let ticks = u128::from(duration.get()) * u128::from(base.numer.get()) * u128::from(rate);
    u64::try_from(ticks / u128::from(base.denom.get())).ok().filter(|frames| *frames > 0)
}

/// Runs foreign code that may panic on damaged input.
pub fn guarded<T>(work: impl FnOnce() -> T) -> std::result::Result<T, String> {
    catch_unwind(AssertUnwindSafe(work)).map_err(|panic| panic_text(&*panic))
}

pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    if let Some(text) = panic.downcast_ref::<&str>() {
        (*text).to_owned()
    } else if let Some(text) = panic.downcast_ref::<String>() {
        text.clone()
    } else {
        "no message".to_owned()
    }
}

fn damaged(name: &str, panic: &str) -> Error {
    Error::new(Code::InputCorrupt, format!("{name} is damaged in a way the decoder does not handle ({panic})"))
}

fn unsupported_codec(name: &str, what: &str) -> Error {
    Error::new(
        Code::InputUnsupportedCodec,
        format!("{name} has audio {what}, which the built-in decoder does not read; convert it to WAV or FLAC"),
    )
}

fn open_error(name: &str, looks: Looks, error: &Symphonia) -> Error {
    let corrupt = |reason: &str| Error::new(Code::InputCorrupt, format!("{name} is damaged: {reason}"));
    match error {
        Symphonia::IoError(io) if io.kind() == std::io::ErrorKind::UnexpectedEof => {
            if looks == Looks::Unknown {
                return unrecognised(name);
            }
            corrupt("it ends inside its headers")
        }
        Symphonia::IoError(io) => read_error(name, io),
        Symphonia::Unsupported(reason) if reason.contains("probe") && looks == Looks::Unknown => unrecognised(name),
        Symphonia::Unsupported(reason) if reason.contains("probe") => corrupt("its headers cannot be read"),
        Symphonia::Unsupported(reason) if reason.contains("missing") => corrupt(reason),
        Symphonia::Unsupported(reason)
            if ["compression", "wave format", "sub-type", "packet info"].iter().any(|word| reason.contains(word)) =>
        {
            unsupported_codec(name, &format!("of an unsupported kind ({reason})"))
        }
        Symphonia::Unsupported(reason) => Error::new(
            Code::InputUnsupportedFormat,
            format!(
                "{name} is of a kind that the built-in decoder does not read ({reason}); convert it to WAV or FLAC"
            ),
        ),
        // Variants of WAV that the reader is too strict for; another decoder may know them.
        Symphonia::DecodeError(reason)
            if reason.contains("wav: malformed fmt_") || reason.contains("bits per sample") =>
        {
            unsupported_codec(name, &format!("of an unsupported kind ({reason})"))
        }
        error => corrupt(&error.to_string()),
    }
}

fn unrecognised(name: &str) -> Error {
    Error::new(
        Code::InputUnsupportedFormat,
        format!("{name} is not in an audio format the built-in decoder knows; convert it to WAV or FLAC"),
    )
}

fn codec_name(codec: AudioCodecId) -> &'static str {
    let known = [
        (CODEC_ID_OPUS, "Opus"),
        (CODEC_ID_SPEEX, "Speex"),
        (CODEC_ID_AAC, "AAC"),
        (CODEC_ID_AC3, "AC-3"),
        (CODEC_ID_EAC3, "E-AC-3"),
        (CODEC_ID_WMA, "WMA"),
        (CODEC_ID_DCA, "DTS"),
        (CODEC_ID_TRUEHD, "TrueHD"),
        (CODEC_ID_WAVPACK, "WavPack"),
        (CODEC_ID_MUSEPACK, "Musepack"),
        (CODEC_ID_MONKEYS_AUDIO, "Monkey's Audio"),
        (CODEC_ID_TTA, "True Audio"),
    ];
    known
        .iter()
        .find(|(id, _)| *id == codec)
        .map(|(_, name)| *name)
        .or_else(|| symphonia::default::get_codecs().get_audio_decoder(codec).map(|known| known.codec.info.long_name))
        .unwrap_or("a codec without a name here")
}
