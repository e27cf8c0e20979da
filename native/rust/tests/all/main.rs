//! One binary, so that the static libraries are linked once. What needs `../shared` or ffmpeg says so and is skipped
//! without them.

mod abi;
mod agreement;
mod bad;
mod formats;
mod gapless;
mod inputs;
mod mutants;
mod resampling;
mod spm;
mod support;

#[global_allocator]
static ALLOCATOR: support::allocator::Watching = support::allocator::Watching;
