"""Who speaks in training: espeak-ng's own voices, and speakers with accents of their own made at random.

The voices that must stay unheard are in heldout.json.
"""

import json
import os
from pathlib import Path

import numpy as np

HELD_OUT = json.loads((Path(__file__).parent / "heldout.json").read_text())

ENGLISH = ["gmw/en-US", "gmw/en", "gmw/en-GB-x-rp", "gmw/en-029", "gmw/en-GB-x-gbclan", "gmw/en-GB-x-gbcwmd", "gmw/en-US-nyc"]
ENGLISH_WEIGHTS = [0.24, 0.2, 0.14, 0.09, 0.11, 0.1, 0.12]
GERMAN = "gmw/de"
MANDARIN = "sit/cmn-Latn-pinyin"
FOREIGN = ["roa/fr", "roa/es", "roa/it", "roa/pt-BR", "zle/ru", "zlw/pl", "gmw/nl", "gmq/sv", "trk/tr", "urj/fi", "inc/hi", "gmw/de"]

_ALL_VARIANTS = (
    "Alex Alicia Andrea Andy Annie AnxiousAndy Denis Diogo Gene Gene2 Henrique Hugo Jacky Lee Marco Mario Michael Mike "
    "Mr_serious Nguyen RicishayMax RicishayMax2 RicishayMax3 Storm adam anika antonio aunty belinda benjamin boris caleb croak "
    "david ed edward edward2 f1 f2 f3 f4 f5 grandma grandpa gustave iven iven2 iven3 iven4 john kaukovalta klatt klatt2 klatt3 "
    "klatt4 klatt5 linda m1 m2 m3 m4 m5 m6 m7 m8 marcelo max michel miguel norbert pablo paul pedro quincy rob robert sandro "
    "shelby steph steph2 steph3 travis victor whisper whisperf zac"
)
VARIANTS = [""] + [v.replace("_", " ") for v in _ALL_VARIANTS.split() if v not in HELD_OUT["variants"]]

# Sounds of English and what speakers of other accents and languages say for them, in espeak-ng's letters.
SHIFTS = {
    "oU": "o: o: o: o aU O:",
    "eI": "e: e: e: e E aI",
    "u:": "u U u",
    "U": "u u: V",
    "V": "U a @ 0 E",
    "a": "a: E A: 0 @",
    "A:": "a a: O: 0",
    "0": "A: O: O o V",
    "O:": "o: o O 0",
    "3:": "E e: @ V U",
    "@": "E a V I",
    "3": "E a V @",
    "aI": "OI a: A: aI2",
    "aU": "a: u: oU",
    "OI": "aI O",
    "E": "e a I eI",
    "I": "i i E @",
    "I2": "i @",
    "i:": "i I eI",
    "i": "I",
    "e@": "e: E eI",
    "o@": "o: o O:",
    "A@": "a: a A:",
    "T": "t s f t[",
    "D": "d z v d[",
    "t": "t[ t[ ?",
    "d": "d[",
    "r": "* * w l",
    "l": "L l^ L",
    "h": "NULL x",
    "w": "v v v# w#",
    "v": "w f v# b",
    "z": "s",
    "N": "n",
    "t#": "t d",
    "tS": "S t",
    "dZ": "Z tS j",
    "S": "s",
    "p": "b",
    "k": "g",
}


def with_variant(voice: str, variant: str) -> str:
    """Name of a voice with a variant, as espeak-ng's library wants it."""
    return f"{voice}+{variant}" if variant else voice


def _accent(rng: np.random.Generator) -> list[str]:
    """Rules that say some sounds in another way, as a variant file writes them; for four of ten speakers none."""
    if rng.random() < 0.4:
        return []
    sounds = rng.choice(list(SHIFTS), size=rng.integers(1, 8), replace=False)
    return [f"replace 00 {sound} {rng.choice(SHIFTS[sound].split())}" for sound in sounds]


def random_speaker(rng: np.random.Generator, name: str, accent: bool) -> str:
    """A variant file of espeak-ng: a vocal tract, a pitch, a manner and, if asked for, an accent."""
    size = rng.uniform(0.82, 1.26)
    low = rng.uniform(65, 130) if size < 1.0 else rng.uniform(85, 230)
    lines = ["language variant", f"name {name}", f"gender {'male' if size < 1.05 else 'female'}"]
    lines.append(f"pitch {low:.0f} {low * rng.uniform(1.15, 1.9):.0f}")
    for formant in range(9):
        frequency = 100 if formant == 0 else 100 * size * np.clip(rng.normal(1, 0.045), 0.88, 1.12)
        strength, width = rng.uniform(65, 130), rng.uniform(70, 160)
        lines.append(f"formant {formant} {frequency:.0f} {strength:.0f} {width:.0f}")
    lines.append(f"flutter {rng.integers(0, 12)}")
    lines.append(f"roughness {rng.integers(0, 6)}")
    lines.append(f"voicing {rng.uniform(60, 140):.0f}")
    lines.append(f"consonants {rng.uniform(60, 150):.0f} {rng.uniform(60, 150):.0f}")
    lines.append(f"intonation {rng.integers(1, 5)}")
    if rng.random() < 0.3:
        lines.append("breath " + " ".join(str(rng.integers(0, 9)) for _ in range(8)))
    if rng.random() < 0.3:
        lines.append(f"tone 100 {rng.integers(120, 256)} 600 {rng.integers(30, 255)} 1200 {rng.integers(5, 200)} 2000 {rng.integers(20, 200)}")
    if rng.random() < 0.15:
        lines.append(f"echo {rng.integers(20, 130)} {rng.integers(5, 20)}")
    if rng.random() < 0.5:
        lengths = np.array([180, 165, 200, 200, 0, 0, 240, 260]) * rng.uniform(0.8, 1.2, 8)
        lines.append("stressLength " + " ".join(f"{x:.0f}" for x in lengths))
    if rng.random() < 0.12:
        lines.append(f"klatt {rng.integers(1, 6)}")
    return "\n".join(lines + (_accent(rng) if accent else [])) + "\n"


class Speakers:
    """Random speakers, one at a time, as variants in a data folder of espeak-ng's own: it reads a variant anew for each voice."""

    SLOTS = 8

    def __init__(self, espeak_data: Path, folder: Path):
        """`folder` becomes the data folder: links to `espeak_data`, its variants and the random ones (it takes 350 voices)."""
        self.variants, self.made = folder / "espeak-ng-data" / "voices" / "!v", 0
        self.variants.mkdir(parents=True, exist_ok=True)
        links = [(path, folder / "espeak-ng-data" / path.name) for path in espeak_data.iterdir() if path.name != "voices"]
        links += [(path, self.variants / path.name) for path in (espeak_data / "voices" / "!v").iterdir()]
        for path, link in links:
            if not link.exists():
                os.symlink(path, link)
        for slot in range(self.SLOTS):
            (self.variants / f"speaker{slot}").write_text("language variant\n")

    def next(self, rng: np.random.Generator, accent: bool) -> str:
        """Makes a speaker; the name of its variant, good until eight more are made."""
        name = f"speaker{self.made % self.SLOTS}"
        self.made += 1
        (self.variants / name).write_text(random_speaker(rng, name, accent))
        return name
