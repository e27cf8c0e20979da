//! SentencePiece on a model built here: a unigram vocabulary of seven pieces.

use voicelingua_rust::spm::Spm;
use voicelingua_rust::Code;

use crate::support::{random::Random, Scratch};

fn message(field: u8, bytes: &[u8]) -> Vec<u8> {
    let mut out = vec![field << 3 | 2, (bytes.len() & 0x7f) as u8];
    if bytes.len() > 0x7f {
        out[1] |= 0x80;
        out.push((bytes.len() >> 7) as u8);
    }
    out.extend(bytes);
    out
}

fn piece(text: &str, score: f32, kind: u8) -> Vec<u8> {
    let mut body = message(1, text.as_bytes());
    body.push(2 << 3 | 5);
    body.extend(score.to_le_bytes());
    body.extend([3 << 3, kind]);
    message(1, &body)
}

const NORMAL: u8 = 1;
const UNKNOWN: u8 = 2;

pub fn model() -> Vec<u8> {
    [
        piece("<unk>", 0.0, UNKNOWN),
        piece("\u{2581}ja", -1.0, NORMAL),
        piece("\u{2581}nein", -2.0, NORMAL),
        piece("\u{2581}", -3.0, NORMAL),
        piece("j", -4.0, NORMAL),
        piece("a", -4.0, NORMAL),
        piece("ü", -4.0, NORMAL),
    ]
    .concat()
}

#[test]
fn texts_become_pieces_and_back() {
    let spm = Spm::from_bytes(&model(), "model").unwrap();
    assert_eq!(spm.piece_count(), 7);
    assert_eq!(spm.encode("ja nein").unwrap(), ["\u{2581}ja", "\u{2581}nein"]);
    assert_eq!(spm.encode("jaü").unwrap(), ["\u{2581}ja", "ü"]);
    assert_eq!(spm.encode("").unwrap(), Vec::<String>::new());
    assert_eq!(spm.decode(&["\u{2581}ja", "\u{2581}nein", "ü"]).unwrap(), "ja neinü");
    assert_eq!(spm.decode(&[]).unwrap(), "");
    // A piece outside the vocabulary, as a model's own language token.
    assert_eq!(spm.decode(&["\u{2581}ja", "nie"]).unwrap(), "janie");
    assert_eq!(spm.decode(&["a\0b"]).unwrap_err().code, Code::InvalidArgument);
    assert_eq!(spm.decode(&[""]).unwrap_err().code, Code::InvalidArgument);
    assert!(spm.encode("x\0y ja").is_ok());
}

#[test]
fn files_that_are_no_models_have_their_codes() {
    let scratch = Scratch::new("spm");
    let code = |path: &std::path::Path| Spm::load(path).err().unwrap().code;
    assert_eq!(code(&scratch.path("missing.model")), Code::ModelNotFound);
    assert_eq!(code(&scratch.0), Code::ModelInvalid);
    assert_eq!(code(&scratch.write("empty.model", b"")), Code::ModelInvalid);
    assert_eq!(code(&scratch.write("text.model", b"this is not a model")), Code::ModelInvalid);
    let whole = model();
    assert_eq!(code(&scratch.write("cut.model", &whole[..whole.len() - 3])), Code::ModelInvalid);
    assert!(Spm::load(&scratch.write("good.model", &whole)).is_ok());
}

/// The engine would walk out of bounds, so the double array is checked before.
#[test]
fn a_normalisation_map_must_stay_inside_itself() {
    let with_map = |units: &[u32], tail: &[u8]| {
        let mut map = ((units.len() * 4) as u32).to_le_bytes().to_vec();
        map.extend(units.iter().flat_map(|unit| unit.to_le_bytes()));
        map.extend(tail);
        let bytes = [model(), message(3, &message(2, &map))].concat();
        Spm::from_bytes(&bytes, "model").map(|_| ()).map_err(|error| error.code)
    };
    let mut units = [0u32; 256];
    assert_eq!(with_map(&units, b"x\0"), Ok(()));
    assert_eq!(with_map(&units[..128], b"x\0"), Err(Code::ModelInvalid));
    assert_eq!(with_map(&units, b"x"), Err(Code::ModelInvalid));
    units[0] = 256 << 10;
    assert_eq!(with_map(&units, b"x\0"), Err(Code::ModelInvalid));
    units[0] = 1 << 31 | 7;
    assert_eq!(with_map(&units, b"x\0"), Err(Code::ModelInvalid));
}

#[test]
fn damaged_models_never_end_the_process() {
    let seed = 11;
    println!("seed {seed}");
    let mut random = Random::new(seed);
    let whole = model();
    let (mut good, mut bad) = (0, 0);
    for _ in 0..2000 {
        let mut bytes = whole.clone();
        for _ in 0..1 + random.below(4) {
            let at = random.below(bytes.len());
            bytes[at] = random.next() as u8;
        }
        match Spm::from_bytes(&bytes, "model") {
            Ok(spm) => {
                good += 1;
                let _ = spm.encode("ja nein ü x").map(|pieces| {
                    let pieces: Vec<&str> = pieces.iter().map(String::as_str).collect();
                    spm.decode(&pieces)
                });
            }
            Err(error) => {
                bad += 1;
                assert_eq!(error.code, Code::ModelInvalid);
            }
        }
    }
    println!("{good} loaded, {bad} refused");
    assert!(good > 0 && bad > 0);
}
