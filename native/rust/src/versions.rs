//! Versions of what is built in; a test holds them to Cargo.toml's pins.

use std::ffi::CStr;

pub fn version(name: &str) -> Option<&'static CStr> {
    Some(match name {
        "voicelingua-rust" => c"0.1.0",
        "symphonia" => c"0.6.1",
        "rubato" => c"5.0.1",
        "earshot" => c"1.2.2",
        "sentencepiece" => c"0.14.0",
        "ct2rs" if cfg!(feature = "engines") => c"0.10.3",
        "onednn-src" if cfg!(feature = "engines") => c"0.1.22",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn versions_are_the_pins() {
        let manifest = include_str!("../Cargo.toml");
        assert!(manifest.contains(&format!("version = \"{}\"", env!("CARGO_PKG_VERSION"))));
        assert_eq!(version("voicelingua-rust").unwrap().to_str().unwrap(), env!("CARGO_PKG_VERSION"));
        for name in ["symphonia", "rubato", "earshot", "sentencepiece", "ct2rs", "onednn-src"] {
            let absent = cfg!(not(feature = "engines")) && ["ct2rs", "onednn-src"].contains(&name);
            let Some(stated) = version(name) else {
                assert_eq!(Some(name), absent.then_some(name), "has no version");
                continue;
            };
            let pin = format!("\"={}\"", stated.to_str().unwrap());
            let line = manifest.lines().find(|line| line.starts_with(&format!("{name} = "))).unwrap();
            assert!(line.contains(&pin), "{name}: {pin} is not in {line}");
        }
        assert_eq!(version("nothing"), None);
    }
}
