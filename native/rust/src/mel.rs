//! Log-mel features as Whisper was trained on: frames of 25 ms every 10 ms, Slaney's mel scale, eight decades of range.

use std::sync::Arc;

use realfft::num_complex::Complex;
use realfft::{RealFftPlanner, RealToComplex};

pub const SAMPLE_RATE: usize = 16_000;
/// Samples from one frame to the next.
pub const HOP: usize = 160;
const FFT: usize = 400;
const BINS: usize = FFT / 2 + 1;
const HALF: usize = FFT / 2;
/// Zeros that faster-whisper puts behind the sound.
const TAIL: usize = HOP;
/// Power below which nothing is told apart.
const FLOOR: f32 = 1e-10;
/// Far beyond full scale, and small enough that no square of the spectrum overflows.
const MAX_AMPLITUDE: f32 = 1000.0;
/// Decades below the loudest value that are kept.
const RANGE: f32 = 8.0;

/// A band's triangle over the bins that it covers.
struct Filter {
    first: usize,
    weights: Vec<f32>,
}

/// Computes features for one window at a time; the scratch memory of a frame is kept between windows.
pub struct LogMel {
    filters: Vec<Filter>,
    hann: Vec<f32>,
    fft: Arc<dyn RealToComplex<f32>>,
    frame: Vec<f32>,
    spectrum: Vec<Complex<f32>>,
    power: Vec<f32>,
    scratch: Vec<Complex<f32>>,
}

impl LogMel {
    pub fn new(bands: usize) -> Self {
        let fft = RealFftPlanner::new().plan_fft_forward(FFT);
        LogMel {
            filters: filters(bands),
            hann: hann(),
            frame: fft.make_input_vec(),
            spectrum: fft.make_output_vec(),
            scratch: fft.make_scratch_vec(),
            power: vec![0.0; BINS],
            fft,
        }
    }

    pub fn bands(&self) -> usize {
        self.filters.len()
    }

    /// Writes one row of `columns` frames a band into `out`: the frames of `samples`, then zeros. Gives the number of
    /// frames, one for each whole 10 ms, at most `columns`.
    pub fn compute(&mut self, samples: &[f32], out: &mut [f32], columns: usize) -> usize {
        let bands = self.filters.len();
        assert_eq!(out.len(), bands * columns);
        let frames = (samples.len() / HOP).min(columns);
        out.fill(0.0);
        if frames == 0 {
            return 0;
        }
        // The frame after the last counts for the loudest value, as in the reference, and is not kept.
        let mut loudest = f32::MIN;
        for frame in 0..=frames {
            self.transform(samples, frame * HOP);
            for (band, filter) in self.filters.iter().enumerate() {
                let bins = &self.power[filter.first..filter.first + filter.weights.len()];
                let energy: f32 = bins.iter().zip(&filter.weights).map(|(power, weight)| power * weight).sum();
                let value = energy.max(FLOOR).log10();
                loudest = loudest.max(value);
                if frame < frames {
                    out[band * columns + frame] = value;
                }
            }
        }
        let lowest = loudest - RANGE;
        for row in out.chunks_exact_mut(columns) {
            for value in &mut row[..frames] {
                *value = (value.max(lowest) + 4.0) / 4.0;
            }
        }
        frames
    }

    /// Power of the frame in the middle of which the sample at `middle` stands. What is no number counts as silence.
    fn transform(&mut self, samples: &[f32], middle: usize) {
        let edge: [f32; FFT];
        let sound = match middle.checked_sub(HALF).and_then(|start| samples.get(start..start + FFT)) {
            Some(sound) => sound,
            None => {
                edge = std::array::from_fn(|at| padded(samples, middle + at));
                &edge
            }
        };
        for ((value, &sample), weight) in self.frame.iter_mut().zip(sound).zip(&self.hann) {
            *value = clean(sample) * weight;
        }
        let done = self.fft.process_with_scratch(&mut self.frame, &mut self.spectrum, &mut self.scratch);
        debug_assert!(done.is_ok());
        for (power, value) in self.power.iter_mut().zip(&self.spectrum) {
            *power = value.norm_sqr();
        }
    }
}

/// The sound with its tail of zeros, mirrored at both ends by half a frame: `at` counts from half a frame before it.
fn padded(samples: &[f32], at: usize) -> f32 {
    let sound = samples.len() + TAIL;
    let place = match at.checked_sub(HALF) {
        None => Some(HALF - at),
        Some(at) if at < sound => Some(at),
        Some(at) => (2 * sound).checked_sub(at + 2),
    };
    place.and_then(|at| samples.get(at).copied()).unwrap_or(0.0)
}

fn clean(sample: f32) -> f32 {
    if sample.is_finite() {
        sample.clamp(-MAX_AMPLITUDE, MAX_AMPLITUDE)
    } else {
        0.0
    }
}

/// Periodic, not symmetric.
fn hann() -> Vec<f32> {
    let step = 2.0 * std::f64::consts::PI / FFT as f64;
    (0..FFT).map(|at| (0.5 - 0.5 * (step * at as f64).cos()) as f32).collect()
}

