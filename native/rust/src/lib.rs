//! C ABI of the Rust side of the addon.

// Linked for the native libraries that their build scripts produce.
use ct2rs as _;
use onednn_src as _;
