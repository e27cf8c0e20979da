//! What the first bytes look like: to name what cannot be read, and to keep text and foreign formats away from the MPEG
//! reader, which searches any bytes for a frame and may find one by accident.

use super::wave::is_wave;

/// Bytes of the file's start that `sniff` wants.
pub const HEAD: usize = 16 * 1024;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    /// A container that the decoder reads.
    Wave,
    Mp4,
    /// Another container that the decoder reads.
    Known,
    /// MPEG or ADTS frames, perhaps after junk, or nothing recognised: the decoder may search.
    Unknown,
    /// Audio or video in a container that needs another decoder.
    OtherAudio(&'static str),
    /// A known container around a codec that needs another decoder.
    OtherCodec(&'static str),
    /// Not audio.
    NotAudio(&'static str),
}

pub fn sniff(head: &[u8]) -> Looks {
    let at = |offset: usize, magic: &[u8]| head.get(offset..).is_some_and(|rest| rest.starts_with(magic));
    if is_wave(head) {
        return Looks::Wave;
    }
    if at(0, b"RIFX") && at(8, b"WAVE") {
        return Looks::OtherAudio("RIFX (big-endian WAV)");
    }
    if at(4, b"ftyp") {
        return Looks::Mp4;
    }
    if at(0, b"FORM") && (at(8, b"AIFF") || at(8, b"AIFC")) {
        return Looks::Known;
    }
    if at(0, b"OggS") && at(28, b"Speex   ") {
        return Looks::OtherCodec("Speex");
    }
    if [&b"fLaC"[..], b"OggS", b"\x1a\x45\xdf\xa3", b"caff"].iter().any(|magic| at(0, magic)) {
        return Looks::Known;
    }
    if let Some((_, _, name)) = OTHER_AUDIO.iter().find(|(offset, magic, _)| at(*offset, magic)) {
        return Looks::OtherAudio(name);
    }
    if at(0, b"RIFF") && at(8, b"AVI ") {
        return Looks::OtherAudio("AVI");
    }
    if (0..3).all(|packet| head.get(packet * 188) == Some(&0x47)) {
        return Looks::OtherAudio("MPEG transport stream");
    }
    if let Some((magic, name)) = NOT_AUDIO.iter().find(|(magic, _)| at(0, magic)) {
        // "BM" alone is two letters; a bitmap also has four reserved zero bytes.
        if *magic != b"BM" || at(6, &[0; 4]) {
            return Looks::NotAudio(name);
        }
    }
    // The mark alone is also the start of an MPEG layer I frame.
    if (at(0, b"\xff\xfe") || at(0, b"\xfe\xff")) && zeros_in_every_other(head) {
        return Looks::NotAudio("UTF-16 text");
    }
    match text_kind(head) {
        Some(name) => Looks::NotAudio(name),
        None => Looks::Unknown,
    }
}

const OTHER_AUDIO: &[(usize, &[u8], &str)] = &[
    (0, b"#!AMR", "AMR"),
    (0, b"\x30\x26\xb2\x75\x8e\x66\xcf\x11", "ASF (WMA, WMV)"),
    (0, b"wvpk", "WavPack"),
    (0, b"MAC ", "Monkey's Audio"),
    (0, b"MPCK", "Musepack"),
    (0, b"MP+", "Musepack"),
    (0, b"TTA1", "True Audio"),
    (0, b"FLV\x01", "Flash Video"),
    (0, b"\x00\x00\x01\xba", "MPEG program stream"),
    (0, b"DSD ", "DSD"),
    (0, b"FRM8", "DSDIFF"),
    (0, b".snd", "AU"),
    (0, b".RMF", "RealMedia"),
    (0, b".ra\xfd", "RealAudio"),
    (0, b"Creative Voice File", "Creative Voice"),
    (0, b"riff\x2e\x91\xcf\x11", "Wave64"),
    (4, b"moov", "QuickTime without a file type"),
    (4, b"mdat", "QuickTime without a file type"),
    (4, b"wide", "QuickTime without a file type"),
];

const NOT_AUDIO: &[(&[u8], &str)] = &[
    (b"MThd", "a MIDI file"),
    (b"%PDF", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"BM", "a bitmap image"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"SQLite format 3", "an SQLite database"),
];

/// Latin letters in UTF-16 have a zero byte each.
fn zeros_in_every_other(head: &[u8]) -> bool {
    let units = &head[2..head.len().min(130)];
    let latin = units.chunks_exact(2).filter(|unit| (unit[0] == 0) != (unit[1] == 0)).count();
    latin > 0 && latin * 4 >= units.len()
}

fn text_kind(head: &[u8]) -> Option<&'static str> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        // The head may end inside a character.
        Err(error) if error.error_len().is_none() => std::str::from_utf8(&head[..error.valid_up_to()]).ok()?,
        Err(_) => return None,
    };
    if valid.is_empty() || valid.chars().any(|char| char.is_control() && !matches!(char, '\t' | '\n' | '\r' | '\x0c')) {
        return None;
    }
    // A tag alone, as an emptied MPEG file keeps it, is no text for the user.
    if valid.starts_with("ID3") || valid.starts_with("TAG") || valid.starts_with("APETAGEX") {
        return None;
    }
    let start = valid.trim_start();
    Some(if start.starts_with("#EXTM3U") || start.starts_with("[playlist]") {
        "a playlist (text), not the recordings it lists"
    } else if start.starts_with("<?xml") || start.starts_with("<!DOCTYPE") || start.starts_with("<html") {
        "an XML or HTML document"
    } else if start.starts_with('{') || start.starts_with('[') {
        "JSON text"
    } else {
        "plain text"
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_what_is_not_audio() {
        assert_eq!(sniff("Grüße\n".as_bytes()), Looks::NotAudio("plain text"));
        assert!(matches!(sniff(b"#EXTM3U\na.mp3\n"), Looks::NotAudio(name) if name.starts_with("a playlist")));
        assert_eq!(sniff(b"{\"a\": 1}"), Looks::NotAudio("JSON text"));
        assert_eq!(sniff(b"%PDF-1.7"), Looks::NotAudio("a PDF document"));
        assert_eq!(sniff(b"#!AMR\n\x3c"), Looks::OtherAudio("AMR"));
        assert_eq!(sniff(b"\xff\xfb\x90\x00"), Looks::Unknown);
        assert_eq!(sniff(b"\xff\xfe\x54\x00\x1c\xcc\xc1\x0f"), Looks::Unknown);
        assert_eq!(sniff(b"\xff\xfeh\0i\0\n\0"), Looks::NotAudio("UTF-16 text"));
        assert_eq!(sniff(b"ID3\x04\x00\x00\x00\x00\x00\x00"), Looks::Unknown);
        assert_eq!(sniff("Gr\u{fc}\u{df}".as_bytes().split_last().unwrap().1), Looks::NotAudio("plain text"));
    }
}
