"""Which espeak-ng voices the model is trained on; the held-out ones are in heldout.json."""

import json
from pathlib import Path

HELD_OUT = json.loads((Path(__file__).parent / "heldout.json").read_text())

ENGLISH = ["gmw/en-US", "gmw/en", "gmw/en-GB-x-rp", "gmw/en-029", "gmw/en-GB-x-gbclan", "gmw/en-GB-x-gbcwmd", "gmw/en-US-nyc"]
ENGLISH_WEIGHTS = [0.24, 0.2, 0.14, 0.09, 0.11, 0.1, 0.12]
GERMAN = ["gmw/de"]
MANDARIN = ["sit/cmn-Latn-pinyin"]
FOREIGN = ["roa/fr", "roa/es", "roa/it", "roa/pt-BR", "zle/ru", "zlw/pl", "gmw/nl", "gmq/sv", "trk/tr", "urj/fi", "inc/hi", "gmw/de"]

_ALL_VARIANTS = (
    "Alex Alicia Andrea Andy Annie AnxiousAndy Denis Diogo Gene Gene2 Henrique Hugo Jacky Lee Marco Mario Michael Mike "
    "Mr_serious Nguyen RicishayMax RicishayMax2 RicishayMax3 Storm adam anika antonio aunty belinda benjamin boris caleb croak "
    "david ed edward edward2 f1 f2 f3 f4 f5 grandma grandpa gustave iven iven2 iven3 iven4 john kaukovalta klatt klatt2 klatt3 "
    "klatt4 klatt5 linda m1 m2 m3 m4 m5 m6 m7 m8 marcelo max michel miguel norbert pablo paul pedro quincy rob robert sandro "
    "shelby steph steph2 steph3 travis victor whisper whisperf zac"
)
VARIANTS = [""] + [v.replace("_", " ") for v in _ALL_VARIANTS.split() if v not in HELD_OUT["variants"]]


def with_variant(voice: str, variant: str) -> str:
    """Name of a voice with a variant, as espeak-ng's library wants it."""
    return f"{voice}+{variant}" if variant else voice
