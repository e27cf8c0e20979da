"""Training material of the translation model: phrasebook sentences, the forms that real input takes, and noise."""

from __future__ import annotations

import random
from dataclasses import dataclass

import phrasebook
from phrasebook import LANGUAGES

from .tokens import UNSURE, Tokens

_CONTRACTIONS = (
    ('I am ', "I'm "),
    ('We will ', "We'll "),
    ('I will ', "I'll "),
    ('What is ', "What's "),
    ('do not ', "don't "),
    ('I cannot ', "I can't "),
    ('Let us ', "Let's "),
    ('It is ', "It's "),
    ('I would ', "I'd "),
)
_WIDE_TO_ASCII = str.maketrans('，。？！、', ',.?!,')
_SYLLABLES = {
    'latin': 'ba ce di fo gu ha ke li mo nu pra que ri sto tu va wex yon zi ark ent ing our est th sh qu ough ill'.split(),
    'cyrillic': 'ба ве ги до жу за ки ло му не пра ру ст те фи хо це шу ый ние ость ств'.split(),
    'kana': 'あ い う か き け さ し た ち な に の は ほ ま み も や ら る を ん ア カ サ ド ル ン ッ ー'.split(),
}


@dataclass(frozen=True)
class Example:
    """A source and its translations. `sure` is the share of the target that is the answer; the rest asks for doubt."""

    source: list[int]
    targets: dict[str, list[int]]
    sure: float


def vary(text: str, lang: str, rng: random.Random) -> str:
    """The same sentence as people and recognisers also write it."""
    if lang == 'en' and rng.random() < 0.15:
        for full, short in _CONTRACTIONS:
            text = text.replace(full, short)
    if lang == 'en' and rng.random() < 0.15:
        text = text.replace('-', ' ')
    if lang == 'fr' and rng.random() < 0.5:
        text = text.replace(' ?', '?')
    if lang in ('zh', 'ja') and rng.random() < 0.2:
        text = text.translate(_WIDE_TO_ASCII)
    if lang == 'es' and rng.random() < 0.2:
        text = text.lstrip('¿')
    kind = rng.random()
    if kind < 0.12:
        text = text.lower()
    if kind < 0.06 or 0.12 <= kind < 0.24:
        text = text.rstrip(' .?!。？')
    elif 0.24 <= kind < 0.28:
        text = text[:-1].rstrip() + '!'
    return text


def _pseudo_word(lang: str, rng: random.Random) -> str:
    if lang == 'ko':
        return ''.join(chr(0xAC00 + rng.randrange(11172)) for _ in range(rng.randint(1, 4)))
    if lang == 'zh':
        return ''.join(chr(0x4E00 + rng.randrange(8000)) for _ in range(rng.randint(1, 3)))
    family = {'ru': 'cyrillic', 'ja': 'kana'}.get(lang, 'latin')
    word = ''.join(rng.choice(_SYLLABLES[family]) for _ in range(rng.randint(1, 4)))
    return word.capitalize() if rng.random() < 0.2 else word


def _words(text: str, lang: str) -> list[str]:
    return list(text) if lang in ('zh', 'ja') else text.split()


def foreign(lang: str, rng: random.Random, first: str, second: str, tokens: Tokens) -> str:
    """Text in the manner of `lang` that is no sentence of the phrasebook, made from two sentences that are."""
    joint = '' if lang in ('zh', 'ja') else ' '
    kind = rng.random()
    words = _words(first, lang)
    if kind < 0.25:
        return joint.join(_pseudo_word(lang, rng) for _ in range(rng.randint(2, 12))) + rng.choice(('', '.', '?'))
    if kind < 0.45 and len(words) > 3:
        for _ in range(rng.randint(1, 3)):
            words[rng.randrange(len(words))] = _pseudo_word(lang, rng)
        return joint.join(words)
    if kind < 0.65:
        mixed = words + _words(second, lang)
        rng.shuffle(mixed)
        return joint.join(mixed[: rng.randint(4, 14)])
    if kind < 0.8:
        return tokens.decode([rng.choice(tokens.pieces) for _ in range(rng.randint(3, 16))])
    others = _words(second, lang)
    return joint.join(words[: max(2, len(words) // 2)] + others[len(others) // 3 :] + [_pseudo_word(lang, rng)])


def make_pool(tokens: Tokens, seed: int, size: int) -> list[dict[str, tuple[list[int], list[int]]]]:
    """`size` training sentences; each language has the ids of the sentence itself and of a varied form of it."""
    rng = random.Random(seed)
    pool = []
    for _ in range(size):
        entry = phrasebook.sample(rng, 'train')
        pool.append(
            {lang: (tokens.encode(entry[lang]), tokens.encode(vary(entry[lang], lang, rng))) for lang in LANGUAGES}
        )
    return pool


def make_foreign(tokens: Tokens, seed: int, size: int) -> list[tuple[str, list[int]]]:
    """Language and ids of `size` texts outside the phrasebook."""
    rng = random.Random(seed)
    texts = []
    for _ in range(size):
        lang = rng.choice(LANGUAGES)
        first, second = (phrasebook.sample(rng, 'train')[lang] for _ in range(2))
        text = foreign(lang, rng, first, second, tokens)
        if rng.random() < 0.3:
            text = text.lower()
        texts.append((lang, tokens.encode(text)))
    return texts


SOURCE_WEIGHTS = {'en': 5, 'zh': 2, 'de': 2, 'ja': 1, 'ko': 1, 'fr': 1, 'es': 1, 'it': 1, 'ru': 1}
FOREIGN_SHARE = 0.1
# Probability that the answer "…" gets, token by token, for text outside the phrasebook.
FOREIGN_SURE = 0.1
LONGEST = 38


def examples(tokens: Tokens, pool: list, strangers: list, rng: random.Random):
    """Endless training examples; sentences longer than `LONGEST` tokens are left out."""
    langs, weights = list(SOURCE_WEIGHTS), list(SOURCE_WEIGHTS.values())
    unsure = tokens.encode(UNSURE)
    while True:
        if rng.random() < FOREIGN_SHARE:
            lang, ids = rng.choice(strangers)
            targets = dict.fromkeys(LANGUAGES, unsure)
            example = Example([tokens.language(lang), *ids, 2], targets, FOREIGN_SURE)
        else:
            entry = rng.choice(pool)
            lang = rng.choices(langs, weights)[0]
            ids = entry[lang][rng.random() < 0.5]
            targets = {other: pair[0] for other, pair in entry.items() if other != lang}
            example = Example([tokens.language(lang), *ids, 2], targets, 1.0)
        if 2 < len(example.source) <= LONGEST and all(len(ids) <= LONGEST for ids in example.targets.values()):
            yield example
