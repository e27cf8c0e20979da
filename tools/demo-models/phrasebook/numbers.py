"""Number words, 0 to 1000, in the nine written languages of the phrasebook.

`cardinal(lang, n)` is the form used alone and after a noun ("room twelve"). `counting(lang, n)` is the form before a
masculine noun, where a language has one of its own (Spanish "veintiún euros", Chinese 两).
"""

LANGUAGES = ('en', 'zh', 'ja', 'ko', 'fr', 'de', 'es', 'it', 'ru')

_EN_SMALL = (
    'zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen '
    'eighteen nineteen'
).split()
_EN_TENS = 'twenty thirty forty fifty sixty seventy eighty ninety'.split()

_DE_SMALL = (
    'null eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf dreizehn vierzehn fünfzehn sechzehn siebzehn '
    'achtzehn neunzehn'
).split()
_DE_TENS = 'zwanzig dreißig vierzig fünfzig sechzig siebzig achtzig neunzig'.split()

_FR_SMALL = (
    'zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize dix-sept dix-huit '
    'dix-neuf'
).split()
_FR_TENS = {2: 'vingt', 3: 'trente', 4: 'quarante', 5: 'cinquante', 6: 'soixante'}

_ES_SMALL = (
    'cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciséis diecisiete '
    'dieciocho diecinueve veinte veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete '
    'veintiocho veintinueve'
).split()
_ES_TENS = 'treinta cuarenta cincuenta sesenta setenta ochenta noventa'.split()
_ES_HUNDREDS = (
    'cien doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos'
).split()

_IT_SMALL = (
    'zero uno due tre quattro cinque sei sette otto nove dieci undici dodici tredici quattordici quindici sedici '
    'diciassette diciotto diciannove'
).split()
_IT_TENS = 'venti trenta quaranta cinquanta sessanta settanta ottanta novanta'.split()

_RU_SMALL = (
    'ноль один два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать тринадцать четырнадцать '
    'пятнадцать шестнадцать семнадцать восемнадцать девятнадцать'
).split()
_RU_TENS = 'двадцать тридцать сорок пятьдесят шестьдесят семьдесят восемьдесят девяносто'.split()
_RU_HUNDREDS = 'сто двести триста четыреста пятьсот шестьсот семьсот восемьсот девятьсот'.split()

_HAN = '零一二三四五六七八九'
_KO_SINO = '영일이삼사오육칠팔구'
_KO_NATIVE = (
    '영 한 두 세 네 다섯 여섯 일곱 여덟 아홉 열 열한 열두 열세 열네 열다섯 열여섯 열일곱 열여덟 열아홉 스무'
).split()


def _en(n: int) -> str:
    if n < 20:
        return _EN_SMALL[n]
    if n < 100:
        tens, unit = divmod(n, 10)
        return _EN_TENS[tens - 2] + (f'-{_EN_SMALL[unit]}' if unit else '')
    return f'{_EN_SMALL[n // 100]} hundred' if n < 1000 else 'one thousand'


