"""Slots of the phrasebook: word lists from slots.toml, and slots counted out by rule (numbers, times, dates, amounts).

A filler is a mapping of form names to words: `de` is the plain German form, `de_acc` the one that a template asks for
by `{slot.acc}`.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterable
from pathlib import Path

from .numbers import (
    LANGUAGES,
    cardinal,
    counting,
    english_ordinal,
    german_ordinal,
    native_korean,
    russian_genitive,
    russian_ordinal,
    russian_plural,
)

Filler = dict[str, str]


class Slot:
    """A named set of fillers, each with a stable key."""

    def __init__(self, keys: Iterable[str], fill: Callable[[str], Filler]):
        self._keys = list(keys)
        self._fill = fill

    @property
    def size(self) -> int:
        return len(self._keys)

    def keys(self) -> list[str]:
        return self._keys

    def draw(self, rng: random.Random) -> str:
        return rng.choice(self._keys)

    def filler(self, key: str) -> Filler:
        return self._fill(key)


class DigitSlot(Slot):
    """Every sequence of `length` digits; too many to list for the longer ones, so it draws without a list."""

    def __init__(self, length: int):
        super().__init__([], _digits)
        self._length = length

    @property
    def size(self) -> int:
        return 10**self._length

    def keys(self) -> list[str]:
        return [str(n).zfill(self._length) for n in range(self.size)]

    def draw(self, rng: random.Random) -> str:
        return str(rng.randrange(self.size)).zfill(self._length)


def _digits(key: str) -> Filler:
    filler = {}
    for lang in LANGUAGES:
        words = ['零' if lang == 'ja' and digit == '0' else cardinal(lang, int(digit)) for digit in key]
        filler[lang] = ('' if lang in ('zh', 'ja') else ' ').join(words)
    return filler


def _number(key: str) -> Filler:
    return {lang: cardinal(lang, int(key)) for lang in LANGUAGES}


_CURRENCIES = {
    'eur': dict(en='euros', zh='欧元', ja='ユーロ', ko='유로', fr='euros', de='Euro', es='euros', it='euro', ru='евро'),
    'usd': dict(en='dollars', zh='美元', ja='ドル', ko='달러', fr='dollars', de='Dollar', es='dólares', it='dollari'),
}


def _price(key: str) -> Filler:
    currency, digits = key.split('-')
    n = int(digits)
    unit = dict(_CURRENCIES[currency])
    unit.setdefault('ru', russian_plural(n, 'доллар', 'доллара', 'долларов'))
    glued = ('zh', 'ja')
    return {lang: counting(lang, n) + ('' if lang in glued else ' ') + unit[lang] for lang in LANGUAGES}


def _age(key: str) -> Filler:
    n = int(key)
    italian = cardinal('it', n)
    if n > 20 and n % 10 == 1:
        italian = italian[:-1]
    return {
        'en': f'{cardinal("en", n)} years old',
        'zh': f'{counting("zh", n)}岁',
        'ja': f'{cardinal("ja", n)}歳',
        'ko': f'{cardinal("ko", n)} 세',
        'fr': f'{cardinal("fr", n)} ans',
        'de': f'{cardinal("de", n)} Jahre alt',
        'es': f'{counting("es", n)} años',
        'it': f'{italian} anni',
        'ru': f'{cardinal("ru", n)} {russian_plural(n, "год", "года", "лет")}',
    }


# Plural nouns of counted things; Korean says whether its own numbers count them, Russian gives few, many and gender.
_UNITS = {
    'minutes': dict(
        en='minutes', zh='分钟', ja='分', ko=('sino', '분'), fr='minutes', de='Minuten', de_dat='Minuten',
        es='minutos', it='minuti', ru=('минуты', 'минут', 'f'),
    ),
    'hours': dict(
        en='hours', zh='个小时', ja='時間', ko=('native', '시간'), fr='heures', de='Stunden', de_dat='Stunden',
        es='horas', it='ore', ru=('часа', 'часов', 'm'),
    ),
    'days': dict(
        en='days', zh='天', ja='日', ko=('sino', '일'), fr='jours', de='Tage', de_dat='Tagen', es='días',
        it='giorni', ru=('дня', 'дней', 'm'),
    ),
    'weeks': dict(
        en='weeks', zh='个星期', ja='週間', ko=('sino', '주'), fr='semaines', de='Wochen', de_dat='Wochen',
        es='semanas', it='settimane', ru=('недели', 'недель', 'f'),
    ),
    'people': dict(
        en='people', zh='个人', ja='人', ko=('native', '명'), fr='personnes', de='Personen', de_dat='Personen',
        es='personas', it='persone', ru=('человека', 'человек', 'm'),
    ),
    'tickets': dict(
        en='tickets', zh='张', ja='枚', ko=('native', '장'), fr='billets', de='Fahrkarten', de_dat='Fahrkarten',
        es='billetes', it='biglietti', ru=('билета', 'билетов', 'm'),
    ),
    'nights': dict(
        en='nights', zh='晚', ja='泊', ko=('sino', '박'), fr='nuits', de='Nächte', de_dat='Nächten', es='noches',
        it='notti', ru=('ночи', 'ночей', 'f'),
    ),
    'kilometers': dict(
        en='kilometers', zh='公里', ja='キロ', ko=('sino', '킬로미터'), fr='kilomètres', de='Kilometer',
        de_dat='Kilometern', es='kilómetros', it='chilometri', ru=('километра', 'километров', 'm'),
    ),
}  # fmt: skip


def _quantity(key: str) -> Filler:
    """An amount of at least 2 that does not end in 1, so that no language needs a singular."""
    name, digits = key.split('-')
    n = int(digits)
    unit = _UNITS[name]
    filler = {}
    for lang in ('en', 'fr', 'de', 'es', 'it'):
        filler[lang] = f'{cardinal(lang, n)} {unit[lang]}'
    filler['de_dat'] = f'{cardinal("de", n)} {unit["de_dat"]}'
    filler['zh'] = counting('zh', n) + unit['zh']
    filler['ja'] = cardinal('ja', n) + unit['ja']
    kind, counter = unit['ko']
    filler['ko'] = f'{native_korean(n) if kind == "native" else cardinal("ko", n)} {counter}'
    few, many, gender = unit['ru']
    word = 'две' if n == 2 and gender == 'f' else cardinal('ru', n)
    filler['ru'] = f'{word} {russian_plural(n, many, few, many)}'
    if n <= 20:
        filler['ru_gen'] = f'{russian_genitive(n)} {many}'
    return filler


def _amounts(name: str, values: Iterable[int]) -> list[str]:
    return [f'{name}-{n}' for n in values]


_CLOCK_MINUTES = (0, 10, 15, 20, 30, 40, 45, 50)


def _time(key: str) -> Filler:
    hour, minute = (int(part) for part in key.split(':'))
    minutes = {lang: cardinal(lang, minute) for lang in LANGUAGES}
    full = minute == 0
    one = hour == 1
    filler = {
        'en': f'{cardinal("en", hour)} ' + ("o'clock" if full else minutes['en']),
        'zh': f'{counting("zh", hour)}点' + ('' if full else f'{minutes["zh"]}分'),
        'ja': f'{cardinal("ja", hour)}時' + ('' if full else f'{minutes["ja"]}分'),
        'ko': f'{native_korean(hour)} 시' + ('' if full else f' {minutes["ko"]} 분'),
        'fr': ('une heure' if one else f'{cardinal("fr", hour)} heures') + ('' if full else f' {minutes["fr"]}'),
        'de': ('ein' if one else cardinal('de', hour)) + ' Uhr' + ('' if full else f' {minutes["de"]}'),
    }
    spanish = ('la una' if one else f'las {cardinal("es", hour)}') + ('' if full else f' y {minutes["es"]}')
    italian_tail = '' if full else f' e {minutes["it"]}'
    italian_hour = cardinal('it', hour)
    filler |= {
        'es': spanish,
        'es_is': ('es ' if one else 'son ') + spanish,
        'it_at': ("all'una" if one else f'alle {italian_hour}') + italian_tail,
        'it_is': ("è l'una" if one else f'sono le {italian_hour}') + italian_tail,
    }
    if full:
        filler['ru'] = 'час' if one else f'{cardinal("ru", hour)} {russian_plural(hour, "час", "часа", "часов")}'
    else:
        filler['ru'] = ('час' if one else cardinal('ru', hour)) + f' {minutes["ru"]}'
    return filler


def _date(months: dict[str, Filler]) -> Callable[[str], Filler]:
    def fill(key: str) -> Filler:
        name, digits = key.split('-')
        day, month = int(digits), months[name]
        italian = 'primo' if day == 1 else cardinal('it', day)
        return {
            'en': f'{month["en"]} {english_ordinal(day)}',
            'zh': f'{month["zh"]}{cardinal("zh", day)}日',
            'ja': f'{month["ja"]}{cardinal("ja", day)}日',
            'ko': f'{month["ko"]} {cardinal("ko", day)}일',
            'fr': ('premier' if day == 1 else cardinal('fr', day)) + f' {month["fr"]}',
            'de': f'{german_ordinal(day, "e")} {month["de"]}',
            'de_on': f'am {german_ordinal(day, "en")} {month["de"]}',
            'es': f'{cardinal("es", day)} de {month["es"]}',
            'it': ("l'" if day in (8, 11) else 'il ') + f'{italian} {month["it"]}',
            'ru': f'{russian_ordinal(day, genitive=False)} {month["ru_gen"]}',
            'ru_gen': f'{russian_ordinal(day, genitive=True)} {month["ru_gen"]}',
        }

    return fill


_MONTH_DAYS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def _weekday_as_when(day: Filler) -> Filler:
    return {
        'en': f'on {day["en"]}',
        'zh': day['zh'],
        'ja': day['ja'],
        'ja_ni': f'{day["ja"]}に',
        'ja_no': f'{day["ja"]}の',
        'ko': day['ko'],
        'ko_e': f'{day["ko"]}에',
        'fr': day['fr'],
        'de': f'am {day["de"]}',
        'es': f'el {day["es"]}',
        'it': day['it'],
        'ru': day['ru_on'],
    }


def load_slots() -> dict[str, Slot]:
    """All slots by name."""
    with open(Path(__file__).parent / 'slots.toml', 'rb') as file:
        words = tomllib.load(file)
    for key, day in words['weekday'].items():
        words['when'][key] = _weekday_as_when(day)
    slots = {name: Slot(fillers, fillers.__getitem__) for name, fillers in words.items()}
    for length in range(1, 7):
        slots[f'digits{length}'] = DigitSlot(length)

    hundreds = [*range(200, 1000, 100), 1000]
    dates = [f'{name}-{day}' for name, days in zip(words['month'], _MONTH_DAYS, strict=True) for day in range(1, days + 1)]
    minutes = [*range(2, 21), 25, 30, 35, 40, 45, 50, 55]
    durations = [
        *_amounts('minutes', minutes),
        *_amounts('hours', range(2, 13)),
        *_amounts('days', range(2, 11)),
        *_amounts('weeks', range(2, 9)),
    ]
    distances = [n for n in (*range(2, 21), *range(30, 101, 10), *range(200, 1000, 100)) if n % 10 != 1 or n == 11]
    slots |= {
        'number': Slot([str(n) for n in (*range(101), *hundreds)], _number),
        'bignumber': Slot([str(n) for n in (*range(10, 101), *hundreds)], _number),
        'small': Slot([str(n) for n in range(1, 31)], _number),
        'price': Slot([*_amounts('eur', range(2, 101)), *_amounts('usd', range(2, 101))], _price),
        'age': Slot([str(n) for n in range(2, 100)], _age),
        'time': Slot([f'{h}:{m:02}' for h in range(1, 13) for m in _CLOCK_MINUTES], _time),
        'date': Slot(dates, _date(words['month'])),
        'duration': Slot(durations, _quantity),
        'minutes': Slot(_amounts('minutes', minutes), _quantity),
        'people': Slot(_amounts('people', (*range(2, 13), 15, 20)), _quantity),
        'tickets': Slot(_amounts('tickets', range(2, 13)), _quantity),
        'nights': Slot(_amounts('nights', range(2, 13)), _quantity),
        'kilometers': Slot(_amounts('kilometers', distances), _quantity),
    }
    return slots
