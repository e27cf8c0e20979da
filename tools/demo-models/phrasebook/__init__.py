"""The phrasebook of the demo models: sentences written in nine languages, with slots filled by rule.

    import phrasebook
    rng = random.Random(1)
    phrasebook.sample(rng, 'train')         # {'id': 'my-name', 'key': 'my-name|name=anna', 'en': 'My name is Anna.', ...}
    phrasebook.sample_spoken(rng, 'train')  # the same, only digits, numbers and greetings

A hash of template and fillers puts about a tenth of the combinations of every larger template into `test`; nothing that
trains a model may draw from there.
"""

from __future__ import annotations

import hashlib
import math
import random
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from .numbers import LANGUAGES
from .slots import Slot, load_slots

Split = Literal['train', 'test']

# Below this many combinations a template is learnt whole: leaving some out would leave out words.
SMALLEST_SPLIT_TEMPLATE = 40
_TEST_SHARE = 10
_FIELD = re.compile(r'\{([a-z]+\d?)(?:\.([a-z]+))?\}')
_PARTICLE = re.compile(r'(.)(은\(는\)|이\(가\)|을\(를\)|으로\(로\)|과\(와\))')
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")


@dataclass(frozen=True)
class Template:
    """One sentence of the phrasebook. `texts` maps a language to its pattern; `fields` are slot names in English order."""

    id: str
    texts: dict[str, str]
    fields: tuple[str, ...]
    spoken: bool

    @property
    def combinations(self) -> int:
        """Number of sentences that it can make."""
        count = 1
        seen: dict[str, int] = {}
        for field in self.fields:
            name = _slot_name(field)
            count *= _SLOTS[name].size - seen.get(name, 0)
            seen[name] = seen.get(name, 0) + 1
        return count

    @property
    def splits(self) -> bool:
        """False when all of it is training material."""
        return self.combinations >= SMALLEST_SPLIT_TEMPLATE


def _slot_name(field: str) -> str:
    return field if field in _SLOTS else field.rstrip('2')


def _resolve_particle(match: re.Match[str]) -> str:
    before, particle = match.groups()
    closed, opened = particle[:-1].split('(')
    final = (ord(before) - 0xAC00) % 28
    ieul = 8
    if final == 0 or (closed == '으로' and final == ieul):
        return before + opened
    return before + closed


def render(template: Template, lang: str, keys: dict[str, str]) -> str:
    """The sentence in `lang` with the fillers `keys` (field name → filler key)."""

    def field(match: re.Match[str]) -> str:
        name, form = match.groups()
        filler = _SLOTS[_slot_name(name)].filler(keys[name])
        return filler[f'{lang}_{form}' if form else lang]

    text = _FIELD.sub(field, template.texts[lang])
    if lang == 'ko':
        text = _PARTICLE.sub(_resolve_particle, text)
    start = 1 if text[0] == '¿' else 0
    return text[:start] + text[start].upper() + text[start + 1 :]


def combination_key(template: Template, keys: dict[str, str]) -> str:
    """Stable name of one sentence."""
    return '|'.join([template.id, *(f'{field}={keys[field]}' for field in template.fields)])


def split_of(template: Template, keys: dict[str, str]) -> Split:
    """Which side of the split a sentence is on."""
    if not template.splits:
        return 'train'
    digest = hashlib.sha256(combination_key(template, keys).encode()).digest()
    return 'test' if int.from_bytes(digest[:4], 'big') % _TEST_SHARE == 0 else 'train'


def all_templates() -> list[Template]:
    """Every template, in the order of templates.toml."""
    return list(_TEMPLATES)


def combination_count() -> int:
    """Sentences that the phrasebook can make in each language."""
    return sum(template.combinations for template in _TEMPLATES)


def spoken(lang: str) -> list[Template]:
    """Templates that the speech model hears in `lang`: all in English; digits, numbers and greetings elsewhere."""
    return list(_TEMPLATES) if lang == 'en' else [template for template in _TEMPLATES if template.spoken]


def english_words() -> set[str]:
    """The English vocabulary in lower case; parts of hyphenated numbers count on their own."""
    words: set[str] = set()
    for template in _TEMPLATES:
        words.update(_WORD.findall(_FIELD.sub(' ', template.texts['en']).lower()))
        for field in template.fields:
            name = _slot_name(field)
            slot = _SLOTS['digits1'] if name.startswith('digits') else _SLOTS[name]
            for key in slot.keys():
                words.update(_WORD.findall(slot.filler(key)['en'].lower()))
    return words


def _draw_keys(template: Template, rng: random.Random) -> dict[str, str]:
    keys: dict[str, str] = {}
    for field in template.fields:
        key = _SLOTS[_slot_name(field)].draw(rng)
        while any(_slot_name(other) == _slot_name(field) and keys[other] == key for other in keys):
            key = _SLOTS[_slot_name(field)].draw(rng)
        keys[field] = key
    return keys


def sample_from(template: Template, rng: random.Random, split: Split) -> dict[str, str]:
    """One sentence of `template` on that side of the split: `id`, `key` and a text per language."""
    if split == 'test' and not template.splits:
        raise ValueError(f'template {template.id} is training material only')
    keys = _draw_keys(template, rng)
    while split_of(template, keys) != split:
        keys = _draw_keys(template, rng)
    texts = {lang: render(template, lang, keys) for lang in LANGUAGES}
    return {'id': template.id, 'key': combination_key(template, keys), **texts}


def _choose(templates: list[Template], rng: random.Random, split: Split) -> Template:
    usable = [template for template in templates if split == 'train' or template.splits]
    # Templates with more to learn come more often, but no kind of sentence drowns the others.
    return rng.choices(usable, [2 + min(12, math.log2(template.combinations)) for template in usable])[0]


def sample(rng: random.Random, split: Split) -> dict[str, str]:
    """One random sentence in all languages. `rng` is a `random.Random`."""
    return sample_from(_choose(_TEMPLATES, rng, split), rng, split)


def sample_spoken(rng: random.Random, split: Split) -> dict[str, str]:
    """One random sentence of the digits, numbers and greetings that are spoken in every language."""
    return sample_from(_choose([template for template in _TEMPLATES if template.spoken], rng, split), rng, split)


def _load_templates() -> list[Template]:
    with open(Path(__file__).parent / 'templates.toml', 'rb') as file:
        raw = tomllib.load(file)
    templates = []
    for name, entry in raw.items():
        texts = {lang: entry[lang] for lang in LANGUAGES}
        fields = tuple(match[1] for match in _FIELD.finditer(texts['en']))
        for lang in LANGUAGES:
            if sorted(match[1] for match in _FIELD.finditer(texts[lang])) != sorted(fields):
                raise ValueError(f'template {name}: the slots in {lang} differ from the English ones')
        templates.append(Template(name, texts, fields, entry.get('spoken', False)))
    return templates


_SLOTS: dict[str, Slot] = load_slots()
_TEMPLATES: list[Template] = _load_templates()
