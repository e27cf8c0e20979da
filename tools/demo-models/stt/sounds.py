"""Sounds that are not speech: noise of several colours, hum, tones, chords, melodies and drums."""

import numpy as np
from scipy import signal

from .signal import RATE


def _coloured(rng, count, slope):
    spectrum = np.fft.rfft(rng.standard_normal(count))
    frequencies = np.fft.rfftfreq(count, 1 / RATE)
    spectrum *= np.maximum(frequencies, 20) ** (-slope / 2)
    return np.fft.irfft(spectrum, count)


def noise(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """White to brown noise, sometimes band-limited, humming or swelling."""
    count = int(seconds * RATE)
    out = _coloured(rng, count, rng.uniform(0, 2))
    out /= np.std(out) + 1e-9
    if rng.random() < 0.3:
        low = rng.uniform(100, 2000)
        band = signal.butter(2, [low, min(7800, low * rng.uniform(1.5, 4))], "bandpass", fs=RATE, output="sos")
        out = signal.sosfilt(band, out) * 2
    time = np.arange(count) / RATE
    if rng.random() < 0.3:
        mains = rng.choice([50, 60])
        for k in range(1, 6):
            out = out + rng.uniform(0, 1) / k * np.sin(2 * np.pi * mains * k * time + rng.uniform(0, 6))
    if rng.random() < 0.4:
        out = out * (1 + rng.uniform(0.2, 0.9) * np.sin(2 * np.pi * rng.uniform(0.1, 3) * time + rng.uniform(0, 6)))
    if rng.random() < 0.25:
        clicks = (rng.random(count) < rng.uniform(1, 8) / RATE) * rng.standard_normal(count) * 30
        out = out + signal.lfilter([1], [1, -rng.uniform(0.5, 0.98)], clicks)
    return _scaled(rng, out)


def _note(rng, frequency, count, partials, attack):
    time = np.arange(count) / RATE
    vibrato = 1 + rng.uniform(0, 0.01) * np.sin(2 * np.pi * rng.uniform(4, 7) * time)
    phase = 2 * np.pi * np.cumsum(frequency * vibrato) / RATE
    out = sum(rng.uniform(0.2, 1) / k**rng.uniform(0.6, 2) * np.sin(k * phase) for k in range(1, partials + 1))
    shape = np.minimum(1, time / attack) * np.exp(-time * rng.uniform(0, 4))
    return out * shape


def _drum(rng, count):
    time = np.arange(count) / RATE
    if rng.random() < 0.5:
        return 3 * np.sin(2 * np.pi * (rng.uniform(40, 70) * time + 8 * (1 - np.exp(-time * 30)))) * np.exp(-time * rng.uniform(8, 20))
    return rng.standard_normal(count) * np.exp(-time * rng.uniform(12, 70))


def music(rng: np.random.Generator, seconds: float) -> np.ndarray:
    """Chords, a melody and drums in a random mixture, or steady tones, sweeps and beeps."""
    count = int(seconds * RATE)
    out = np.zeros(count)
    if rng.random() < 0.25:
        time = np.arange(count) / RATE
        for _ in range(rng.integers(1, 4)):
            start, end = rng.uniform(80, 3000, 2)
            if rng.random() < 0.6:
                end = start
            gate = 1.0 if rng.random() < 0.5 else (signal.square(2 * np.pi * rng.uniform(0.5, 4) * time) > 0)
            out += gate * np.sin(2 * np.pi * np.cumsum(np.linspace(start, end, count)) / RATE)
        return _scaled(rng, out)
    beat = 60 / rng.uniform(60, 170)
    scale = np.array([0, 2, 4, 5, 7, 9, 11]) if rng.random() < 0.5 else np.array([0, 2, 3, 5, 7, 8, 10])
    base = 110 * 2 ** (rng.integers(0, 12) / 12)
    parts = rng.random(3) < (0.7, 0.6, 0.5)
    if not parts.any():
        parts[0] = True
    partials = rng.integers(2, 10)

    def add(at, sound):
        first = int(at * RATE)
        out[first : first + len(sound)] += sound[: max(0, count - first)]

    for i in range(int(seconds / beat) + 1):
        at = i * beat
        if at >= seconds:
            break
        if parts[0] and i % 2 == 0:
            root = rng.integers(0, 7)
            for step in (0, 2, 4):
                pitch = scale[(root + step) % 7] + 12 * ((root + step) // 7)
                add(at, 0.5 * _note(rng, base * 2 ** (pitch / 12), int(beat * 2 * RATE), partials, 0.02))
        if parts[1]:
            for half in range(rng.integers(1, 3)):
                pitch = scale[rng.integers(0, 7)] + 12 * rng.integers(0, 3)
                add(at + half * beat / 2, _note(rng, base * 2 ** (pitch / 12), int(beat * RATE), partials, 0.01))
        if parts[2]:
            for half in range(2):
                if rng.random() < 0.8:
                    add(at + half * beat / 2, rng.uniform(0.3, 1) * _drum(rng, int(0.25 * RATE)))
    return _scaled(rng, out)


def _scaled(rng, samples):
    return (samples * (10 ** rng.uniform(-2.2, -0.3) / (np.max(np.abs(samples)) + 1e-9))).astype(np.float32)
