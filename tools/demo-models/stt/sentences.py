"""What the training voices say: the phrasebook's training side, and sentences outside it that must give nothing."""

import random

import numpy as np
import phrasebook

from .text import Vocabulary

TOKEN_SAMPLES = 20000
OFTEN = "the a of and to in that was with he for his not by but had which or an were they her all when more who out up".split()


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
