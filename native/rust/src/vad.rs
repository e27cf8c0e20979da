//! Speech detection by the network that comes with the `earshot` crate.

use earshot::Detector;

/// Samples of a frame: 16 ms at 16 kHz.
pub const FRAME: usize = 256;

/// A detector with the state of one stream.
pub struct Vad(Box<Detector>);

impl Vad {
    pub fn new() -> Self {
        Vad(Detector::default_boxed())
    }

    /// The probability of speech of each frame; `samples` are `out.len()` whole frames in -1..1.
    pub fn detect(&mut self, samples: &[f32], out: &mut [f32]) {
        for (frame, probability) in samples.chunks_exact(FRAME).zip(out) {
            *probability = self.0.predict_f32(frame).clamp(0.0, 1.0);
        }
    }

    pub fn reset(&mut self) {
        self.0.reset();
    }
}

impl Default for Vad {
    fn default() -> Self {
        Self::new()
    }
}
