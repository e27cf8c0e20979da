//! SentencePiece models: validated by the project's own code, then loaded by the engine, which aborts the process or
//! reads out of bounds on some malformed ones.

use std::io::Read;
use std::path::Path;

use sentencepiece::SentencePieceProcessor;

use crate::audio::source;
use crate::error::{Code, Error, Result};

/// The largest model in use is a few megabytes.
const LARGEST: u64 = 256 << 20;
const LONGEST_PIECE: usize = 4096;

pub struct Spm {
    processor: SentencePieceProcessor,
    pieces: usize,
}

// SAFETY: after loading the processor is only read; SentencePiece documents its const methods as thread-safe.
unsafe impl Send for Spm {}
// SAFETY: as above.
unsafe impl Sync for Spm {}

impl Spm {
    pub fn load(path: &Path) -> Result<Self> {
        let shown = path.display();
        let mut file = source::Source::open(path).map_err(model_error)?;
        if file.length() > LARGEST {
            return Err(invalid(&shown.to_string(), "it is far larger than any SentencePiece model"));
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(|error| model_error(source::read_error(&shown.to_string(), &error)))?;
        Spm::from_bytes(&bytes, &shown.to_string())
    }

    pub fn from_bytes(bytes: &[u8], name: &str) -> Result<Self> {
        let pieces = validate(bytes).map_err(|reason| invalid(name, reason))?;
        quiet();
        let processor = SentencePieceProcessor::from_serialized_proto(bytes)
            .map_err(|error| invalid(name, &format!("SentencePiece refuses it: {error}")))?;
        if processor.len() != pieces {
            return Err(invalid(name, "its vocabulary was not read whole"));
        }
        Ok(Spm { processor, pieces })
    }

    pub fn piece_count(&self) -> usize {
        self.pieces
    }

    pub fn encode(&self, text: &str) -> Result<Vec<String>> {
        // The engine reports its own failures as an empty result.
        let pieces = self.processor.encode(text).map_err(failed)?;
        Ok(pieces.into_iter().map(|piece| piece.piece).collect())
    }

    pub fn decode(&self, pieces: &[&str]) -> Result<String> {
        if let Some(piece) = pieces.iter().find(|piece| piece.is_empty() || piece.contains('\0')) {
            return Err(Error::new(
                Code::InvalidArgument,
                format!("a piece to decode is {}", if piece.is_empty() { "empty" } else { "not text: it holds NUL" }),
            ));
        }
        if pieces.is_empty() {
            return Ok(String::new());
        }
        self.processor.decode_pieces(pieces).map_err(failed)
    }
}

fn failed(error: sentencepiece::SentencePieceError) -> Error {
    Error::new(Code::EngineFailed, format!("SentencePiece failed: {error}"))
}

fn invalid(name: &str, reason: &str) -> Error {
    Error::new(Code::ModelInvalid, format!("{name} is not a usable SentencePiece model: {reason}"))
}

/// A model's file errors under the codes of models.
fn model_error(error: Error) -> Error {
    let code = match error.code {
        Code::InputNotFound => Code::ModelNotFound,
        Code::InputEmpty | Code::InputIsDirectory | Code::InputNotRegular => Code::ModelInvalid,
        code => code,
    };
    Error::new(code, error.message)
}

/// The engine logs to standard error from level 0 up; 3 leaves only what ends the process.
fn quiet() {
    #[cfg(not(target_env = "msvc"))]
    {
        extern "C" {
            #[link_name = "_ZN13sentencepiece14SetMinLogLevelEi"]
            fn set_min_log_level(level: std::ffi::c_int);
        }
        // SAFETY: stores one atomic integer.
        unsafe { set_min_log_level(3) };
    }
}

type Checked<T> = std::result::Result<T, &'static str>;

/// Walks the protobuf as far as the engine trusts it: pieces, and the normaliser's double array. Gives the piece count.
fn validate(model: &[u8]) -> Checked<usize> {
    const PIECES: u64 = 1;
    const NORMALIZER: u64 = 3;
    const DENORMALIZER: u64 = 5;
    let mut pieces = 0;
    for field in Fields(model) {
        match field? {
            (PIECES, Value::Bytes(piece)) => {
                pieces += 1;
                for field in Fields(piece) {
                    match field? {
                        (1, Value::Bytes(text)) if text.is_empty() || text.len() > LONGEST_PIECE => {
                            return Err("a piece is empty or absurdly long");
                        }
                        (1, Value::Bytes(text)) if std::str::from_utf8(text).is_err() || text.contains(&0) => {
                            return Err("a piece is not UTF-8 text");
                        }
                        (2, Value::Fixed32(score)) if !f32::from_bits(score).is_finite() => {
                            return Err("a piece's score is not a number");
                        }
                        _ => {}
                    }
                }
            }
            (NORMALIZER | DENORMALIZER, Value::Bytes(spec)) => {
                for field in Fields(spec) {
                    if let (2, Value::Bytes(map)) = field? {
                        validate_charsmap(map)?;
                    }
                }
            }
            _ => {}
        }
    }
    if pieces == 0 {
        return Err("it holds no pieces");
    }
    Ok(pieces)
}

/// The precompiled map: the byte length of a Darts double array, the array, then NUL-terminated replacements. The engine
/// walks the array without bounds, so every jump must stay inside, and every leaf must point into the replacements.
fn validate_charsmap(map: &[u8]) -> Checked<()> {
    if map.is_empty() {
        return Ok(());
    }
    const BROKEN: &str = "its normalisation map is damaged";
    let (size, rest) = map.split_first_chunk::<4>().ok_or(BROKEN)?;
    let size = u32::from_le_bytes(*size) as usize;
    if size < 1024 || !size.is_multiple_of(1024) || size >= rest.len() {
        return Err(BROKEN);
    }
    let (array, replacements) = rest.split_at(size);
    if replacements.last() != Some(&0) {
        return Err(BROKEN);
    }
    let units = size / 4;
    for (index, unit) in array.chunks_exact(4).enumerate() {
        let unit = u32::from_le_bytes(unit.try_into().map_err(|_| BROKEN)?);
        let inside = if unit & (1 << 31) != 0 {
            ((unit & 0x7fff_ffff) as usize) < replacements.len()
        } else {
            let offset = (unit >> 10) << ((unit & (1 << 9)) >> 6);
            (index ^ offset as usize) < units
        };
        if !inside {
            return Err(BROKEN);
        }
    }
    Ok(())
}

enum Value<'a> {
    Bytes(&'a [u8]),
    Fixed32(u32),
    Other,
}

/// The fields of a protobuf message.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn varint(&mut self) -> Option<u64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (byte, rest) = self.0.split_first()?;
            self.0 = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    fn field(&mut self) -> Option<(u64, Value<'a>)> {
        let key = self.varint()?;
        let value = match key & 7 {
            0 => {
                self.varint()?;
                Value::Other
            }
            1 => {
                self.take(8)?;
                Value::Other
            }
            2 => {
                let length = usize::try_from(self.varint()?).ok()?;
                Value::Bytes(self.take(length)?)
            }
            5 => Value::Fixed32(u32::from_le_bytes(self.take(4)?.try_into().ok()?)),
            _ => return None,
        };
        Some((key >> 3, value))
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Checked<(u64, Value<'a>)>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.0.is_empty() {
            return None;
        }
        let field = self.field().ok_or("it is not a SentencePiece file, or is cut short");
        if field.is_err() {
            self.0 = &[];
        }
        Some(field)
    }
}
