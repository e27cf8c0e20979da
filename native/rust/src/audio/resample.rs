//! Any rate to 16 kHz, one channel. Rubato's FFT resampler for ratios of small whole numbers, its windowed sinc for
//! the others; both low-pass below 8 kHz. The filter's delay is cut at the start and flushed at the end, so that `n`
//! samples become `round(n * 16000 / rate)` aligned with the input, whatever the sizes of the pushes.

use rubato::audioadapter_buffers::direct::InterleavedSlice;
use rubato::{
    calculate_cutoff, Async, Fft, FixedAsync, FixedSync, Indexing, SincInterpolationParameters, WindowFunction,
};

use crate::error::{Code, Error, Result};

pub const RATE: u32 = 16_000;

/// At least so many frames on the shorter side of an FFT block: the filter then falls within 2 % below 8 kHz.
const BLOCK: usize = 1024;
/// An FFT block beyond this (rates without a useful common divisor with 16 kHz) costs more than the sinc.
const LARGEST_BLOCK: usize = 1 << 15;
const SINC_LENGTH: usize = 512;

pub struct Resampler {
    rate: u32,
    filter: Option<Filter>,
    consumed: u64,
    produced: u64,
}

struct Filter {
    inner: Box<dyn rubato::Resampler<f32>>,
    input: Vec<f32>,
    output: Vec<f32>,
    /// Output samples still to drop: the filter's delay.
    delay: usize,
}

impl Resampler {
    pub fn new(rate: u32) -> Result<Self> {
        let filter = if rate == RATE { None } else { Some(Filter::new(rate)?) };
        Ok(Resampler { rate, filter, consumed: 0, produced: 0 })
    }

    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Appends to `out` what `samples` complete.
    pub fn push(&mut self, mut samples: &[f32], out: &mut Vec<f32>) -> Result<()> {
        self.consumed += samples.len() as u64;
        let start = out.len();
        match &mut self.filter {
            None => out.extend_from_slice(samples),
            Some(filter) => {
                while !samples.is_empty() {
                    let need = filter.inner.input_frames_next();
                    let count = samples.len().min(need.saturating_sub(filter.input.len()));
                    filter.input.extend_from_slice(&samples[..count]);
                    samples = &samples[count..];
                    if filter.input.len() >= need {
                        filter.run(out)?;
                    }
                }
            }
        }
        self.produced += (out.len() - start) as u64;
        Ok(())
    }

    /// Appends the rest. The resampler is used up.
    pub fn finish(mut self, out: &mut Vec<f32>) -> Result<()> {
        let total = expected_length(self.consumed, self.rate);
        let Some(filter) = &mut self.filter else { return Ok(()) };
        while self.produced < total {
            let start = out.len();
            let need = filter.inner.input_frames_next();
            filter.input.resize(need, 0.0);
            filter.run(out)?;
            self.produced += (out.len() - start) as u64;
        }
        out.truncate(out.len() - (self.produced - total) as usize);
        Ok(())
    }
}

/// Length at 16 kHz of `samples` at `rate`.
pub fn expected_length(samples: u64, rate: u32) -> u64 {
    let scaled = u128::from(samples) * u128::from(RATE) + u128::from(rate / 2);
    u64::try_from(scaled / u128::from(rate.max(1))).unwrap_or(u64::MAX)
}

impl Filter {
    fn new(rate: u32) -> Result<Self> {
        let divisor = greatest_common_divisor(rate, RATE);
        let (step_in, step_out) = ((rate / divisor) as usize, (RATE / divisor) as usize);
        // An even number of steps makes the delay, half a block, a whole number of frames on both sides.
        let steps = BLOCK.div_ceil(step_in.min(step_out)).next_multiple_of(2);
        let inner: Box<dyn rubato::Resampler<f32>> = if steps * step_in.max(step_out) <= LARGEST_BLOCK {
            let block = steps * step_in;
            let window = WindowFunction::BlackmanHarris2;
            let (rate, target) = (rate as usize, RATE as usize);
            Box::new(Fft::new_custom(rate, target, block, 1, 1, window, FixedSync::Both).map_err(failed)?)
        } else {
            return Filter::sinc(f64::from(RATE) / f64::from(rate));
        };
        let delay = inner.output_delay();
        Ok(Filter::of(inner, delay))
    }

    /// When downsampling the sinc is counted in input frames, so it grows with the ratio.
    fn sinc(ratio: f64) -> Result<Self> {
        let window = WindowFunction::BlackmanHarris2;
        let shortest = ((SINC_LENGTH as f64 / ratio.min(1.0)) as usize).next_multiple_of(8);
        // Rubato's first output lies one output frame in.
        let delay = |length: usize| length as f64 / 2.0 * ratio - 1.0;
        let off_grid = |length: &usize| (delay(*length) - delay(*length).round()).abs();
        // Only whole frames of delay can be cut, so a length is taken whose delay is nearly whole.
        let length = (0..64).map(|step| shortest + 8 * step).min_by(|a, b| off_grid(a).total_cmp(&off_grid(b)));
        let length = length.unwrap_or(shortest);
        let mut parameters = SincInterpolationParameters::new(length, window);
        // The default is meant for the rate the sinc is counted in, and lets through what lies just above 8 kHz.
        parameters.f_cutoff = Some(calculate_cutoff(SINC_LENGTH, window));
        let inner = Async::new_sinc(ratio, 1.0, &parameters, BLOCK, 1, FixedAsync::Input).map_err(failed)?;
        Ok(Filter::of(Box::new(inner), delay(length).round() as usize))
    }

    fn of(inner: Box<dyn rubato::Resampler<f32>>, delay: usize) -> Self {
        Filter {
            input: Vec::with_capacity(inner.input_frames_max()),
            output: vec![0.0; inner.output_frames_max()],
            delay,
            inner,
        }
    }

    fn run(&mut self, out: &mut Vec<f32>) -> Result<()> {
        let frames = self.inner.output_frames_next();
        if self.output.len() < frames {
            self.output.resize(frames, 0.0);
        }
        let input = InterleavedSlice::new(&self.input[..], 1, self.input.len()).map_err(failed)?;
        let capacity = self.output.len();
        let mut output = InterleavedSlice::new_mut(&mut self.output[..], 1, capacity).map_err(failed)?;
        let (_, made) = self.inner.process_into_buffer(&input, &mut output, None::<&Indexing>).map_err(failed)?;
        self.input.clear();
        let dropped = self.delay.min(made);
        self.delay -= dropped;
        out.extend_from_slice(&self.output[dropped..made]);
        Ok(())
    }
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::new(Code::Internal, format!("resampling failed: {error}"))
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 {
        a
    } else {
        greatest_common_divisor(b, a % b)
    }
}
