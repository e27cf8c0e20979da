//! Decodes a recording to raw 16 kHz mono f32 on standard output: `decode FILE [CHANNEL]`.

use std::io::Write;
use std::path::Path;

use voicelingua_rust::audio::{selection, Audio, Options};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let path = arguments.next().ok_or("usage: decode FILE [CHANNEL]")?;
    let channel = arguments.next().map_or(Ok(-1), |text| text.parse())?;
    let mut audio = Audio::open_path(Path::new(&path), Options { channel: selection(channel)? })?;
    eprintln!("{:?}", audio.info());
    let mut out = std::io::stdout().lock();
    let mut buffer = vec![0.0; 16_000];
    loop {
        let count = audio.read(&mut buffer).map_err(|(_, error)| error)?;
        if count == 0 {
            break;
        }
        let bytes: Vec<u8> = buffer[..count].iter().flat_map(|sample| sample.to_le_bytes()).collect();
        out.write_all(&bytes)?;
    }
    for warning in audio.warnings() {
        eprintln!("warning: {warning}");
    }
    Ok(())
}
