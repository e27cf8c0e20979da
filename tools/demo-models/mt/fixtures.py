"""Writes the fixtures that the product's tests use.

    python -m mt.fixtures FOLDER

test/fixtures/phrasebook-unseen.json: 40 sentences of the test side in nine languages.
test/fixtures/demo-mt-expected.json: what CTranslate2 for Python makes of some of them, tokens and scores, beams 1 and 4.
"""

from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import ctranslate2

import phrasebook
from phrasebook import LANGUAGES

from .evaluate import Model

FIXTURES = Path(__file__).resolve().parents[3] / 'test' / 'fixtures'
SEED = 20270
SENTENCES, TRANSLATED = 40, 30


def distinct_templates(count: int) -> list[dict[str, str]]:
    """Unseen sentences, each from a different template."""
    rng = random.Random(SEED)
    templates = [template for template in phrasebook.all_templates() if template.splits]
    return [phrasebook.sample_from(template, rng, 'test') for template in rng.sample(templates, count)]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=Path)
    options = parser.parse_args()
    entries = distinct_templates(SENTENCES)
    FIXTURES.mkdir(parents=True, exist_ok=True)

    def write(name: str, value: object) -> None:
        (FIXTURES / name).write_text(json.dumps(value, ensure_ascii=False, indent=2) + '\n', encoding='utf-8')

    write('phrasebook-unseen.json', entries)
    model = Model(options.folder)
    rng = random.Random(SEED + 1)
    sources = ['en', 'zh', 'de', *LANGUAGES]
    items = []
    for number, entry in enumerate(entries[:TRANSLATED]):
        source = sources[number % len(sources)]
        items.append((entry[source], source, rng.choice([lang for lang in LANGUAGES if lang != source])))
    items.append(('Quarterly turbines seldom whisper.', 'en', 'de'))
    expected = []
    for text, source, target in items:
        outputs = {}
        for beam in (1, 4):
            answer, score, tokens = model.translate([(text, source, target)], beam)[0]
            outputs[f'beam{beam}'] = {'text': answer, 'score': score, 'tokens': tokens}
        item = {'text': text, 'source': source, 'target': target}
        expected.append({**item, 'source_tokens': model.tokens.source_tokens(text, source), **outputs})
    write(
        'demo-mt-expected.json',
        {'ctranslate2': ctranslate2.__version__, 'compute_type': model.compute_type, 'items': expected},
    )
    print(f'{len(entries)} sentences, {len(expected)} translations')


if __name__ == '__main__':
    main()
