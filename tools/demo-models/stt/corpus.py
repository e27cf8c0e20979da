"""Writes training utterances as log-mel parts into a cache: `python -m stt.corpus --kind english --count 4000 --out DIR`.

A part is `KIND-SEED-N.npy`, the frames of all its utterances one after the other, and `KIND-SEED-N.json`, one row for each.
"""

import argparse
import json
import os
import subprocess
import wave
from pathlib import Path

import numpy as np

from . import sounds, voices
from .espeak import Espeak
from .sentences import DIGITS_ABROAD, Running, Sentences
from .signal import RATE, log_mel_power, resample, room, trim
from .text import Vocabulary, mel_filters

DIGITS = "zero one two three four five six seven eight nine".split()
PART_SIZE = 400
# how often a speaker made at random speaks instead of one of espeak-ng's own variants
RANDOM_SPEAKERS = 0.6


def read_wav(path: Path) -> tuple[np.ndarray, int]:
    """Mono samples in -1..1 and the rate of a 16-bit wav."""
    with wave.open(str(path)) as file:
        samples = np.frombuffer(file.readframes(file.getnframes()), np.int16).astype(np.float32) / 32768
        return samples.reshape(-1, file.getnchannels()).mean(axis=1), file.getframerate()


class Writer:
    """Collects utterances and writes them part by part; a part appears whole or not at all."""

    def __init__(self, out: Path, name: str):
        self.out, self.name, self.index = out, name, 0
        self.frames, self.rows = [], []

    def add(self, mel: np.ndarray, **row):
        if len(mel) < 10 or len(mel) > 1200:
            return
        self.frames.append(mel.astype(np.float16))
        self.rows.append({"frames": len(mel), **row})
        if len(self.rows) >= PART_SIZE:
            self.flush()

    def flush(self):
        if not self.rows:
            return
        stem = self.out / f"{self.name}-{self.index:03d}"
        np.save(stem.with_suffix(".npy"), np.concatenate(self.frames))
        draft = stem.with_suffix(".tmp")
        draft.write_text(json.dumps(self.rows))
        os.replace(draft, stem.with_suffix(".json"))
        self.frames, self.rows, self.index = [], [], self.index + 1


class Speaker:
    """Says sentences in random voices and turns them into log-mel frames."""

    def __init__(self, rng: np.random.Generator, filters: np.ndarray, folder: Path):
        """`folder` is for the data of the random speakers."""
        self.rng, self.filters = rng, filters
        self.speakers = voices.Speakers(Espeak().data_folder(), folder)
        self.espeak = Espeak(folder)

    def voice(self, base: str, accent=False) -> str:
        """A base voice as a random speaker or in one of espeak-ng's own variants."""
        rng = self.rng
        if rng.random() < RANDOM_SPEAKERS:
            return voices.with_variant(base, self.speakers.next(rng, accent))
        return voices.with_variant(base, voices.VARIANTS[rng.integers(len(voices.VARIANTS))])

    def english(self) -> str:
        return self.voice(str(self.rng.choice(voices.ENGLISH, p=voices.ENGLISH_WEIGHTS)), accent=True)

    def say(self, text: str, voice: str):
        rng = self.rng
        speech = self.espeak.speak(
            text,
            voice,
            rate=np.clip(rng.normal(165, 32), 100, 270),
            pitch=rng.integers(15, 90),
            pitch_range=rng.integers(15, 90),
            word_gap=0 if rng.random() < 0.6 else rng.integers(1, 7),
        )
        factor = rng.uniform(0.9, 1.12)
        samples = resample(speech.samples, speech.rate * factor)
        samples, cut = trim(samples)
        if rng.random() < 0.35:
            samples = room(rng, samples)
        samples = samples * (0.3 / (np.max(np.abs(samples)) + 1e-6))
        phonemes = [(round((at / factor - cut) / 0.02), name) for at, name in speech.phonemes]
        return log_mel_power(samples, self.filters), phonemes


def make_speech(kind: str, speaker: Speaker, sentences: Sentences, vocabulary: Vocabulary, writer: Writer, count: int):
    rng = speaker.rng
    languages = {"english": "en", "german": "de", "mandarin": "zh", "other": "en"}
    for _ in range(count):
        if kind in ("german", "mandarin"):
            voice = speaker.voice({"german": voices.GERMAN, "mandarin": voices.MANDARIN}[kind])
        elif kind == "other" and rng.random() < 0.45:
            voice = speaker.voice(voices.FOREIGN[rng.integers(len(voices.FOREIGN))])
        else:
            voice = speaker.english()
        written, said = sentences.draw(kind, rng)
        mel, phonemes = speaker.say(said, voice)
        lead = "" if kind == "mandarin" else " "
        tokens = [] if kind == "other" else vocabulary.encode(lead + written)
        writer.add(mel, kind=kind, language=languages[kind], voice=voice, tokens=tokens, phonemes=phonemes)


def make_running(speaker: Speaker, running: Running, writer: Writer, count: int):
    """Running text in several languages, which the model must not answer with a phrase."""
    for _ in range(count):
        said, voice = running.draw(speaker.rng)
        voice = speaker.english() if voice is None else speaker.voice(voice)
        mel, phonemes = speaker.say(said, voice)
        writer.add(mel, kind="other", language="en", voice=voice, tokens=[], phonemes=phonemes)


