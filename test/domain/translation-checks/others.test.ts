import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { copied } from '../../../src/domain/translation-checks/copied.js';
import { empty } from '../../../src/domain/translation-checks/empty.js';
import { CHECKS, checkTranslation } from '../../../src/domain/translation-checks/index.js';
import { placeholders } from '../../../src/domain/translation-checks/placeholders.js';
import { script } from '../../../src/domain/translation-checks/script.js';
import { pairOf } from './support.js';

const ENGLISH = 'The committee rejected the proposal after a long debate.';
const RUSSIAN = 'Комитет отклонил предложение после долгих споров.';

type Row = readonly [from: string, source: string, to: string, target: string, kept?: readonly string[]];

test('placeholders: each kept item as often as in the source', () => {
  const kept = ['{name}', '%s', '%%s', '<b>', '</b>'];
  const detailsOf = (source: string, target: string) =>
    placeholders(pairOf('en', source, 'de', target, kept)).map(({ detail }) => detail);
  assert.equal(detailsOf('Hello <b>{name}</b>', 'Hallo <b>{name}</b>'), []);
  assert.equal(detailsOf('%s and %s', '%s und %s'), []);
  assert.equal(detailsOf('nothing', 'nichts'), []);
  assert.equal(detailsOf('Hello {name}', 'Hallo {Name}'), ['missing: "{name}"']);
  assert.equal(detailsOf('%s and %s', '%s'), ['missing: "%s"']);
  assert.equal(detailsOf('Hello {name}', 'Hallo {name} {name}'), ['too often: "{name}"']);
  // The longer item is not two shorter ones.
  assert.equal(detailsOf('%%s', '%s'), ['missing: "%%s"', 'too often: "%s"']);
  assert.equal(placeholders(pairOf('en', 'a', 'de', 'b')), []);
  assert.equal(placeholders(pairOf('en', 'a', 'de', 'b', [''])), []);
});

test('empty: words of the source have some answer', () => {
  for (const target of ['', ' ', '…', '???']) assert.is(empty(pairOf('en', 'Hello.', 'de', target)).length, 1, target);
  const fine: readonly Row[] = [
    ['en', 'Hello.', 'de', 'Hallo.'],
    ['en', '…', 'de', ''],
    ['en', '12', 'de', ''],
    ['en', 'Twelve', 'de', '12'],
    ['en', '{name}', 'de', '', ['{name}']],
  ];
  for (const row of fine) assert.equal(empty(pairOf(...row)), [], row[3]);
});

test('copied: the source itself, nearly itself, or for the most part', () => {
  const found: readonly Row[] = [
    ['en', ENGLISH, 'de', ENGLISH],
    ['en', ENGLISH, 'de', ENGLISH.replace('long debate', 'lange debate')],
    ['en', ENGLISH, 'zh', ENGLISH],
    ['ru', RUSSIAN, 'en', RUSSIAN],
    ['ja', '委員会は提案を否決した。', 'zh', '委員会は提案を否決した。'],
    [
      'en',
      'After a long debate the committee rejected the proposal, and everybody went home.',
      'de',
      'After a long debate the committee rejected the proposal, und alle gingen.',
    ],
  ];
  for (const row of found) assert.is(copied(pairOf(...row))[0]?.check, 'copied', row[3]);
});

test('copied: not names, numbers, codes, loan words, sister languages, or another script of Chinese', () => {
  const fine: readonly Row[] = [
    ['en', ENGLISH, 'de', 'Der Ausschuss lehnte den Vorschlag nach langer Debatte ab.'],
    ['en', 'Peter Jones', 'de', 'Peter Jones'],
    ['en', 'Zoom', 'de', 'Zoom'],
    ['en', 'Software Update', 'it', 'Software Update'],
    ['en', '12:30', 'de', '12:30'],
    ['en', 'ISO 9001:2015 / EN-DE', 'fr', 'ISO 9001:2015 / EN-DE'],
    ['zh', '委员会否决了该提案', 'zh-tw', '委员会否决了该提案'],
    ['zh', '検索結果', 'ja', '検索結果'],
    ['es', 'Crear texto alternativo automáticamente', 'it', 'Crea testo alternativo automaticamente'],
    ['en', '{one two three four}', 'de', '{one two three four}', ['{one two three four}']],
    ['en', 'He sang “Ne me quitte pas”.', 'fr', 'Il a chanté « Ne me quitte pas ».'],
    ['en', ENGLISH, 'en', ENGLISH],
  ];
  for (const row of fine) assert.equal(copied(pairOf(...row)), [], row[3]);
});

