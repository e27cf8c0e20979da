import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { SHORTLIST_WIDTHS } from '../../../src/domain/shortlist.js';
import { shortlistTokens, widthsFor } from '../../../src/engines/native/shortlist-tokens.js';
import { DEMO_TRANSLATION } from './support.js';

const ALWAYS = ['<s>', '</s>', '<unk>', '<pad>', '__de__', 'madeupword0', '<0xE4>', '▁', '▁,', '12', '▁€', '…', '»'];
const LATIN = ['▁Haus', 'ä', 'ß', '▁naïve'];
const LETTERS = ['a', '▁Z'];
const CYRILLIC = ['▁дом', 'ж'];
const HAN = ['▁今日', '漢'];
const KANA = ['▁です', 'ー', 'あ'];
const HANGUL = ['▁안녕', '한'];
const ARABIC = ['▁سلام', '٣'];
const MIXED = ['▁Tシャツ'];
const VOCABULARY = [...ALWAYS, ...LATIN, ...LETTERS, ...CYRILLIC, ...HAN, ...KANA, ...HANGUL, ...ARABIC, ...MIXED];

function tokens(language: string, width: (typeof SHORTLIST_WIDTHS)[number], seen: string[] = []): string[] | null {
  const choice = { vocabulary: VOCABULARY, family: 'm2m100', language, width, seen: new Set(seen) } as const;
  return shortlistTokens(choice)?.map((id) => VOCABULARY[id] as string) ?? null;
}

test('by script: what the language is written with, and what belongs to all', () => {
  assert.equal(tokens('de', 'script'), [...ALWAYS, ...LATIN, ...LETTERS]);
  assert.equal(tokens('ru', 'script'), [...ALWAYS, ...LETTERS, ...CYRILLIC]);
  assert.equal(tokens('zh', 'script'), [...ALWAYS, ...LETTERS, ...HAN]);
  assert.equal(tokens('ja', 'script'), [...ALWAYS, ...LETTERS, ...HAN, ...KANA]);
  assert.equal(tokens('ko', 'script'), [...ALWAYS, ...LETTERS, ...HAN, ...HANGUL]);
  assert.equal(tokens('ar', 'script'), [...ALWAYS, ...LETTERS, ...ARABIC]);
  assert.equal(tokens('ja', 'script-and-latin'), [...ALWAYS, ...LATIN, ...LETTERS, ...HAN, ...KANA]);
  assert.is(tokens('zz', 'script'), null);
});

test('by texts: what they have, whatever its script, and the frequent ones of the script', () => {
  const made = tokens('de', 'texts', ['▁дом', '▁Tシャツ', 'not in the vocabulary']);
  assert.equal(made, [...ALWAYS, ...LATIN, ...LETTERS, '▁дом', ...MIXED]);
  const many = Array.from({ length: 9000 }, (_, id) => `▁w${'abcdefgh'[id % 8]}${id}`);
  const choice = {
    vocabulary: many,
    family: 'plain',
    language: 'de',
    width: 'texts',
    seen: new Set(['▁wa8992']),
  } as const;
  const ids = shortlistTokens(choice) as number[];
  assert.is(ids.length, 4001);
  assert.equal(ids.slice(-2), [3999, 8992]);
});

test('wider lists are tried where they are wider', () => {
  assert.equal(widthsFor('de', false), ['script']);
  assert.equal(widthsFor('de', true), ['texts', 'script']);
  assert.equal(widthsFor('ja', true), ['texts', 'script', 'script-and-latin']);
});

test('of a real vocabulary: ids rise, wider lists hold the narrower ones, and every text of the script can be spelled', () => {
  const vocabulary = JSON.parse(
    readFileSync(join(DEMO_TRANSLATION, 'shared_vocabulary.json'), 'utf8'),
  ) as readonly string[];
  for (const language of ['de', 'fr', 'zh', 'ja', 'ko', 'ru']) {
    let narrower = new Set<number>();
    for (const width of ['script', 'script-and-latin'] as const) {
      const ids = shortlistTokens({ vocabulary, family: 'm2m100', language, width, seen: new Set() }) as number[];
      assert.equal(
        ids,
        [...new Set(ids)].sort((a, b) => a - b),
      );
      for (const id of narrower) assert.ok(ids.includes(id));
      assert.ok(ids.length < vocabulary.length * 0.8, `${language} ${width}: ${ids.length}`);
      narrower = new Set(ids);
    }
  }
});

test.run();
