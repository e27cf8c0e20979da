"""Prints the phrasebook's sizes, checks every word form, and with a number prints that many random sentences."""

import random
import sys
from collections import defaultdict

from . import LANGUAGES, all_templates, combination_count, english_words, sample, sample_from, spoken


def main() -> None:
    templates = all_templates()
    print(f'{len(templates)} templates, {combination_count():,} sentences in each of {len(LANGUAGES)} languages')
    print(f'{len(english_words())} English words; {len(spoken("de"))} templates also spoken in German and Mandarin')

    rng = random.Random(7)
    meanings: dict[tuple[str, str], set[str]] = defaultdict(set)
    for template in templates:
        for _ in range(400):
            entry = sample_from(template, rng, 'train')
            for lang in LANGUAGES:
                meanings[lang, entry[lang]].add(entry['en'])
    for (lang, text), english in sorted(meanings.items()):
        if len(english) > 1:
            print(f'ambiguous in {lang}: {text} = {" / ".join(sorted(english))}')

    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 0):
        entry = sample(rng, 'train')
        print()
        for lang in LANGUAGES:
            print(f'{lang}  {entry[lang]}')


main()