test('script: letters of another script than the language has', () => {
  const found: readonly Row[] = [
    ['en', ENGLISH, 'de', RUSSIAN],
    ['en', ENGLISH, 'ru', '委员会否决了该提案。'],
    ['en', ENGLISH, 'de', 'Der Ausschuss lehnte den 提案 ab.'],
    ['en', ENGLISH, 'zh', '委員会は提案を否決した。'],
    ['en', ENGLISH, 'zh', '위원회는 제안을 부결했다.'],
    ['ja', 'ウェールズ議会', 'zh', 'ウェールズ议会'],
    ['en', ENGLISH, 'ko', '委員会は提案を否決した。'],
    ['en', ENGLISH, 'ja', '위원회는 제안을 부결했다.'],
    ['en', ENGLISH, 'ja', '委员会经过长时间辩论后否决了该提案并决定再次开会讨论'],
    ['de', 'Der Ausschuss lehnte den Vorschlag ab.', 'ru', 'The committee rejected the proposal.'],
    ['en', ENGLISH, 'el', RUSSIAN],
  ];
  for (const row of found) assert.is(script(pairOf(...row))[0]?.check, 'script', row[3]);
});

test('script: not names, units, quotations, kept items, short Japanese without Kana, or an unknown language', () => {
  const fine: readonly Row[] = [
    ['en', ENGLISH, 'ru', RUSSIAN],
    ['en', 'I work at Google.', 'ru', 'Я работаю в Google.'],
    ['ru', 'Пять километров', 'zh', '5 km'],
    ['en', 'the word 漢字 means', 'de', 'das Wort 漢字 bedeutet'],
    ['en', 'a page', 'ja', '頁'],
    ['en', 'The page', 'ja', 'ページ'],
    ['en', 'Mei Lin', 'ko', '메이린(梅林)'],
    ['en', 'press キー', 'zh', '按 キー', ['キー']],
    ['en', ENGLISH, 'qqq', RUSSIAN],
    ['en', ENGLISH, 'sr', RUSSIAN],
    ['en', 'café', 'fr', 'cafe\u0301'],
  ];
  for (const row of fine) assert.equal(script(pairOf(...row)), [], row[3]);
});

test('all checks together: surest first, and an empty target has one finding', () => {
  assert.equal(
    checkTranslation(pairOf('en', ENGLISH, 'de', 'Der Ausschuss lehnte den Vorschlag nach langer Debatte ab.')),
    [],
  );
  const only = checkTranslation(pairOf('en', 'We met Holly Willoughby at 25 Main Street.', 'de', '…'));
  assert.equal(
    only.map(({ check }) => check),
    ['empty'],
  );
  const several = checkTranslation(pairOf('en', `${ENGLISH} {x} 25`, 'de', ENGLISH, ['{x}']));
  assert.equal(new Set(several.map(({ check }) => check)), new Set(['copied', 'placeholders', 'numbers']));
  assert.equal(
    [...several].sort((a, b) => b.weight - a.weight),
    several,
  );
  assert.equal(Object.keys(CHECKS).sort(), [
    'copied',
    'empty',
    'length',
    'names',
    'numbers',
    'placeholders',
    'repetition',
    'script',
    'terms',
  ]);
});

test('a term that is not said as the glossary has it, and an item that was lost and put back, are told', () => {
  const pair = pairOf('en', ENGLISH, 'de', 'Der Ausschuss lehnte den Vorschlag nach langer Debatte ab.');
  assert.equal(checkTranslation({ ...pair, unsaid: ['Gremium'] }), [
    { check: 'terms', detail: 'not said as the glossary has it: "Gremium"', weight: 0.6 },
  ]);
  assert.equal(checkTranslation({ ...pair, putBack: ['{x}'] }), [
    { check: 'placeholders', detail: 'lost and put back: "{x}"', weight: 0.4 },
  ]);
});

test.run();
