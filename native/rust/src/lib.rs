//! The Rust side of the addon: audio decoding, log-mel features, speech detection and tokenizers behind the C ABI of
//! `include/voicelingua_rust.h`. The modules are public for this crate's own tests and benchmarks.

pub mod abi;
pub mod audio;
pub mod bpe;
pub mod cancel;
pub mod error;
pub mod mel;
pub mod spm;
pub mod vad;
pub mod versions;

// Linked for the native libraries that their build scripts produce.
#[cfg(feature = "engines")]
use ct2rs as _;
#[cfg(feature = "engines")]
use onednn_src as _;

pub use error::{Code, Error};