def _de(n: int) -> str:
    if n < 20:
        return _DE_SMALL[n]
    if n < 100:
        tens, unit = divmod(n, 10)
        head = '' if unit == 0 else ('ein' if unit == 1 else _DE_SMALL[unit]) + 'und'
        return head + _DE_TENS[tens - 2]
    if n == 1000:
        return 'tausend'
    return ('' if n == 100 else _DE_SMALL[n // 100]) + 'hundert'


def _fr(n: int) -> str:
    if n < 20:
        return _FR_SMALL[n]
    if n < 70:
        tens, unit = divmod(n, 10)
        if unit == 0:
            return _FR_TENS[tens]
        return f'{_FR_TENS[tens]} et un' if unit == 1 else f'{_FR_TENS[tens]}-{_FR_SMALL[unit]}'
    if n < 80:
        return 'soixante et onze' if n == 71 else f'soixante-{_FR_SMALL[n - 60]}'
    if n < 100:
        return 'quatre-vingts' if n == 80 else f'quatre-vingt-{_FR_SMALL[n - 80]}'
    if n == 1000:
        return 'mille'
    return 'cent' if n == 100 else f'{_FR_SMALL[n // 100]} cents'


def _es(n: int) -> str:
    if n < 30:
        return _ES_SMALL[n]
    if n < 100:
        tens, unit = divmod(n, 10)
        return _ES_TENS[tens - 3] + (f' y {_ES_SMALL[unit]}' if unit else '')
    return 'mil' if n == 1000 else _ES_HUNDREDS[n // 100 - 1]


def _it(n: int) -> str:
    if n < 20:
        return _IT_SMALL[n]
    if n < 100:
        tens, unit = divmod(n, 10)
        head = _IT_TENS[tens - 2]
        if unit in (1, 8):
            head = head[:-1]
        return head + ('' if unit == 0 else 'tré' if unit == 3 else _IT_SMALL[unit])
    if n == 1000:
        return 'mille'
    return ('' if n == 100 else _IT_SMALL[n // 100]) + 'cento'


def _ru(n: int) -> str:
    if n < 20:
        return _RU_SMALL[n]
    if n < 100:
        tens, unit = divmod(n, 10)
        return _RU_TENS[tens - 2] + (f' {_RU_SMALL[unit]}' if unit else '')
    return 'тысяча' if n == 1000 else _RU_HUNDREDS[n // 100 - 1]


def _positional(n: int, digits: str, units: tuple[str, str, str], leading_one: bool) -> str:
    """East Asian numbers below 1001; `leading_one` writes the one before hundred and thousand, as Chinese does."""
    ten, hundred, thousand = units
    if n < 10:
        return digits[n]
    if n < 100:
        tens, unit = divmod(n, 10)
        return ('' if tens == 1 else digits[tens]) + ten + (digits[unit] if unit else '')
    if n == 1000:
        return (digits[1] if leading_one else '') + thousand
    return ('' if n == 100 and not leading_one else digits[n // 100]) + hundred


def cardinal(lang: str, n: int) -> str:
    """The number alone. `n` is 0..100, a whole hundred below 1000, or 1000."""
    if not (0 <= n <= 100 or (n <= 1000 and n % 100 == 0)):
        raise ValueError(f'no words for {n}')
    if lang == 'zh':
        return _positional(n, _HAN, ('十', '百', '千'), leading_one=True)
    if lang == 'ja':
        return 'ゼロ' if n == 0 else _positional(n, _HAN, ('十', '百', '千'), leading_one=False)
    if lang == 'ko':
        return _positional(n, _KO_SINO, ('십', '백', '천'), leading_one=False)
    return {'en': _en, 'de': _de, 'fr': _fr, 'es': _es, 'it': _it, 'ru': _ru}[lang](n)


def counting(lang: str, n: int) -> str:
    """The number before a masculine noun (before a measure word in Chinese)."""
    if lang == 'zh' and n == 2:
        return '两'
    if lang == 'es' and n != 11 and n % 10 == 1:
        return 'veintiún' if n == 21 else cardinal('es', n).removesuffix('uno') + 'un'
    return cardinal(lang, n)


def native_korean(n: int) -> str:
    """Korean's own numbers before a counter, 1..20 (hours, people, sheets)."""
    return _KO_NATIVE[n]


def russian_plural(n: int, one: str, few: str, many: str) -> str:
    """The noun form that Russian uses after `n`."""
    if n % 100 in (11, 12, 13, 14):
        return many
    return one if n % 10 == 1 else few if n % 10 in (2, 3, 4) else many


_RU_GENITIVE = (
    'ноля одного двух трёх четырёх пяти шести семи восьми девяти десяти одиннадцати двенадцати тринадцати '
    'четырнадцати пятнадцати шестнадцати семнадцати восемнадцати девятнадцати двадцати'
).split()


def russian_genitive(n: int) -> str:
    """Russian cardinal in the genitive, 0..20."""
    return _RU_GENITIVE[n]


_EN_ORDINAL = (
    '- first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth '
    'fifteenth sixteenth seventeenth eighteenth nineteenth twentieth'
).split()
_RU_ORDINAL = (
    '- перв втор треть четвёрт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат '
    'шестнадцат семнадцат восемнадцат девятнадцат двадцат'
).split()
_DE_ORDINAL = {1: 'erst', 3: 'dritt', 7: 'siebt', 8: 'acht'}


def english_ordinal(n: int) -> str:
    """first .. thirty-first."""
    if n <= 20:
        return _EN_ORDINAL[n]
    return 'thirtieth' if n == 30 else f'{_EN_TENS[n // 10 - 2]}-{_EN_ORDINAL[n % 10]}'


def german_ordinal(n: int, ending: str) -> str:
    """Day of the month with its ending: `e` for nominative, `en` for dative."""
    if n < 20:
        return _DE_ORDINAL.get(n, _de(n) + 't') + ending
    return _de(n) + 'st' + ending


def russian_ordinal(n: int, genitive: bool) -> str:
    """Neuter ordinal of a day of the month, nominative or genitive."""
    if n > 20 and n % 10:
        return f'{_RU_TENS[n // 10 - 2]} {russian_ordinal(n % 10, genitive)}'
    stem = 'тридцат' if n == 30 else _RU_ORDINAL[n]
    if n == 3:
        return 'третьего' if genitive else 'третье'
    return stem + ('ого' if genitive else 'ое')
