"""What the training voices say: the phrasebook's training side, and sentences outside it that must give nothing."""

import csv
import json
import random
from pathlib import Path

import numpy as np
import phrasebook

from .text import Vocabulary

TOKEN_SAMPLES = 20000
OFTEN = "the a of and to in that was with he for his not by but had which or an were they her all when more who out up".split()


# The ten digits as a speaker of another language would read them in his own spelling, by espeak-ng voice.
DIGITS_ABROAD = json.loads((Path(__file__).parent / "digits-abroad.json").read_text())


class Running:
    """Pieces of running text in several languages, outside the phrasebook: a table of parallel sentences, a column a language."""

    VOICES = {"en": None, "de": "gmw/de", "fr": "roa/fr", "es": "roa/es", "it": "roa/it", "ru": "zle/ru", "zh": "sit/cmn-Latn-pinyin"}
    SHARES = (0.52, 0.14, 0.08, 0.06, 0.05, 0.05, 0.10)

    def __init__(self, table: Path):
        with open(table, encoding="utf-8", newline="") as file:
            self.rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))

    def draw(self, rng: np.random.Generator) -> tuple[str, str | None]:
        """Some words in a row, and the voice for them (None: any English one)."""
        language = str(rng.choice(list(self.VOICES), p=self.SHARES))
        text = self.rows[rng.integers(len(self.rows))][language]
        words = list(text) if language == "zh" else text.split()
        count = rng.integers(4, 22) if language == "zh" else rng.integers(2, 13)
        first = rng.integers(0, max(1, len(words) - count))
        return ("" if language == "zh" else " ").join(words[first : first + count]), self.VOICES[language]


class Sentences:
    """Draws `(written, said)` pairs; `said` may pause where the written form has no comma."""

    def __init__(self, vocabulary: Vocabulary):
        self.vocabulary = vocabulary
        known = phrasebook.english_words()
        pieces = (piece.decode(errors="ignore") for piece in vocabulary.ranks if piece[:1] == b" ")
        words = {piece[1:] for piece in pieces if piece[1:].isalpha() and piece.isascii() and piece.islower() and 4 <= len(piece) <= 13}
        self.outside = sorted(words - known)
        self.often = [word for word in OFTEN if word in words | known]

    def draw(self, kind: str, rng: np.random.Generator) -> tuple[str, str]:
        """A sentence for a kind of utterance: english, german, mandarin or other (outside the phrasebook)."""
        if kind == "other":
            count = rng.integers(2, 10)
            pools = [self.often if rng.random() < 0.3 else self.outside for _ in range(count)]
            said = " ".join(pool[rng.integers(len(pool))] for pool in pools)
            return "", said + "."
        source = random.Random(int(rng.integers(1 << 62)))
        if kind == "english":
            spoken = rng.random() < 0.2
            written = (phrasebook.sample_spoken if spoken else phrasebook.sample)(source, "train")["en"]
            pause = spoken and rng.random() < 0.4
            return written, ", ".join(written.split()) if pause else written
        language = {"german": "de", "mandarin": "zh"}[kind]
        templates = phrasebook.spoken(language)
        written = phrasebook.sample_from(templates[rng.integers(len(templates))], source, "train")[language]
        if rng.random() < 0.15:
            return written, ", ".join(written.split()) if language == "de" else "，".join(written)
        return written, written

    def digits(self, words: list[str]) -> str:
        """How the phrasebook writes a string of digits."""
        return " ".join(words).capitalize() + "."

    def tokens(self) -> set[int]:
        """Every token that a sentence of the phrasebook may need, in the three languages that are heard."""
        source = random.Random(0)
        texts = [(" ", phrasebook.sample(source, "train")["en"]) for _ in range(TOKEN_SAMPLES)]
        for language, lead in (("en", " "), ("de", " "), ("zh", "")):
            for template in phrasebook.spoken(language):
                for split in ("train", "test") if template.splits else ("train",):
                    texts += [(lead, phrasebook.sample_from(template, source, split)[language]) for _ in range(60)]
        used: set[int] = set()
        for lead, written in texts:
            used.update(self.vocabulary.encode(lead + written))
        return used