def make_spoken_digits(speaker: Speaker, writer: Writer, count: int):
    """Single digits in turn, each ten by one voice: English ones, and those of other languages reading English digits."""
    rng, voice, said = speaker.rng, "", DIGITS
    for i in range(count):
        if i % 10 == 0:
            abroad = rng.random() < 0.5
            base = str(rng.choice(list(DIGITS_ABROAD))) if abroad else ""
            voice = speaker.voice(base) if abroad else speaker.english()
            said = DIGITS_ABROAD[base] if abroad else DIGITS
        mel, _ = speaker.say(said[i % 10], voice)
        writer.add(mel, kind="spoken-digit", language="en", voice=f"{voice} {i // 10}", digit=i % 10, tokens=[], phonemes=[])


def make_human_digits(folder: Path, rng: np.random.Generator, filters: np.ndarray, writer: Writer, count: int):
    """Isolated digits by the training speakers, each at many speeds and in many rooms; batches join them into sequences."""
    paths = [p for p in sorted(folder.glob("*.wav")) if p.stem.split("_")[1] not in voices.HELD_OUT["fsdd_speakers"]]
    for i in range(count):
        path = paths[i % len(paths)]
        samples, rate = read_wav(path)
        samples, _ = trim(resample(samples, rate * rng.uniform(0.78, 1.28)), 35)
        if rng.random() < 0.3:
            samples = room(rng, samples)
        samples = samples * (0.3 / (np.max(np.abs(samples)) + 1e-6))
        digit, speaker, _ = path.stem.split("_")
        writer.add(log_mel_power(samples, filters), kind="digit", language="en", voice=speaker, digit=int(digit), tokens=[], phonemes=[])


def human_other(folder: Path) -> tuple[list[Path], list[Path]]:
    """Recordings outside the phrasebook: those to train on and those to measure with."""
    train = sorted((folder / "ljspeech").iterdir()) + sorted((folder / "librispeech").iterdir())
    train += [folder / "OSR_us_000_0034_8k.wav", *sorted(folder.glob("speechbrain_spk1*"))]
    fleurs = sorted((folder / "fleurs").glob("*.ogg"))
    train += fleurs[::2]
    test = [*fleurs[1::2], folder / "jfk.wav", folder / "speechbrain_spk2_snt2.wav", folder / "pisets_en.wav"]
    test += sorted((folder / "picovoice").glob("*.wav"))
    return train, test


def decode(path: Path) -> np.ndarray:
    """Any recording as 16 kHz mono, through ffmpeg."""
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-ac", "1", "-ar", str(RATE), "-f", "f32le", "-"]
    return np.frombuffer(subprocess.run(command, check=True, capture_output=True).stdout, np.float32)


def make_human_other(folder: Path, rng: np.random.Generator, filters: np.ndarray, writer: Writer, count: int):
    """Pieces of human speech outside the phrasebook, which the model must not answer with a phrase."""
    loaded = [decode(path) for path in human_other(folder)[0]]
    for _ in range(count):
        samples = loaded[rng.integers(len(loaded))]
        length = int(RATE * rng.uniform(1.5, 6))
        first = rng.integers(0, max(1, len(samples) - length))
        samples = resample(samples[first : first + length], RATE * rng.uniform(0.85, 1.18))
        samples = samples * (0.3 / (np.max(np.abs(samples)) + 1e-6))
        writer.add(log_mel_power(samples, filters), kind="other", language="en", voice="human", tokens=[], phonemes=[])


def make_sounds(kind: str, rng: np.random.Generator, filters: np.ndarray, writer: Writer, count: int):
    for _ in range(count):
        samples = getattr(sounds, kind)(rng, rng.uniform(4, 11))
        writer.add(log_mel_power(samples, filters), kind=kind, language="en", voice="", tokens=[], phonemes=[])


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    kinds = ["english", "german", "mandarin", "other", "digit", "human-other", "noise", "music", "running", "spoken-digit"]
    parser.add_argument("--kind", choices=kinds, required=True)
    parser.add_argument("--count", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--cache", type=Path, default=Path.home() / ".cache" / "voicelingua" / "demo-stt")
    parser.add_argument("--speech", type=Path, help="folder with human recordings (digits in fsdd/)")
    parser.add_argument("--text", type=Path, help="table of parallel sentences for the kind running")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng([options.seed, kinds.index(options.kind)])
    filters = mel_filters(options.cache)
    writer = Writer(options.out, f"{options.kind}-{options.seed}")
    if options.kind == "digit":
        make_human_digits(options.speech / "fsdd", rng, filters, writer, options.count)
    elif options.kind == "human-other":
        make_human_other(options.speech, rng, filters, writer, options.count)
    elif options.kind in ("noise", "music"):
        make_sounds(options.kind, rng, filters, writer, options.count)
    else:
        speaker = Speaker(rng, filters, options.cache / f"speakers-{options.kind}-{options.seed}")
        if options.kind == "running":
            make_running(speaker, Running(options.text), writer, options.count)
        elif options.kind == "spoken-digit":
            make_spoken_digits(speaker, writer, options.count)
        else:
            vocabulary = Vocabulary(options.cache)
            make_speech(options.kind, speaker, Sentences(vocabulary), vocabulary, writer, options.count)
    writer.flush()


if __name__ == "__main__":
    main()