/// Slaney's scale: linear to 1 kHz, where 15 mels are reached, then 27 mels for each factor of 6.4.
fn hertz(mel: f64) -> f64 {
    const LINEAR: f64 = 200.0 / 3.0;
    const KNEE: f64 = 15.0;
    if mel < KNEE {
        return mel * LINEAR;
    }
    1000.0 * ((mel - KNEE) * 6.4_f64.ln() / 27.0).exp()
}

/// Triangles of equal area, from 0 to 8 kHz.
fn filters(bands: usize) -> Vec<Filter> {
    let top = 15.0 + (8.0_f64).ln() * 27.0 / 6.4_f64.ln();
    let edges: Vec<f64> = (0..bands + 2).map(|at| hertz(top * at as f64 / (bands + 1) as f64)).collect();
    let spacing = SAMPLE_RATE as f64 / FFT as f64;
    let triangle = |band: usize| {
        let (low, peak, high) = (edges[band], edges[band + 1], edges[band + 2]);
        let weight = |bin: usize| {
            let at = bin as f64 * spacing;
            let rise = (at - low) / (peak - low);
            let fall = (high - at) / (high - peak);
            (rise.min(fall).max(0.0) * 2.0 / (high - low)) as f32
        };
        let first = (0..BINS).find(|&bin| weight(bin) > 0.0).unwrap_or(0);
        Filter { first, weights: (first..BINS).map(weight).take_while(|&weight| weight > 0.0).collect() }
    };
    (0..bands).map(triangle).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_cover_the_spectrum_and_have_the_known_weights() {
        for bands in [80, 128] {
            let filters = filters(bands);
            assert_eq!(filters.len(), bands);
            assert!(filters.iter().all(|filter| !filter.weights.is_empty()));
        }
        // Of librosa's 80 bands at 16 kHz.
        let filters = filters(80);
        assert_eq!(filters[0].first, 1);
        assert!((filters[0].weights[0] - 0.024_862_6).abs() < 1e-6);
        assert!((filters[1].weights[0] - 0.001_990_8).abs() < 1e-6);
    }

    #[test]
    fn silence_is_flat_and_a_short_sound_has_no_frame() {
        let mut mel = LogMel::new(80);
        let mut out = vec![1.0; 80 * 10];
        assert_eq!(mel.compute(&[0.0; 159], &mut out, 10), 0);
        assert!(out.iter().all(|&value| value == 0.0));
        assert_eq!(mel.compute(&[0.0; 330], &mut out, 10), 2);
        assert!((out[0] - -1.5).abs() < 1e-6 && (out[1] - -1.5).abs() < 1e-6 && out[2] == 0.0);
        assert_eq!(mel.compute(&[0.5; 16_000], &mut out, 10), 10);
    }

    #[test]
    fn both_ends_are_mirrored_and_what_is_no_number_is_silence() {
        let samples: Vec<f32> = (1..=170).map(|at| at as f32).collect();
        let sound = samples.len() + TAIL;
        let all: Vec<f32> = (0..HALF + sound + HALF).map(|at| padded(&samples, at)).collect();
        assert_eq!(all[HALF..HALF + 170], samples[..]);
        assert_eq!(all[HALF + 170..HALF + sound], [0.0; TAIL]);
        for away in 1..=HALF {
            assert_eq!(all[HALF - away], samples.get(away).copied().unwrap_or(0.0), "{away} before");
            let back = HALF + sound - 1;
            assert_eq!(all[back + away], all[back - away], "{away} after");
        }

        let mut mel = LogMel::new(80);
        let mut of = |samples: &[f32]| {
            let mut out = vec![0.0; 80 * 20];
            mel.compute(samples, &mut out, 20);
            out
        };
        let sound: Vec<f32> = (0..3200).map(|at| (at as f32 / 5.0).sin()).collect();
        let with = |value: f32| -> Vec<f32> {
            let mut sound = sound.clone();
            sound[1000] = value;
            sound
        };
        for value in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(of(&with(value)), of(&with(0.0)));
        }
        assert_eq!(of(&with(3e38)), of(&with(MAX_AMPLITUDE)));
    }

    #[test]
    fn a_tone_is_loudest_in_its_band_whatever_was_computed_before() {
        let sound = |hertz: f32| -> Vec<f32> {
            (0..SAMPLE_RATE)
                .map(|at| (2.0 * std::f32::consts::PI * hertz * at as f32 / SAMPLE_RATE as f32).sin())
                .collect()
        };
        let mut mel = LogMel::new(80);
        let features = |mel: &mut LogMel, hertz: f32| {
            let mut out = vec![0.0; 80 * 100];
            assert_eq!(mel.compute(&sound(hertz), &mut out, 100), 100);
            out
        };
        let low = features(&mut mel, 440.0);
        let loudest = |out: &[f32]| (0..80).max_by(|&a, &b| out[a * 100 + 50].total_cmp(&out[b * 100 + 50])).unwrap();
        assert!(loudest(&features(&mut mel, 3000.0)) > loudest(&low));
        assert_eq!(features(&mut mel, 440.0), low);
    }
}
