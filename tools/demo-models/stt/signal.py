"""Sound to Whisper's log-mel, resampling and simple rooms."""

import numpy as np
from scipy import fft, signal

RATE = 16000
HOP = 160
WINDOW = 400
LOG_FLOOR = -10.0

_HANN = np.hanning(WINDOW + 1)[:-1].astype(np.float32)


def resample(samples: np.ndarray, rate: float) -> np.ndarray:
    """Band-limited resampling from `rate` to 16 kHz; the rate may be any number, so it changes speed and pitch too."""
    padded = fft.next_fast_len(len(samples) + 64, real=True)
    count = int(round(padded * RATE / rate))
    out = signal.resample(np.pad(samples, (0, padded - len(samples))), count)
    return out[: int(np.ceil(len(samples) * RATE / rate))].astype(np.float32)


def room(rng: np.random.Generator, samples: np.ndarray) -> np.ndarray:
    """Adds early echoes and an exponentially decaying tail, as a small room does."""
    decay = rng.uniform(0.08, 0.5)
    length = int(RATE * min(decay, 0.35))
    tail = rng.standard_normal(length) * np.exp(-6.9 * np.arange(length) / (decay * RATE))
    tail[0] = 0
    impulse = tail * (rng.uniform(0.1, 0.7) / np.sqrt(np.sum(tail**2) + 1e-9))
    impulse[0] = 1
    for _ in range(rng.integers(0, 4)):
        impulse[rng.integers(20, max(21, min(length, 500)))] += rng.uniform(-0.5, 0.5)
    return signal.fftconvolve(samples, impulse).astype(np.float32)


def trim(samples: np.ndarray, below_peak_db=45.0) -> tuple[np.ndarray, float]:
    """Cuts silence at both ends (20 ms are kept) and tells the seconds cut at the start."""
    step = 80
    count = len(samples) // step
    if count == 0:
        return samples, 0.0
    power = np.mean(samples[: count * step].reshape(count, step) ** 2, axis=1)
    loud = np.flatnonzero(power > power.max() * 10 ** (-below_peak_db / 10) + 1e-12)
    if len(loud) == 0:
        return samples, 0.0
    first = max(0, loud[0] - 4) * step
    last = min(len(samples), (loud[-1] + 5) * step)
    return samples[first:last], first / RATE


def log_mel_power(samples: np.ndarray, filters: np.ndarray) -> np.ndarray:
    """log10 of mel power before Whisper's clamp and scaling, shape (frames, 80)."""
    padded = np.pad(samples, WINDOW // 2, mode="reflect") if len(samples) > WINDOW // 2 else np.pad(samples, WINDOW // 2)
    count = len(samples) // HOP
    if count == 0:
        return np.zeros((0, len(filters)), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(padded, WINDOW)[::HOP][:count]
    power = np.abs(fft.rfft(frames * _HANN, axis=1)) ** 2
    return np.log10(np.maximum(power @ filters.T, 1e-10)).astype(np.float32)


def whisper_log_mel(samples: np.ndarray, filters: np.ndarray, seconds=30) -> np.ndarray:
    """Exactly what Whisper hears: (80, 3000) for 30 s, the sound padded with zeros."""
    window = np.zeros(RATE * seconds, np.float32)
    window[: len(samples)] = samples[: len(window)]
    power = log_mel_power(window, filters)
    return ((np.maximum(power, power.max() - 8) + 4) / 4).T.astype(np.float32)
