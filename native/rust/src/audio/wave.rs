//! What symphonia's WAV reader is too strict for, put right in the header it sees: lengths that a recorder or a pipe
//! never filled in, a RIFF length shorter than its chunks, and RF64 (the same layout with 64-bit lengths).

/// Bytes that a reader shall see in place of the file's, by offset.
pub type Overlay = Vec<(u64, [u8; 4])>;

const UNSET: [u8; 4] = [0xff; 4];

pub struct Wave {
    /// Whether the format chunk has a channel mask. Without one the reader assumes a layout from the count.
    pub labelled: bool,
    pub overlay: Overlay,
}

pub fn is_wave(head: &[u8]) -> bool {
    let kind = head.get(..4).unwrap_or_default();
    [&b"RIFF"[..], b"RF64", b"BW64"].contains(&kind) && head.get(8..12) == Some(b"WAVE")
}

/// Walks the chunks of a WAV that lie in `head`, the start of a file of `length` bytes.
pub fn inspect(head: &[u8], length: u64) -> Wave {
    // With its own length unset, the reader takes each chunk by its own.
    let mut wave = Wave { labelled: false, overlay: vec![(0, *b"RIFF"), (4, UNSET)] };
    let long = !head.starts_with(b"RIFF");
    let mut long_length = None;
    let mut at = 12;
    while let (Some(kind), Some(size)) = (head.get(at..at + 4), u32_at(head, at + 4)) {
        let body = at + 8;
        match kind {
            b"ds64" => long_length = u32_at(head, body + 8).zip(u32_at(head, body + 12)),
            b"fmt " => {
                let extensible = head.get(body..body + 2) == Some(&[0xfe, 0xff]);
                wave.labelled = extensible && size >= 40 && u32_at(head, body + 20).is_some_and(|mask| mask != 0);
            }
            b"data" => {
                let rest = length.saturating_sub(body as u64);
                let place = at as u64 + 4;
                if long {
                    let size = match long_length {
                        Some((low, 0)) if low != u32::MAX => low.to_le_bytes(),
                        _ => UNSET,
                    };
                    wave.overlay.push((place, size));
                } else if size == 0 && rest > 0 && !is_chunk(head.get(body..)) {
                    wave.overlay.push((place, UNSET));
                }
                break;
            }
            _ => {}
        }
        at = body.saturating_add(size as usize).saturating_add(size as usize & 1);
    }
    wave
}

/// Whether an empty data chunk is followed by another chunk, and so is truly empty.
fn is_chunk(rest: Option<&[u8]>) -> bool {
    rest.and_then(|rest| rest.get(..4))
        .is_some_and(|kind| kind.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte == b' '))
}

fn u32_at(head: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(head.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wav(riff: &[u8; 4], chunks: &[(&[u8; 4], u32, &[u8])]) -> Vec<u8> {
        let mut out = [&riff[..], &[0; 4], b"WAVE"].concat();
        for (kind, size, body) in chunks {
            out.extend([&kind[..], &size.to_le_bytes(), body].concat());
        }
        out
    }

    fn data_size(file: &[u8]) -> Option<[u8; 4]> {
        inspect(file, file.len() as u64).overlay.get(2).map(|(_, size)| *size)
    }

    #[test]
    fn unset_lengths_reach_to_the_end() {
        let format = (b"fmt ", 16, &[1; 16][..]);
        assert_eq!(data_size(&wav(b"RIFF", &[format, (b"data", 4, &[0; 4])])), None);
        assert_eq!(data_size(&wav(b"RIFF", &[format, (b"data", 0, &[0; 4])])), Some(UNSET));
        assert_eq!(data_size(&wav(b"RIFF", &[format, (b"data", 0, b""), (b"LIST", 4, b"INFO")])), None);
        assert_eq!(data_size(&wav(b"RF64", &[format, (b"data", u32::MAX, &[0; 4])])), Some(UNSET));
        let mut sizes = [0; 28];
        sizes[8] = 4;
        let long = wav(b"RF64", &[(b"ds64", 28, &sizes), format, (b"data", u32::MAX, &[0; 4])]);
        assert_eq!(data_size(&long), Some([4, 0, 0, 0]));
    }

    #[test]
    fn a_channel_mask_is_a_label() {
        let mut format = [0; 40];
        format[..2].copy_from_slice(&[0xfe, 0xff]);
        let file = wav(b"RIFF", &[(b"fmt ", 40, &format)]);
        assert!(!inspect(&file, file.len() as u64).labelled);
        format[20] = 3;
        let file = wav(b"RIFF", &[(b"fmt ", 40, &format)]);
        assert!(inspect(&file, file.len() as u64).labelled);
    }
}
