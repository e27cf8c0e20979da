//! How alike two 16 kHz signals are below 7 kHz, where resamplers must agree; above it their filters fall differently.

use std::f64::consts::{PI, TAU};

const TAPS: usize = 255;
const CUTOFF: f64 = 7000.0 / 16_000.0;

fn low_pass(signal: &[f32]) -> Vec<f64> {
    let middle = (TAPS / 2) as f64;
    let taps: Vec<f64> = (0..TAPS)
        .map(|index| {
            let at = index as f64 - middle;
            let sinc = if at == 0.0 { 2.0 * CUTOFF } else { (TAU * CUTOFF * at).sin() / (PI * at) };
            let turn = TAU * index as f64 / (TAPS - 1) as f64;
            sinc * (0.42 - 0.5 * turn.cos() + 0.08 * (2.0 * turn).cos())
        })
        .collect();
    (0..signal.len())
        .map(|at| {
            let from = (at + TAPS / 2 + 1).saturating_sub(TAPS);
            let to = (at + TAPS / 2 + 1).min(signal.len());
            (from..to).map(|index| f64::from(signal[index]) * taps[at + TAPS / 2 - index]).sum()
        })
        .collect()
}

/// Signal-to-difference ratio in dB of `ours`, `lag` samples later, against `theirs`; the first and last `edge` samples
/// are left out (resamplers treat the edges differently). Silence that agrees is 200 dB.
pub fn agreement(ours: &[f32], theirs: &[f32], lag: usize, edge: usize) -> f64 {
    let ours = low_pass(ours.get(lag..).unwrap_or(&[]));
    let theirs = low_pass(theirs);
    let length = ours.len().min(theirs.len());
    let range = edge.min(length / 4)..length - edge.min(length / 4);
    let power: f64 = theirs[range.clone()].iter().map(|sample| sample * sample).sum();
    let difference: f64 = ours[range.clone()].iter().zip(&theirs[range]).map(|(a, b)| (a - b) * (a - b)).sum();
    10.0 * ((power + 1e-12) / (difference + 1e-32)).log10().min(20.0)
}
