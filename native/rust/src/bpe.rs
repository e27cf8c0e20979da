//! Byte-pair encoding of Whisper's vocabularies (GPT-2's and its multilingual sister): ids are in the order in which pairs
//! were merged, so that an id is also a rank.

use std::collections::HashMap;

use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory};

use crate::error::{Code, Error, Result};

/// Text tokens by their bytes.
pub struct Bpe {
    ranks: HashMap<Vec<u8>, u32>,
}

impl Bpe {
    /// `tokens` are the bytes of each text token in the order of ids; every single byte must be among them.
    pub fn new<'a>(tokens: impl IntoIterator<Item = &'a [u8]>) -> Result<Self> {
        let mut ranks = HashMap::new();
        for (id, token) in (0..).zip(tokens) {
            // The first of two equal ones counts; an empty one is a place that nothing stands for.
            if !token.is_empty() {
                ranks.entry(token.to_vec()).or_insert(id);
            }
        }
        match (0..=u8::MAX).find(|&byte| !ranks.contains_key(&[byte][..])) {
            None => Ok(Bpe { ranks }),
            Some(byte) => Err(Error::new(Code::ModelInvalid, format!("the vocabulary has no token for byte {byte}"))),
        }
    }

    pub fn encode(&self, text: &str) -> Vec<u32> {
        let mut ids = Vec::new();
        for piece in pieces(text) {
            match self.ranks.get(piece.as_bytes()) {
                Some(&id) => ids.push(id),
                None => self.merge(piece.as_bytes(), &mut ids),
            }
        }
        ids
    }

    fn merge(&self, piece: &[u8], ids: &mut Vec<u32>) {
        // Starts of the parts, and the rank of each part joined with the next.
        let mut starts: Vec<usize> = (0..=piece.len()).collect();
        let rank = |starts: &[usize], part: usize| match (starts.get(part), starts.get(part + 2)) {
            (Some(&from), Some(&to)) => self.ranks.get(&piece[from..to]).copied().unwrap_or(u32::MAX),
            _ => u32::MAX,
        };
        let mut ranks: Vec<u32> = (0..piece.len()).map(|part| rank(&starts, part)).collect();
        while let Some((part, _)) =
            ranks.iter().enumerate().filter(|(_, &rank)| rank != u32::MAX).min_by_key(|(part, &rank)| (rank, *part))
        {
            starts.remove(part + 1);
            ranks.remove(part + 1);
            ranks[part] = rank(&starts, part);
            if part > 0 {
                ranks[part - 1] = rank(&starts, part - 1);
            }
        }
        ids.extend(starts.windows(2).map(|part| self.ranks[&piece[part[0]..part[1]]]));
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Space,
    Letter,
    Number,
    Other,
}

fn kind(character: char) -> Kind {
    if character.is_whitespace() {
        return Kind::Space;
    }
    match character.general_category_group() {
        GeneralCategoryGroup::Letter => Kind::Letter,
        GeneralCategoryGroup::Number => Kind::Number,
        _ => Kind::Other,
    }
}

/// Splits where GPT-2's pattern does: English contractions; runs of letters, of numbers, of all else, each with one space
/// before it; runs of white space, which leave their last character to what follows.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let length = piece_length(rest)?;
        let (piece, after) = rest.split_at(length);
        rest = after;
        Some(piece)
    })
}

fn piece_length(text: &str) -> Option<usize> {
    let first = text.chars().next()?;
    if let Some(ending) = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"].iter().find(|ending| text.starts_with(**ending))
    {
        return Some(ending.len());
    }
    let body = text.strip_prefix(' ').unwrap_or(text);
    if let Some(kind_of_body) = body.chars().next().map(kind).filter(|&kind| kind != Kind::Space) {
        return Some(text.len() - body.len() + run(body, kind_of_body));
    }
    let spaces = run(text, Kind::Space);
    let last = text[..spaces].chars().next_back().map_or(0, char::len_utf8);
    Some(if spaces == text.len() || spaces == last { spaces.max(first.len_utf8()) } else { spaces - last })
}

/// Bytes of the characters of one kind that `text` starts with.
fn run(text: &str, wanted: Kind) -> usize {
    text.char_indices().find(|&(_, character)| kind(character) != wanted).map_or(text.len(), |(at, _)| at)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn split(text: &str) -> Vec<&str> {
        pieces(text).collect()
    }

    #[test]
    fn splits_as_gpt_2() {
        let words = ["Hello", " world", "'s", " 3", "rd", " ", " try", "!!", "\n\n", " ok"];
        assert_eq!(split("Hello world's 3rd  try!!\n\n ok"), words);
        assert_eq!(split("a   b"), ["a", "  ", " b"]);
        assert_eq!(split("a\t b "), ["a", "\t", " b", " "]);
        assert_eq!(split("日本語123、é²"), ["日本語", "123", "、", "é", "²"]);
        assert_eq!(split("don't 'S"), ["don", "'t", " '", "S"]);
        assert_eq!(split("  "), ["  "]);
        assert!(split("").is_empty());
    }

    #[test]
    fn merges_the_lowest_pair_first() {
        let mut tokens: Vec<Vec<u8>> = (0..=255).map(|byte| vec![byte]).collect();
        tokens.extend([b"bc".to_vec(), b"ab".to_vec(), b"bcd".to_vec(), b" ab".to_vec()]);
        let bpe = Bpe::new(tokens.iter().map(Vec::as_slice)).unwrap();
        assert_eq!(bpe.encode("abcd"), [97, 258]);
        assert_eq!(bpe.encode("ab ab"), [257, 259]);
        assert_eq!(bpe.encode("aabab"), [97, 257, 257]);
        assert!(Bpe::new(tokens[1..].iter().map(Vec::as_slice)).is_err());
    }
}
