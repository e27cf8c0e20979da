//! Channels to one. The weights are those of `ffmpeg -ac 1` with its integer normalisation: front left and right 0.707,
//! centre 1, surround 0.5, LFE 0, divided by their sum, so that a mix never clips (stereo: 0.5 and 0.5).

use std::f32::consts::FRAC_1_SQRT_2;

use symphonia::core::audio::conv::FromSample;
use symphonia::core::audio::sample::Sample;
use symphonia::core::audio::{Audio, AudioBuffer, Channels, GenericAudioBufferRef, Position};

/// A sample this far out of -1..1 is damage, and would drown its neighbours in the resampler.
const ABSURD: f32 = 1e6;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Selection {
    Mix,
    Channel(usize),
}

/// Weights of each channel. `labelled` is false where the file does not say what its channels are (a WAV without a
/// channel mask): all count alike then, since dropping a guessed LFE could drop a speaker's own microphone.
pub fn weights(channels: &Channels, labelled: bool) -> Vec<f32> {
    let count = channels.count();
    let even = || vec![1.0 / count as f32; count];
    let Channels::Positioned(positions) = channels else {
        return even();
    };
    if count == 1 || (count > 2 && !labelled) {
        return even();
    }
    let mut weights: Vec<f32> = positions.iter().map(weight).collect();
    let sum: f32 = weights.iter().sum();
    if weights.len() != count || sum <= 0.0 {
        return even();
    }
    weights.iter_mut().for_each(|weight| *weight /= sum);
    weights
}

fn weight(position: Position) -> f32 {
    match position {
        Position::FRONT_CENTER => 1.0,
        Position::FRONT_LEFT
        | Position::FRONT_RIGHT
        | Position::FRONT_LEFT_CENTER
        | Position::FRONT_RIGHT_CENTER
        | Position::FRONT_LEFT_WIDE
        | Position::FRONT_RIGHT_WIDE => FRAC_1_SQRT_2,
        Position::REAR_LEFT
        | Position::REAR_RIGHT
        | Position::REAR_CENTER
        | Position::SIDE_LEFT
        | Position::SIDE_RIGHT => 0.5,
        _ => 0.0,
    }
}

/// Appends the weighted sum of the channels; gives how many samples were not finite (or absurd) and became 0.
pub fn mix(buffer: &GenericAudioBufferRef<'_>, weights: &[f32], out: &mut Vec<f32>) -> usize {
    let start = out.len();
    out.resize(start + buffer.frames(), 0.0);
    let out = &mut out[start..];
    macro_rules! add {
        ($($variant:ident),*) => {
            match buffer {
                $(GenericAudioBufferRef::$variant(typed) => add_planes(typed, weights, out),)*
            }
        };
    }
    add!(U8, U16, U24, U32, S8, S16, S24, S32, F32, F64);
    let mut bad = 0;
    // Branch-free first, as almost no file has any.
    let is_bad = |sample: f32| sample.is_nan() || sample.abs() > ABSURD;
    if out.iter().any(|sample| is_bad(*sample)) {
        for sample in out.iter_mut().filter(|sample| is_bad(**sample)) {
            *sample = 0.0;
            bad += 1;
        }
    }
    bad
}

fn add_planes<S: Sample>(buffer: &AudioBuffer<S>, weights: &[f32], out: &mut [f32])
where
    f32: FromSample<S>,
{
    match (weights, buffer.plane(0), buffer.plane(1)) {
        ([left, right], Some(first), Some(second)) => {
            for ((out, first), second) in out.iter_mut().zip(first).zip(second) {
                *out = left * f32::from_sample(*first) + right * f32::from_sample(*second);
            }
        }
        _ => {
            for (channel, weight) in weights.iter().enumerate().filter(|(_, weight)| **weight != 0.0) {
                for (out, sample) in out.iter_mut().zip(buffer.plane(channel).unwrap_or(&[])) {
                    *out += weight * f32::from_sample(*sample);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use symphonia::core::audio::layouts::*;

    #[test]
    fn weights_are_those_of_ffmpeg() {
        assert_eq!(weights(&CHANNEL_LAYOUT_MONO, true), [1.0]);
        assert_eq!(weights(&CHANNEL_LAYOUT_STEREO, true), [0.5, 0.5]);
        let sum = 2.0 * FRAC_1_SQRT_2 + 1.0 + 2.0 * 0.5;
        let five_one = [FRAC_1_SQRT_2, FRAC_1_SQRT_2, 1.0, 0.0, 0.5, 0.5].map(|weight| weight / sum);
        assert_eq!(weights(&CHANNEL_LAYOUT_5P1, true), five_one);
        assert_eq!(weights(&CHANNEL_LAYOUT_5P1_SIDE, true), five_one);
        assert_eq!(weights(&CHANNEL_LAYOUT_5P1, false), [1.0 / 6.0; 6]);
        assert_eq!(weights(&Channels::Discrete(4), true), [0.25; 4]);
        assert_eq!(weights(&Channels::Positioned(Position::LFE1), true), [1.0]);
    }
}
