//! The low-pass, the alignment and the independence from chunk sizes.

use std::f64::consts::TAU;

use voicelingua_rust::audio::resample::{expected_length, Resampler, RATE};

use crate::support::random::Random;

/// 16 kHz multiples, the usual audio rates, telephony, and rates without a useful common divisor.
const RATES: &[u32] = &[8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 192_000];
const ODD_RATES: &[u32] = &[7999, 11_111, 44_056, 47_999];

fn resample(rate: u32, samples: &[f32], mut chunk: impl FnMut() -> usize) -> Vec<f32> {
    let mut resampler = Resampler::new(rate).unwrap();
    let mut out = Vec::new();
    let mut rest = samples;
    while !rest.is_empty() {
        let (now, later) = rest.split_at(chunk().clamp(1, rest.len()));
        resampler.push(now, &mut out).unwrap();
        rest = later;
    }
    resampler.finish(&mut out).unwrap();
    out
}

fn tone(rate: u32, frequency: f64, length: usize) -> Vec<f32> {
    (0..length).map(|index| (TAU * frequency * index as f64 / f64::from(rate)).sin() as f32).collect()
}

fn decibels(samples: &[f32]) -> f64 {
    let power: f64 = samples.iter().map(|sample| f64::from(*sample).powi(2)).sum();
    10.0 * (power / samples.len() as f64 / 0.5).log10()
}

/// Without the edges, where a tone that begins and ends at once has every frequency.
fn middle(samples: &[f32]) -> &[f32] {
    &samples[samples.len() / 4..samples.len() * 3 / 4]
}

#[test]
fn tones_above_8_khz_are_rejected_by_80_db() {
    for rate in RATES.iter().chain(ODD_RATES).filter(|rate| **rate > RATE) {
        let nyquist = f64::from(*rate) / 2.0;
        let mut frequency = 8010.0;
        while frequency < nyquist.min(24_000.0) {
            let out = resample(*rate, &tone(*rate, frequency, *rate as usize / 2), || 1000);
            let level = decibels(middle(&out));
            assert!(level <= -80.0, "{rate} Hz: {frequency} Hz comes through at {level:.1} dB");
            frequency = if frequency < 8100.0 { frequency + 30.0 } else { frequency * 1.13 };
        }
    }
}

#[test]
fn the_passband_is_flat_and_aligned() {
    for rate in RATES.iter().chain(ODD_RATES) {
        let top = f64::from((*rate).min(RATE)) / 2.0 * 0.9;
        for part in [0.01, 0.1, 0.3, 0.5, 0.7, 0.85, 1.0] {
            let frequency = top * part;
            let out = resample(*rate, &tone(*rate, frequency, *rate as usize / 2), || 777);
            let level = decibels(middle(&out));
            assert!(level.abs() < 0.1, "{rate} Hz: {frequency:.0} Hz has {level:.3} dB");
            let ideal = tone(RATE, frequency, out.len());
            let difference: Vec<f32> = out.iter().zip(&ideal).map(|(a, b)| a - b).collect();
            let error = decibels(middle(&difference));
            // FFT blocks align exactly; the sinc's delay is whole to about a fiftieth of a sample.
            let limit = if ODD_RATES.contains(rate) { -40.0 + 20.0 * part } else { -60.0 };
            assert!(error < limit, "{rate} Hz: {frequency:.0} Hz is off by {error:.1} dB");
        }
    }
}

#[test]
fn the_length_is_the_rounded_ratio() {
    for rate in RATES.iter().chain(ODD_RATES) {
        for length in [1, 2, 7, 441, 1024, 4095, 30_011] {
            let out = resample(*rate, &vec![0.25; length], || 512);
            let ideal = (length as f64 * 16_000.0 / f64::from(*rate)).round();
            assert_eq!(out.len() as u64, expected_length(length as u64, *rate), "{length} at {rate} Hz");
            assert!((out.len() as f64 - ideal).abs() <= 1.0, "{length} at {rate} Hz: {}", out.len());
        }
        assert!(resample(*rate, &[], || 1).is_empty());
    }
}

#[test]
fn chunk_sizes_do_not_change_a_sample() {
    let seed = 7;
    println!("seed {seed}");
    let mut random = Random::new(seed);
    for rate in RATES.iter().chain(ODD_RATES) {
        let noise: Vec<f32> = (0..20_011).map(|_| (random.next() >> 40) as f32 / 8_388_608.0 - 1.0).collect();
        let whole = resample(*rate, &noise, || usize::MAX);
        let ones = resample(*rate, &noise, || 1);
        let odd = resample(*rate, &noise, || 1 + random.below(3000));
        assert!(whole == ones && whole == odd, "{rate} Hz depends on the chunks");
    }
}
