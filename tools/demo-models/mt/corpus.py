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
# Everyday words that the phrasebook lacks; sentences of them look real and are none of ours.
_UNKNOWN_WORDS = {
    'en': (
        'above accept across again against age agree air all almost alone along always among angry animal '
        'another apple arm around ask away baby bad ball beautiful because become before begin behind believe best '
        'better between big bird black blood blue boat both box boy bridge bright brother brown build burn buy by '
        'car carry cat catch cause chair change cheap child city clean clear climb cloud color company computer could '
        'country cover cross cry cut dance dangerous dark dead decide deep die different dirty discover dog door '
        'draw dream dress drink drive drop dry during each early earth easy economy edge election empty enemy '
        'energy engineer enough enter even ever explain eye face fact fall famous far farm fast fear feed feel '
        'few field fight fill film fire floor flower fly follow forest forget free friend front garden gave girl '
        'give glass gold government great green ground group grow guess gun had hair half happy hard hat he heavy '
        'her high hill him his history hold hope horse house ice idea if increase industry island job judge '
        'jump just keep kill kind king kitchen know lake land large last later laugh law lead leaf less letter lie '
        'light line lion long lose loud love luck machine man many mark marry mean middle million minister mistake '
        'money moon most mountain move music must neighbor never new news noise north nothing now '
        'ocean off often oil once only order other our out over own paint paper parent part peace '
        'picture plant play point poor power president pretty price problem promise proud pull push quick '
        'quiet race rain read red remember rich ring rise river road rock roof rule run sad safe said salt same sand '
        'saw science sea season seem sell shall share she shoe short shout show sick silver sing sister sit sky sleep '
        'small smile snow so soldier song soon south space star stone stop storm story street strong student summer '
        'sun sure swim teach team than their them then they thing think thought through throw tree trouble true try '
        'under until up use village voice walk wall war was wash watch wave way week were west wheel white '
        'why wide wild win wind window winter wish with woman wood word world worry year yellow yesterday young'
    ),
    'de': (
        'aber Angst Apfel auch Auge Baum bauen Berg bleiben blau Boden Brücke dann denken doch dunkel durch essen '
        'fallen Fenster Feuer Freund früher Garten geben gegen gestern glauben groß Haus Himmel hoch immer jung Katze '
        'klein laufen Leben lesen Licht lustig Mädchen Meer mehr Musik neu oft Regen schlafen schnell schön Sonne '
        'spielen Stadt stark Stein Straße suchen tief Tür vergessen verlieren vielleicht Wald war weil Welt werden'
    ),
    'fr': (
        'ami arbre avec avant beau blanc bleu boire bois bruit chat cheval chien ciel courir devant '
        'dormir enfant encore faire fenêtre feu fleur grand guerre hier homme jamais jardin jouer jour lire loin '
        'maison mer montagne mort musique neige noir nouveau oiseau peur pluie porte rouge rue soleil vent'
    ),
    'es': (
        'amigo árbol ayer azul blanco bosque caballo calle campo casa cielo correr corazón dormir fuego gato '
        'grande guerra hombre isla jardín jugar lluvia luna lugar luz madera mar montaña mujer mundo música '
        'negro nieve nuevo nunca ojo pájaro perro puerta rojo siempre sol sueño tierra ventana viento vida'
    ),
    'it': (
        'albero amico bello bianco bosco cane cavallo cielo città correre cuore donna dormire finestra fiore '
        'fiume forte gatto giardino giocare grande guerra ieri isola leggere luce luna mare mondo montagna '
        'musica neve nero nuovo occhio paura pioggia porta rosso sempre sogno sole strada terra uccello vento vita'
    ),
    'ru': (
        'белый берег большой брат ветер война вчера город дерево дождь дом друг жизнь звезда земля зима '
        'игра книга кошка красный лес лето луна любовь машина мир море мост музыка небо новый ночь огонь окно остров '
        'песня письмо птица река свет сердце сестра снег собака солнце старый страх туча улица цветок чёрный'
    ),
}
_UNKNOWN_WORDS = {lang: words.split() for lang, words in _UNKNOWN_WORDS.items()}
# Templates that are mostly a number or a date: the hardest part, so they come more often.
_NUMERIC = ('number', 'bignumber', 'digits', 'price', 'age', 'date', 'kilometers', 'time', 'month', 'small')
_NUMERIC_SHARE = 0.35


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
    unknown = _UNKNOWN_WORDS.get(lang)
    if unknown and rng.random() < 0.6:
        known = [word for word in words + _words(second, lang) if len(word) < 6]
        if kind < 0.3:
            for _ in range(rng.randint(1, 3)):
                words[rng.randrange(len(words))] = rng.choice(unknown)
            mixed = words
        else:
            share = rng.uniform(0, 0.7)
            mixed = [rng.choice(known if known and rng.random() < share else unknown) for _ in range(rng.randint(3, 14))]
            if not any(word in unknown for word in mixed):
                mixed.append(rng.choice(unknown))
        text = ' '.join(mixed)
        return text[0].upper() + text[1:].rstrip('.?') + rng.choice(('', '.', '.', '?'))
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
    numeric = [
        template for template in phrasebook.all_templates() if any(field.startswith(_NUMERIC) for field in template.fields)
    ]
    pool = []
    for _ in range(size):
        if rng.random() < _NUMERIC_SHARE:
            entry = phrasebook.sample_from(rng.choice(numeric), rng, 'train')
        else:
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
FOREIGN_SHARE = 0.15
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
