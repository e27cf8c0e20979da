"""Puts cached utterances together into training clips: several sentences, gaps, noise, warps, prompts and timestamps."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from . import text
from .corpus import DIGITS
from .model import AUDIO_POSITIONS, SILENCE_POSITIONS
from .signal import LOG_FLOOR

HAND_OFF_SECONDS = 8.0
MAX_INITIAL_SECONDS = 1.0
TIMESTAMP_WEIGHT = 0.2
LANGUAGE_WEIGHT = 0.3
NO_SPEECH_SHARE = 0.8
UNPLACED = -100.0
MAX_PHONEMES = 250
SEQUENCES = ("tokens", "targets", "alternatives", "alternative_shares", "weights", "centres")
BATCH = ("mel", "phonemes", "silence", "padding_keys", *SEQUENCES)
MELS = 80


@dataclass(frozen=True)
class Shape:
    """Audio positions (20 ms each), clips and tokens of one batch, and how often it comes."""

    positions: int
    clips: int
    tokens: int
    share: float


SHAPES = (
    Shape(96, 32, 40, 0.13),
    Shape(160, 22, 56, 0.19),
    Shape(256, 14, 72, 0.22),
    Shape(448, 8, 104, 0.25),
    Shape(800, 4, 120, 0.15),
    Shape(AUDIO_POSITIONS, 2, 120, 0.04),
    Shape(160, 10, 288, 0.01),
)


def mel_warps(rng_size=41, low=0.84, high=1.19) -> np.ndarray:
    """Matrices that stretch the frequency axis, as a shorter or longer vocal tract does; shape (n, 80, 80)."""
    hertz = np.linspace(0, 8000, 4001)
    mel_of = np.where(hertz < 1000, hertz * 3 / 200, 15 + 27 * np.log(np.maximum(hertz, 1) / 1000) / np.log(6.4))
    centres = np.interp(np.linspace(0, mel_of[-1], MELS + 2)[1:-1], mel_of, hertz)
    matrices = []
    for factor in np.linspace(low, high, rng_size):
        knee = 6400 / max(factor, 1)
        warped = np.where(centres < knee, centres * factor, factor * knee + (centres - knee) * (8000 - factor * knee) / (8000 - knee))
        at = np.clip(np.interp(warped, centres, np.arange(MELS)), 0, MELS - 1.001)
        matrix = np.zeros((MELS, MELS), np.float32)
        matrix[np.arange(MELS), at.astype(int)] = 1 - at % 1
        matrix[np.arange(MELS), at.astype(int) + 1] = at % 1
        matrices.append(matrix)
    return np.stack(matrices)


class Store:
    """All utterances written so far, by kind and sorted by length."""

    def __init__(self, folder: Path, subset: text.Subset):
        self.folder, self.subset = folder, subset
        self.seen: set[str] = set()
        self.phonemes: dict[str, int] = {}
        self.kinds: dict[str, list] = {}
        self.lengths: dict[str, np.ndarray] = {}

    def refresh(self) -> int:
        """Loads parts that have appeared since; returns the number of utterances known."""
        fresh = [p for p in sorted(self.folder.glob("*.json")) if p.name not in self.seen]
        for path in fresh:
            self.seen.add(path.name)
            rows = json.loads(path.read_text())
            frames = np.load(path.with_suffix(".npy"))
            at = 0
            for row in rows:
                row["mel"] = frames[at : at + row["frames"]]
                at += row["frames"]
                row["sounds"] = self._labels(row)
                row["tokens"] = [self.subset.of[t] for t in row["tokens"] if t in self.subset.of]
                self.kinds.setdefault(row["kind"], []).append(row)
        if fresh:
            kinds = {kind: sorted(rows, key=lambda row: row["frames"]) for kind, rows in self.kinds.items()}
            self.lengths = {kind: np.array([row["frames"] for row in rows]) for kind, rows in kinds.items()}
            self.kinds = kinds
            self.digits = {}
            for kind in ("digit", "spoken-digit"):
                for row in kinds.get(kind, []):
                    self.digits.setdefault(kind, {}).setdefault(row["voice"], []).append(row)
        return sum(len(rows) for rows in self.kinds.values())

    def _labels(self, row) -> np.ndarray:
        count = (row["frames"] + 1) // 2
        if not row["phonemes"]:
            return np.full(count, -1, np.int16)
        labels = np.zeros(count, np.int16)
        for at, name in row["phonemes"]:
            if name.startswith("("):
                continue
            index = 0
            if name:
                index = self.phonemes.setdefault(name, min(len(self.phonemes) + 1, MAX_PHONEMES - 1))
            labels[max(0, at) :] = index
        return labels

    def draw(self, rng, kind: str, shortest: float, longest: float):
        """A random utterance of a kind whose length lies between two numbers of frames, or None."""
        lengths = self.lengths.get(kind)
        if lengths is None:
            return None
        low, high = np.searchsorted(lengths, [shortest, longest])
        return self.kinds[kind][rng.integers(low, high)] if high > low else None


class Batches:
    """An endless source of batches of the given shapes."""

    def __init__(self, store: Store, sentences, vocabulary: text.Vocabulary, seed: int):
        self.store, self.sentences, self.vocabulary = store, sentences, vocabulary
        self.rng = np.random.default_rng(seed)
        self.warps = mel_warps()
        of = store.subset.of
        self.widths = [len(vocabulary.pieces.get(int(token), b"")) for token in store.subset.ids]
        self.eot, self.sot, self.transcribe = of[text.EOT], of[text.SOT], of[text.TRANSCRIBE]
        self.previous, self.no_speech, self.no_timestamps = of[text.SOT_PREV], of[text.NO_SPEECH], of[text.NO_TIMESTAMPS]
        self.first_timestamp = of[text.FIRST_TIMESTAMP]
        self.languages = {language: of[text.language_token(language)] for language in text.SPOKEN_LANGUAGES}

    def next(self, shape: Shape) -> dict:
        rng = self.rng
        frames = 2 * shape.positions + (0 if shape.positions == AUDIO_POSITIONS else 8)
        mel = np.empty((shape.clips, frames, MELS), np.float32)
        sounds = np.zeros((shape.clips, shape.positions), np.int32)
        rows = []
        for i in range(shape.clips):
            clip, labels, spoken, language = self._clip(shape)
            mel[i, : len(clip)] = clip
            mel[i, len(clip) :] = clip[-1]
            sounds[i] = labels
            rows.append(self._sequence(shape, spoken, language))
        silence = np.zeros(0, np.int32)
        if shape.positions < AUDIO_POSITIONS:
            edges = np.linspace(shape.positions, AUDIO_POSITIONS, SILENCE_POSITIONS + 1)
            silence = rng.uniform(edges[:-1], edges[1:]).astype(np.int32)
        batch = {name: np.stack([row[k] for row in rows]) for k, name in enumerate(SEQUENCES)}
        padding = np.where(rng.random(shape.clips) < 0.66, 36.0, 0.0).astype(np.float32)
        return {"mel": mel, "phonemes": sounds, "silence": silence, "padding_keys": padding, **batch}

    def _utterances(self, shape: Shape, room: int):
        """Kind of clip and its utterances, each a list of rows that are said as one sentence."""
        rng, draw = self.rng, self.store.draw
        # short clips hold most of what is short: digits, greetings and other languages
        short = shape.positions <= 160
        kind = rng.choice(
            ["english", "german", "mandarin", "digit", "other", "sound", "silence"],
            p=[0.49, 0.09, 0.07, 0.18, 0.13, 0.03, 0.01] if short else [0.72, 0.04, 0.03, 0.05, 0.12, 0.03, 0.01],
        )
        if kind == "digit" and self.store.digits:
            return kind, self._digits(room)
        if kind == "other":
            row = draw(rng, "other", room * 0.2, room) or draw(rng, "other", 0, room)
            return (kind, [[row]]) if row else ("silence", [])
        if kind in ("sound", "silence"):
            return kind, []
        if kind not in self.store.lengths:
            kind = "english"
        chosen, left = [], room
        while left > 40:
            # a computed position should hold speech: padding costs as much and teaches little
            least = left * 0.6 if not chosen and shape.positions <= 256 and rng.random() < 0.75 else 0
            row = draw(rng, kind, least, left * 0.9) or draw(rng, kind, 0, left * 0.9)
            if row is None:
                break
            chosen.append([row])
            left -= row["frames"] * 1.13 + 30
            if rng.random() < (0.2 if shape.positions <= 256 else 0.06):
                break
        return kind, chosen

    def _digits(self, room):
        rng = self.rng
        chosen, left = [], room
        # few people said digits for the training: made-up speakers keep the model from learning those few by heart
        source = "digit" if rng.random() < 0.55 else "spoken-digit"
        voices = self.store.digits.get(source) or next(iter(self.store.digits.values()))
        rows = voices[list(voices)[rng.integers(len(voices))]]
        while left > 60:
            group = []
            for _ in range(rng.choice([1, 2, 3, 4, 5], p=[0.5, 0.15, 0.15, 0.12, 0.08])):
                row = rows[rng.integers(len(rows))]
                if row["frames"] * 1.13 + 12 > left:
                    break
                group.append(row)
                left -= row["frames"] * 1.13 + 12
            if not group:
                break
            chosen.append(group)
            left -= 30
            if rng.random() < 0.5:
                break
        return chosen

    def _warped(self, row, tempo, warp, tilt):
        """Frames of an utterance at another tempo, vocal tract and tone, and its phoneme labels."""
        source = row["mel"].astype(np.float32)
        count = max(4, int(len(source) / tempo))
        at = np.linspace(0, len(source) - 1.001, count)
        low = at.astype(np.int32)
        part = (at - low).astype(np.float32)[:, None]
        frames = (source[low] * (1 - part) + source[np.minimum(low + 1, len(source) - 1)] * part) @ warp.T + tilt
        labels = row["sounds"][np.minimum((np.arange((count + 1) // 2) * 2 * tempo / 2).astype(np.int32), len(row["sounds"]) - 1)]
        return frames, labels

    def _clip(self, shape: Shape):
        """Log-mel frames, phoneme labels, `(tokens, start, end)` of the sentences in seconds and the language."""
        rng = self.rng
        frames = 2 * shape.positions
        canvas = np.full((frames, MELS), LOG_FLOOR, np.float32)
        labels = np.zeros(shape.positions, np.int32)
        lead = rng.uniform(0, 0.35)
        if rng.random() < 0.15:
            lead = rng.uniform(0, min(4.0, frames / 100 * 0.4))
        if rng.random() < 0.15:
            lead = 0
        at = int(lead * 100)
        kind, groups = self._utterances(shape, frames - at - 4)
        tempo = rng.uniform(0.88, 1.13)
        if kind == "digit" or (kind == "other" and rng.random() < 0.5):
            warp = self.warps[rng.integers(len(self.warps))]
        else:
            warp = self.warps[rng.integers(8, 29)] if rng.random() < 0.4 else np.eye(MELS, dtype=np.float32)
        tilt = self._tone(2.0 if kind == "digit" else 1.0)
        spoken, end = [], at
        for group in groups:
            start = at
            for row in group:
                sound, names = self._warped(row, tempo, warp, tilt + rng.uniform(-0.2, 0.2))
                sound, names = sound[: frames - at], names[: shape.positions - at // 2]
                canvas[at : at + len(sound)] = np.maximum(canvas[at : at + len(sound)], sound)
                labels[at // 2 : at // 2 + len(names)] = names
                at += len(sound)
                end = at
                at = min(frames, at + rng.integers(0, 12))
            tokens = self._digit_tokens(group) if kind == "digit" else group[0]["tokens"]
            if kind != "other":
                spoken.append((tokens, start / 100, end / 100))
            longest = 60 if rng.random() < 0.85 else 400
            at = min(frames - 1, end + rng.integers(8, longest))
        if not groups:
            end = rng.integers(20, frames)
        stop = min(frames, end + rng.integers(2, 100))
        if frames == 2 * AUDIO_POSITIONS and rng.random() < 0.7:
            stop = frames
        level = np.log10(np.mean(10 ** canvas[:stop].max(axis=1)) + 1e-10) if groups else 0.5
        if rng.random() < 0.2:
            canvas[:, rng.integers(50, 58) :] -= rng.uniform(3, 7)
        if kind == "sound" or (kind != "silence" and rng.random() < 0.65):
            self._add_noise(canvas[:stop], level, kind)
        elif kind == "silence" and rng.random() < 0.6:
            canvas[:stop] = rng.uniform(-8, -3) + 0.5 * rng.standard_normal((stop, MELS))
        canvas[:stop] += rng.uniform(-1.5, 0.8)
        np.maximum(canvas, LOG_FLOOR, out=canvas)
        top = canvas.max() + (rng.uniform(0, 1.2) if rng.random() < 0.2 else 0)
        np.maximum(canvas, top - 8, out=canvas)
        floor = (max(LOG_FLOOR, top - 8) + 4) / 4
        canvas = (canvas + 4) / 4
        if groups and rng.random() < 0.5:
            self._mask(canvas[:stop])
        if shape.positions < AUDIO_POSITIONS:
            canvas = np.concatenate([canvas, np.full((8, MELS), floor, np.float32)])
        language = groups[0][0]["language"] if groups and kind != "other" else None
        return canvas, labels, spoken, language

    def _tone(self, strength=1.0):
        """A smooth random equaliser curve in log10 power."""
        knots = self.rng.normal(0, 0.15 * strength, 6)
        return np.interp(np.linspace(0, 5, MELS), np.arange(6), knots).astype(np.float32)

    def _add_noise(self, canvas, level, kind):
        rng = self.rng
        name = "music" if rng.random() < (0.6 if kind == "sound" else 0.15) else "noise"
        row = self.store.draw(rng, name, 0, 1 << 30)
        if row is None:
            return
        source = row["mel"]
        first = rng.integers(0, len(source))
        picked = source[(first + np.arange(len(canvas))) % len(source)].astype(np.float32)
        loudness = np.log10(np.mean(10 ** picked.max(axis=1)) + 1e-10)
        ratio = rng.uniform(-2, 3) if kind == "sound" else rng.uniform(0.7, 3.6)
        picked += level - loudness - ratio + 0.5 * self._tone()
        canvas[:] = np.logaddexp(canvas * np.float32(2.302585), picked * np.float32(2.302585)) / np.float32(2.302585)

    def _mask(self, canvas):
        rng = self.rng
        fill = canvas.mean()
        for _ in range(rng.integers(0, 2)):
            low = rng.integers(0, MELS - 8)
            canvas[:, low : low + rng.integers(1, 9)] = fill
        for _ in range(rng.integers(0, 1 + len(canvas) // 250)):
            first = rng.integers(0, len(canvas))
            canvas[first : first + rng.integers(1, 9)] = fill

    def _digit_tokens(self, group):
        written = self.sentences.digits([DIGITS[row["digit"]] for row in group])
        return [self.store.subset.of[t] for t in self.vocabulary.encode(" " + written)]

    def _stamp(self, seconds):
        return self.first_timestamp + int(np.clip(round(seconds * 10), 0, 300))

    def _content(self, spoken, stamps: bool):
        """Tokens after the prompt, up to and including the end token, and about when each is said."""
        out, centres, last = [], [], 0
        for i, (tokens, start, end) in enumerate(spoken):
            widths = np.array([self.widths[token] for token in tokens], np.float32)
            times = start + (end - start) * (np.cumsum(widths) - widths / 2) / max(widths.sum(), 1)
            if stamps:
                gap_before = start - (spoken[i - 1][2] if i else 0)
                gap_after = spoken[i + 1][1] - end if i + 1 < len(spoken) else 0.2
                begin = max(last, start - min(0.15, gap_before / 2))
                if i == 0:
                    begin = min(begin, MAX_INITIAL_SECONDS)
                last = max(begin + 0.1, end + min(0.1, gap_after / 2))
                out.append(self._stamp(begin))
                centres.append(start)
                if i and start >= HAND_OFF_SECONDS:
                    break
                out += [*tokens, self._stamp(last)]
                centres += [*times, end]
            else:
                out += tokens
                centres += [*times]
        if not spoken and stamps:
            out.append(self.first_timestamp)
            centres.append(UNPLACED)
        return out + [self.eot], centres + [UNPLACED]

    def _prompt(self, budget):
        """Earlier text with its timestamps, as engines hand it on from window to window."""
        rng, out, at = self.rng, [], 0.0
        while len(out) < budget:
            row = self.store.draw(rng, "english", 0, 1 << 30)
            if row is None:
                break
            end = at + row["frames"] / 100
            out += [self._stamp(at % 30), *row["tokens"], self._stamp(end % 30)]
            at = end + rng.uniform(0.1, 1)
            if len(out) > 20 and rng.random() < 0.4 and budget < 150:
                break
        return [self.previous, *out[-(budget - 1) :]]

    def _sequence(self, shape: Shape, spoken, language):
        rng = self.rng
        stamps = shape.positions > 448 or rng.random() > 0.12
        named = language or rng.choice(text.SPOKEN_LANGUAGES)
        start = [self.sot, self.languages[str(named)], self.transcribe] + ([] if stamps else [self.no_timestamps])
        content, times = self._content(spoken, stamps)
        left = shape.tokens - len(start) - len(content)
        prompt = []
        if left > 12 and rng.random() < (0.9 if shape.tokens > 200 else 0.15):
            prompt = self._prompt(int(rng.integers(10, min(left, 224))))
        row = (prompt + start + content)[: shape.tokens + 1]
        first = len(prompt) + len(start)
        count = len(row) - 1
        centres = np.full(shape.tokens, UNPLACED, np.float32)
        centres[first - 1 : count] = np.array(times[: count - first + 1]) * 50
        tokens = np.full(shape.tokens, self.eot, np.int32)
        targets = np.full(shape.tokens, self.eot, np.int32)
        weights = np.zeros(shape.tokens, np.float32)
        alternatives = np.zeros(shape.tokens, np.int32)
        shares = np.zeros(shape.tokens, np.float32)
        tokens[:count], targets[:count] = row[:-1], row[1:]
        weights[first - 1 : count] = np.where(targets[first - 1 : count] >= self.first_timestamp, TIMESTAMP_WEIGHT, 1.0)
        # after a sentence's end, "another begins" must weigh as much as "nothing more comes", or the model stops too early
        follows = (tokens[first:count] >= self.first_timestamp) & (targets[first:count] >= self.first_timestamp)
        weights[first:count][follows] = 1.0
        weights[len(prompt)] = LANGUAGE_WEIGHT
        if language is None:
            targets[len(prompt)] = self.no_speech
            alternatives[first - 1], shares[first - 1], weights[first - 1] = self.no_speech, NO_SPEECH_SHARE, 1.0
        return tokens, targets, alternatives, shares, weights, centres
