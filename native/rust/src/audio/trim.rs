//! Gapless trimming: which decoded frames are audio, and which are an encoder's delay and padding.

use std::ops::Range;

pub const ENDLESS: u64 = u64::MAX;

/// Ranges of decoded frames to keep, ascending; frames are counted from the first decoded one.
pub struct Trim {
    keep: Vec<Range<u64>>,
    position: u64,
}

impl Trim {
    pub fn nothing() -> Self {
        Trim::keeping(vec![0..ENDLESS])
    }

    pub fn keeping(keep: Vec<Range<u64>>) -> Self {
        Trim { keep, position: 0 }
    }

    /// An MPEG stream with a LAME tag. Frames beyond the tagged length are kept, as in two files joined.
    pub fn delay_and_padding(delay: u64, frames: Option<u64>, padding: u64) -> Self {
        match frames {
            Some(frames) if padding > 0 => {
                let end = delay.saturating_add(frames);
                Trim::keeping(vec![delay..end, end.saturating_add(padding)..ENDLESS])
            }
            _ => Trim::keeping(vec![delay..ENDLESS]),
        }
    }

    /// Whether every later frame would be dropped.
    pub fn is_over(&self) -> bool {
        self.keep.last().is_none_or(|last| self.position >= last.end)
    }

    /// Takes the next `count` decoded frames; gives the parts of `0..count` to keep.
    pub fn take(&mut self, count: usize) -> impl Iterator<Item = Range<usize>> + '_ {
        let start = self.position;
        let end = start.saturating_add(count as u64);
        self.position = end;
        self.keep.iter().filter_map(move |range| {
            let from = range.start.max(start);
            let to = range.end.min(end);
            (from < to).then(|| (from - start) as usize..(to - start) as usize)
        })
    }

    /// How many of `total` frames are kept.
    pub fn kept_of(&self, total: u64) -> u64 {
        self.keep.iter().map(|range| range.end.min(total).saturating_sub(range.start)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_what_lies_between_delay_and_padding() {
        let mut trim = Trim::delay_and_padding(5, Some(10), 3);
        assert_eq!(trim.take(4).collect::<Vec<_>>(), []);
        assert_eq!(trim.take(4).collect::<Vec<_>>(), [1..4]);
        assert_eq!(trim.take(20).collect::<Vec<_>>(), [0..7, 10..20]);
        assert!(!trim.is_over());
        assert_eq!(trim.kept_of(18), 10);
    }

    #[test]
    fn an_edit_ends_the_audio() {
        let mut trim = Trim::keeping(vec![2..6]);
        assert_eq!(trim.take(8).collect::<Vec<_>>(), [2..6]);
        assert!(trim.is_over());
        assert_eq!(Trim::nothing().kept_of(9), 9);
    }
}
