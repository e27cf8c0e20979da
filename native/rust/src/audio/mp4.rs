//! What symphonia's MP4 reader leaves aside: which tracks are sound, and the edit lists that say how much of a track is
//! an encoder's delay and padding. Walks box headers with seeks; whatever is malformed is simply absent.

use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

use super::trim::ENDLESS;

const BOXES: usize = 100_000;
const EDITS: usize = 10_000;
const TABLE: u64 = 1 << 20;

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Movie {
    pub tracks: Vec<MovieTrack>,
    timescale: u32,
    /// iTunSMPB's encoder delay, in frames.
    priming: Option<u64>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct MovieTrack {
    pub id: u32,
    pub is_sound: bool,
    timescale: u32,
    duration: u64,
    /// Duration in the movie's timescale and start in the track's, -1 for a gap.
    edits: Vec<(u64, i64)>,
}

impl Movie {
    pub fn read(source: &mut (impl Read + Seek), length: u64) -> Movie {
        let mut walk = Walk { source, movie: Movie::default(), boxes: 0 };
        // The end of what can be understood is the end of the walk.
        let _ = walk.boxes(0..length, 0);
        walk.movie
    }

    /// Frames of track `id` to keep at `rate`; `None` when all are. A gap is left out, as ffmpeg's raw output does; edits
    /// out of order are ignored.
    pub fn keep(&self, id: u32, rate: u32) -> Option<Vec<Range<u64>>> {
        let track = self.tracks.iter().find(|track| track.id == id)?;
        let edits: Vec<_> = track.edits.iter().filter(|(_, start)| *start >= 0).collect();
        if edits.is_empty() || track.timescale == 0 || self.timescale == 0 {
            let priming = self.priming.filter(|priming| *priming > 0)?;
            return Some(vec![priming..ENDLESS]);
        }
        let frames = |value: u64, timescale: u32| -> u64 {
            let scaled = (u128::from(value) * u128::from(rate) + u128::from(timescale / 2)) / u128::from(timescale);
            u64::try_from(scaled).unwrap_or(ENDLESS)
        };
        let total = frames(track.duration, track.timescale);
        let tick = u64::from(rate.div_ceil(self.timescale));
        let mut keep: Vec<Range<u64>> = Vec::new();
        for (duration, start) in edits {
            let start = frames(u64::try_from(*start).unwrap_or(0), track.timescale);
            let length = frames(*duration, self.timescale);
            // A duration of 0 is a fragmented file's "to the end"; the movie's ticks are coarse against frames.
            let mut end = if length == 0 { ENDLESS } else { start.saturating_add(length) };
            if total == 0 {
                end = ENDLESS;
            } else if end.saturating_add(tick) >= total {
                // The track's own duration is exact, and ends inside its last packet.
                end = total;
            }
            let after = keep.last().map_or(0, |last| last.end);
            if start < after || (total > 0 && start >= total) {
                return None;
            }
            keep.push(start..end);
        }
        Some(keep)
    }
}

struct Walk<'a, S> {
    source: &'a mut S,
    movie: Movie,
    boxes: usize,
}

