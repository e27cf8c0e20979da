"""Measures an exported model with CTranslate2 for Python, on combinations that no training saw.

    python -m mt.evaluate FOLDER [--combinations 500] [--beam 4] [--sources en zh de] [--errors 20]
    python -m mt.evaluate FOLDER --outside FILE          # confidence on English lines from elsewhere
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter, defaultdict
from pathlib import Path

import ctranslate2

import phrasebook
from phrasebook import LANGUAGES

from .tokens import Tokens

TEST_SEED = 20271


def unseen(count: int, seed: int = TEST_SEED) -> list[dict[str, str]]:
    """`count` different sentences of the test side."""
    rng = random.Random(seed)
    chosen: dict[str, dict[str, str]] = {}
    while len(chosen) < count:
        entry = phrasebook.sample(rng, 'test')
        chosen[entry['key']] = entry
    return list(chosen.values())


class Model:
    """The exported folder behind M2M100's token protocol."""

    def __init__(self, folder: Path, threads: int = 1):
        self.tokens = Tokens(folder)
        self._translator = ctranslate2.Translator(str(folder), device='cpu', inter_threads=1, intra_threads=threads)
        self.compute_type = self._translator.compute_type

    def translate(self, items: list[tuple[str, str, str]], beam: int) -> list[tuple[str, float, list[str]]]:
        """Text, score (mean log-probability of the tokens) and tokens of (text, source, target) items."""
        results = self._translator.translate_batch(
            [self.tokens.source_tokens(text, source) for text, source, _ in items],
            target_prefix=[[f'__{target}__'] for _, _, target in items],
            beam_size=beam,
            max_batch_size=2048,
            batch_type='tokens',
            return_scores=True,
        )
        answers = []
        for result in results:
            pieces = result.hypotheses[0][1:]
            answers.append((self.tokens.decode(pieces), result.scores[0], result.hypotheses[0]))
        return answers


def _report(rows: dict[str, Counter], beam: int, sources: list[str]) -> None:
    print(f'exact, beam {beam}      ' + ' '.join(f'{lang:>6}' for lang in LANGUAGES) + '     all')
    overall = Counter()
    for source in sources:
        row = rows[source]
        cells = ['     -' if lang == source else f'{100 * row[lang] / row["count", lang]:6.2f}' for lang in LANGUAGES]
        right = sum(row[lang] for lang in LANGUAGES)
        count = sum(row['count', lang] for lang in LANGUAGES)
        overall.update(right=right, count=count)
        print(f'from {source:14} ' + ' '.join(cells) + f'  {100 * right / count:6.2f}')
    print(f'all: {overall["right"]} of {overall["count"]} = {100 * overall["right"] / overall["count"]:.2f} %')


def measure_exact(model: Model, count: int, beam: int, sources: list[str], errors: int) -> None:
    """Prints exact matches by language pair, the confidence of right and wrong answers, and some wrong ones."""
    entries = unseen(count)
    rows: dict[str, Counter] = defaultdict(Counter)
    confidence: dict[bool, list[float]] = defaultdict(list)
    templates = Counter()
    wrong = []
    for source in sources:
        for target in LANGUAGES:
            if target == source:
                continue
            answers = model.translate([(entry[source], source, target) for entry in entries], beam)
            for entry, (text, score, _) in zip(entries, answers, strict=True):
                right = text == entry[target]
                rows[source][target] += right
                rows[source]['count', target] += 1
                confidence[right].append(math.exp(score))
                if not right:
                    templates[entry['id']] += 1
                    wrong.append(f'{source}→{target} {entry[source]}\n     want {entry[target]}\n     got  {text}')
    _report(rows, beam, sources)
    for right, values in sorted(confidence.items(), reverse=True):
        values.sort()
        low, middle = values[len(values) // 20], values[len(values) // 2]
        print(f'confidence when {"right" if right else "wrong"}: 5 % below {low:.3f}, median {middle:.3f}')
    print('wrong most often:', ', '.join(f'{name} {n}' for name, n in templates.most_common(10)))
    for line in random.Random(1).sample(wrong, min(errors, len(wrong))):
        print(line)


def measure_outside(model: Model, file: Path, beam: int) -> None:
    """Prints what the model says to English lines from outside the phrasebook."""
    lines = [line.strip() for line in file.read_text(encoding='utf-8').splitlines() if line.strip()]
    answers = model.translate([(line, 'en', 'de') for line in lines], beam)
    unsure = sum(text == '…' for text, _, _ in answers)
    values = sorted(math.exp(score) for _, score, _ in answers)
    print(f'{len(lines)} lines: answered "…" {unsure}; confidence median {values[len(values) // 2]:.3f}, ', end='')
    print(f'95 % below {values[int(len(values) * 0.95)]:.3f}, above 0.5: {sum(value > 0.5 for value in values)}')
    for line, (text, score, _) in sorted(zip(lines, answers, strict=True), key=lambda pair: -pair[1][1])[:8]:
        print(f'{math.exp(score):.3f}  {line}  →  {text}')


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('folder', type=Path)
    parser.add_argument('--combinations', type=int, default=500)
    parser.add_argument('--beam', type=int, default=4)
    parser.add_argument('--sources', nargs='+', default=['en', 'zh', 'de'])
    parser.add_argument('--errors', type=int, default=0)
    parser.add_argument('--outside', type=Path)
    options = parser.parse_args()
    model = Model(options.folder)
    if options.outside:
        measure_outside(model, options.outside, options.beam)
    else:
        measure_exact(model, options.combinations, options.beam, options.sources, options.errors)


if __name__ == '__main__':
    main()