impl<S: Read + Seek> Walk<'_, S> {
    fn boxes(&mut self, range: Range<u64>, depth: usize) -> Option<()> {
        let mut position = range.start;
        while position.checked_add(8)? <= range.end {
            self.boxes += 1;
            if self.boxes > BOXES {
                return None;
            }
            self.source.seek(SeekFrom::Start(position)).ok()?;
            let mut size = u64::from(self.u32()?);
            let kind = self.bytes::<4>()?;
            let mut header = 8;
            if size == 1 {
                size = self.u64()?;
                header = 16;
            } else if size == 0 {
                size = range.end - position;
            }
            if size < header {
                return None;
            }
            let end = position.checked_add(size)?.min(range.end);
            self.one(kind, position + header..end, depth);
            position = end;
        }
        Some(())
    }

    fn one(&mut self, kind: [u8; 4], body: Range<u64>, depth: usize) -> Option<()> {
        match &kind {
            b"moov" | b"mdia" | b"edts" | b"udta" | b"ilst" if depth < 8 => self.boxes(body, depth + 1),
            b"trak" if depth < 8 => {
                self.movie.tracks.push(MovieTrack::default());
                self.boxes(body, depth + 1)
            }
            // A full box in MP4; QuickTime's own has no version, and no iTunSMPB.
            b"meta" if depth < 8 => self.boxes(body.start + 4..body.end, depth + 1),
            b"mvhd" => {
                let (timescale, _) = self.timescale_and_duration()?;
                self.movie.timescale = timescale;
                Some(())
            }
            b"tkhd" => {
                let version = self.bytes::<4>()?[0];
                self.bytes_of(if version == 1 { 16 } else { 8 })?;
                let id = self.u32()?;
                self.movie.tracks.last_mut()?.id = id;
                Some(())
            }
            b"mdhd" => {
                let (timescale, duration) = self.timescale_and_duration()?;
                let track = self.movie.tracks.last_mut()?;
                (track.timescale, track.duration) = (timescale, duration);
                Some(())
            }
            b"hdlr" => {
                self.bytes_of(8)?;
                let handler = self.bytes::<4>()?;
                // Metadata has a handler of its own, below a track or the movie.
                if &handler == b"soun" {
                    self.movie.tracks.last_mut()?.is_sound = true;
                }
                Some(())
            }
            b"elst" => self.edits(),
            b"----" if body.end - body.start <= TABLE => self.freeform(body),
            _ => Some(()),
        }
    }

    fn edits(&mut self) -> Option<()> {
        let version = self.bytes::<4>()?[0];
        let count = self.u32()? as usize;
        let mut edits = Vec::new();
        for _ in 0..count.min(EDITS) {
            let (duration, start) = match version {
                1 => (self.u64()?, self.u64()? as i64),
                _ => (u64::from(self.u32()?), i64::from(self.u32()? as i32)),
            };
            self.u32()?;
            edits.push((duration, start));
        }
        self.movie.tracks.last_mut()?.edits = edits;
        Some(())
    }

    /// `----` boxes hold `mean`, `name` and `data`; iTunSMPB's data is text: " 00000000 <delay> <padding> <frames> …".
    fn freeform(&mut self, body: Range<u64>) -> Option<()> {
        let bytes = self.bytes_of(usize::try_from(body.end - body.start).ok()?)?;
        let name = bytes.windows(8).position(|window| window == b"iTunSMPB")?;
        let data = bytes.get(name + 8 + 16..)?;
        let text = std::str::from_utf8(data).ok()?;
        let delay = u64::from_str_radix(text.split_whitespace().nth(1)?, 16).ok()?;
        // ffmpeg's bound for a believable value.
        self.movie.priming = (delay < 16_384).then_some(delay);
        Some(())
    }

    fn timescale_and_duration(&mut self) -> Option<(u32, u64)> {
        let version = self.bytes::<4>()?[0];
        if version == 1 {
            self.bytes_of(16)?;
            Some((self.u32()?, self.u64()?))
        } else {
            self.bytes_of(8)?;
            Some((self.u32()?, u64::from(self.u32()?)))
        }
    }

    fn bytes<const N: usize>(&mut self) -> Option<[u8; N]> {
        let mut bytes = [0; N];
        self.source.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn bytes_of(&mut self, count: usize) -> Option<Vec<u8>> {
        let mut bytes = vec![0; count];
        self.source.read_exact(&mut bytes).ok()?;
        Some(bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.bytes().map(u32::from_be_bytes)
    }

    fn u64(&mut self) -> Option<u64> {
        self.bytes().map(u64::from_be_bytes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    fn full(kind: &[u8; 4], body: &[u8]) -> Vec<u8> {
        let mut out = ((body.len() + 8) as u32).to_be_bytes().to_vec();
        out.extend(kind);
        out.extend(body);
        out
    }

    fn words(words: &[u32]) -> Vec<u8> {
        words.iter().flat_map(|word| word.to_be_bytes()).collect()
    }

    fn movie(edits: &[u32]) -> Vec<u8> {
        let mdhd = full(b"mdhd", &words(&[0, 0, 0, 48_000, 50_000]));
        let hdlr = full(b"hdlr", &[&words(&[0, 0])[..], b"soun"].concat());
        let elst = full(b"elst", &words(edits));
        let trak = [full(b"tkhd", &words(&[0, 0, 0, 7])), full(b"edts", &elst), full(b"mdia", &[mdhd, hdlr].concat())]
            .concat();
        full(b"moov", &[full(b"mvhd", &words(&[0, 0, 0, 1000, 0])), full(b"trak", &trak)].concat())
    }

    fn keep(bytes: Vec<u8>) -> Option<Vec<Range<u64>>> {
        let length = bytes.len() as u64;
        let movie = Movie::read(&mut Cursor::new(bytes), length);
        assert!(movie.tracks[0].is_sound);
        movie.keep(7, 48_000)
    }

    #[test]
    fn an_edit_list_is_a_range_of_frames() {
        assert_eq!(keep(movie(&[0, 1, 1000, 1024, 1 << 16])), Some(vec![1024..49_024]));
        assert_eq!(keep(movie(&[0, 2, 40, u32::MAX, 1 << 16, 0, 1024, 1 << 16])), Some(vec![1024..50_000]));
        assert_eq!(keep(movie(&[0, 1, 5000, 1024, 1 << 16])), Some(vec![1024..50_000]));
    }

    #[test]
    fn edits_that_would_leave_nothing_or_turn_back_are_ignored() {
        assert_eq!(keep(movie(&[0, 1, 1000, 60_000, 1 << 16])), None);
        assert_eq!(keep(movie(&[0, 2, 500, 9000, 1 << 16, 100, 10, 1 << 16])), None);
        assert_eq!(keep(movie(&[0, u32::MAX, 1])), None);
    }
}
