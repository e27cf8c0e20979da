import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { EVERY_LANGUAGE, Glossary } from '../../../src/domain/glossary/glossary.js';
import { IMPORTED_MODEL, type MemoryKey, type NewMemoryEntry } from '../../../src/domain/translation-memory.js';
import type {
  KeptItems,
  TranslatedText,
  TranslationItem,
  TranslationOptions,
  Translator,
  TranslatorInfo,
} from '../../../src/engines/ports.js';
import type { TranslationMemory } from '../../../src/stages/stage.js';
import type { TranslateSettings } from '../../../src/stages/translate/options.js';
import { SentenceTranslator } from '../../../src/stages/translate/sentence-translator.js';

import { seededRandom } from '../../fixtures/random.js';

type Answer = string | { readonly text: string; readonly confidence: number; readonly model?: string };

interface Scripted {
  /** What the model makes of a text. */
  readonly answer: (text: string, options: TranslationOptions, item: TranslationItem) => Answer;
  readonly info?: Partial<TranslatorInfo>;
  readonly other?: Translator;
  readonly memory?: TranslationMemory;
  readonly glossary?: Glossary;
  readonly settings?: TranslateSettings;
}

interface Asked {
  readonly text: string;
  readonly options: TranslationOptions;
}

function scripted({ answer, info, other, memory = undefined, glossary, settings = {} }: Scripted) {
  const asked: Asked[] = [];
  const translator: Translator = {
    ...translatorOf(answer, info, asked),
    ...(other === undefined ? {} : { other: () => Promise.resolve(other) }),
  };
  const sentences = new SentenceTranslator({
    translator,
    memory: memory ?? null,
    glossary: glossary ?? null,
    settings,
    modelKey: 'weights 1',
  });
  const translate = (texts: readonly string[], source = 'en', target = 'de', before: readonly string[] = []) =>
    sentences.translate(
      texts.map((text) => ({ text, source, target })),
      new AbortController().signal,
      before,
    );
  return { asked, translate };
}

function translatorOf(answer: Scripted['answer'], info: Partial<TranslatorInfo> = {}, asked: Asked[] = []): Translator {
  return {
    info: () => Promise.resolve({ model: 'scripted', family: 'm2m100', languages: ['en', 'de'], ...info }),
    translate: (items, options) =>
      Promise.resolve(
        items.map((item): TranslatedText => {
          asked.push({ text: item.text, options });
          const said = answer(item.text, options, item);
          return typeof said === 'string' ? { text: said, confidence: 0.8 } : said;
        }),
      ),
  };
}

const SENTENCE = 'The committee decided yesterday that the old bridge will be closed for two years.';
const GOOD = 'Der Ausschuss hat gestern beschlossen, dass die alte Brücke für zwei Jahre gesperrt wird.';

test('a sound translation is taken as it is, after one call', async () => {
  const { asked, translate } = scripted({ answer: () => GOOD });
  const [result] = await translate([SENTENCE]);
  assert.is(result?.text, GOOD);
  assert.is(result?.suspect, undefined);
  assert.ok((result?.confidence ?? 0) > 0.3 && (result?.confidence ?? 1) < 0.8, 'calibrated, never above the model');
  assert.is(asked.length, 1);
});

/** One fault of each kind, as models make them, and the check that must see it. */
const FAULTS: ReadonlyArray<readonly [check: string, source: string, bad: string, good: string]> = [
  ['empty', SENTENCE, '…', GOOD],
  ['length', `${SENTENCE} He said so.`, 'Der Ausschuss.', GOOD],
  ['repetition', SENTENCE, `${'Der Ausschuss hat '.repeat(12)}.`, GOOD],
  [
    'numbers',
    'In 2024 we sold 315 houses there.',
    '2024 haben wir dort 351 Häuser verkauft.',
    '2024 haben wir dort 315 Häuser verkauft.',
  ],
  [
    'names',
    'Yesterday Angela Merkel met the farmers.',
    'Gestern traf sie die Bauern dort.',
    'Gestern traf Angela Merkel die Bauern.',
  ],
  ['copied', SENTENCE, SENTENCE, GOOD],
  ['script', SENTENCE, 'Комитет вчера решил, что старый мост будет закрыт на два года.', GOOD],
];

for (const [check, source, bad, good] of FAULTS) {
  test(`${check}: the fault is seen, tried again in another way, and the sound one wins`, async () => {
    const { asked, translate } = scripted({
      answer: (_text, options) =>
        options.beamSize === undefined && options.noRepeatNgramSize === undefined
          ? { text: bad, confidence: 0.95 }
          : good,
    });
    const [result] = await translate([source]);
    assert.is(result?.text, good);
    assert.is(result?.suspect, undefined);
    assert.ok(asked.length >= 2 && asked.length <= 4, `${asked.length} calls`);
  });

  test(`${check}: what no way mends is marked with its reason, and counts less`, async () => {
    const { asked, translate } = scripted({ answer: () => bad });
    const [result] = await translate([source]);
    assert.match(result?.suspect ?? '', new RegExp(`(^|; )${check}: `));
    const { translate: unchecked } = scripted({ answer: () => bad, settings: { checks: 'off' } });
    const [raw] = await unchecked([source]);
    assert.equal([raw?.text, raw?.suspect, raw?.confidence], [bad, undefined, 0.8]);
    assert.ok((result?.confidence ?? 1) < 0.5 * 0.8);
    const { asked: marked, translate: mark } = scripted({ answer: () => bad, settings: { checks: 'mark' } });
    assert.ok((await mark([source]))[0]?.suspect !== undefined);
    assert.is(marked.length, 1, 'marking asks for nothing more');
    assert.ok(asked.length > 1);
  });
}

test('only the suspicious of a batch are tried again, together with those that need the same', async () => {
  const calls: number[] = [];
  const translator = translatorOf((text, options) =>
    text.includes('?') && options.beamSize === undefined ? '…' : 'Das ist ein Satz',
  );
  const counting: Translator = {
    ...translator,
    translate: (items, options) => {
      calls.push(items.length);
      return translator.translate(items, options);
    },
  };
  const sentences = new SentenceTranslator({
    translator: counting,
    memory: null,
    glossary: null,
    settings: { checks: 'retry' },
    modelKey: '',
  });
  const texts = ['Is this so?', 'This one is fine.', 'And this too?', 'No doubt about it.'];
  const results = await sentences.translate(
    texts.map((text) => ({ text, source: 'en', target: 'de' })),
    new AbortController().signal,
  );
  assert.is(results.length, 4);
  assert.is(calls[0], 4);
  assert.is(calls[1], 2);
});

test('another model is asked where there is one, in its own way with what must not change', async () => {
  const asked: Asked[] = [];
  const other = translatorOf(() => 'Öffne die Datei', { kept: 'cut', model: 'other' }, asked);
  const { translate } = scripted({ answer: () => '…', other });
  const [result] = await translate(['Open the file {name}']);
  assert.is(result?.text, 'Öffne die Datei {name}');
  assert.equal(
    asked.map(({ text }) => text),
    ['Open the file'],
  );
});

test('a sentence that is too much for the model is translated by its clauses', async () => {
  const source = 'When the rain had stopped, the children went out into the garden, because they wanted to play.';
  const clauses: Record<string, string> = {
    'When the rain had stopped,': 'Als der Regen aufgehört hatte,',
    'the children went out into the garden,': 'gingen die Kinder in den Garten hinaus,',
    'because they wanted to play.': 'weil sie spielen wollten.',
  };
  const { translate } = scripted({ answer: (text) => clauses[text] ?? 'Regen.' });
  const [result] = await translate([source]);
  assert.is(result?.text, Object.values(clauses).join(' '));
});

const KEPT = 'Hello {name}, see <b>https://x.org/a?b=1</b> before 5 pm.';

test('what must not change comes back, whichever way the model needs it', async () => {
  const ways: ReadonlyArray<readonly [KeptItems, (text: string) => string]> = [
    ['marks', (text) => text.replace('Hello', 'Hallo').replace('see', 'siehe').replace('before 5 pm', 'vor 17 Uhr')],
    ['cut', (text) => ({ Hello: 'Hallo', see: 'siehe', 'before 5 pm.': 'vor 17 Uhr.' })[text] ?? text],
    ['told', (text) => text.replace('Hello', 'Hallo').replace('see', 'siehe').replace('before 5 pm', 'vor 17 Uhr')],
  ];
  for (const [kept, answer] of ways) {
    const { asked, translate } = scripted({ answer, info: { kept }, settings: { checks: 'mark' } });
    const [result] = await translate([KEPT]);
    for (const item of ['{name}', '<b>https://x.org/a?b=1</b>'])
      assert.ok(result?.text.includes(item), `${kept}: ${result?.text}`);
    if (kept !== 'told')
      assert.not.ok(
        asked.some(({ text }) => /[{<]|https/.test(text)),
        `${kept} shows the model none`,
      );
  }
});

test('a mark that the model lost is put back and told of', async () => {
  const { translate } = scripted({ answer: (text) => text.replace(/ ?X1X ?/, ' ') });
  const [result] = await translate(['Please open the file {name} in the editor of your choice now']);
  assert.match(result?.text ?? '', /\{name\}/);
  assert.match(result?.suspect ?? '', /placeholders: lost and put back: "\{name\}"/);
});

const GLOSSARY = new Glossary([
  { texts: { en: 'bridge', de: 'Überführung' } },
  { texts: { [EVERY_LANGUAGE]: 'VoiceLingua' }, doNotTranslate: true },
]);

test('terms are said as the glossary has them, by marks, by cutting, and by telling', async () => {
  const source = 'VoiceLingua closed the bridge.';
  const marks = scripted({
    answer: (text) => text.replace('closed the', 'schloss die'),
    glossary: GLOSSARY,
    settings: { checks: 'mark' },
  });
  assert.is((await marks.translate([source]))[0]?.text, 'VoiceLingua schloss die Überführung.');
  assert.is(marks.asked[0]?.text, 'X1X closed the X2X.');
  const cut = scripted({
    answer: (text) => text.replace('closed the', 'schloss die'),
    info: { kept: 'cut' },
    glossary: GLOSSARY,
  });
  assert.is((await cut.translate([source]))[0]?.text, 'VoiceLingua schloss die Überführung.');
  const told = scripted({
    answer: () => 'VoiceLingua schloss die Brücke.',
    info: { kept: 'told', family: 'llm' },
    glossary: GLOSSARY,
  });
  const [result] = await told.translate([source], 'en', 'de', ['It was late.']);
  assert.equal(told.asked[0]?.options.terms, [
    { source: 'VoiceLingua', target: 'VoiceLingua' },
    { source: 'bridge', target: 'Überführung' },
  ]);
  assert.equal(told.asked[0]?.options.before, ['It was late.']);
  assert.match(result?.suspect ?? '', /terms: not said as the glossary has it: "Überführung"/);
});

class Memory implements TranslationMemory {
  readonly entries = new Map<string, NewMemoryEntry>();
  readonly asked: MemoryKey[] = [];

  recall(keys: readonly MemoryKey[]) {
    this.asked.push(...keys);
    return Promise.resolve(
      keys.map((key) => {
        const found = this.entries.get(JSON.stringify(key));
        return found === undefined ? null : { ...found, imported: found.model === IMPORTED_MODEL };
      }),
    );
  }

  remember(entries: readonly NewMemoryEntry[]) {
    for (const { translation, confidence, ...key } of entries) {
      this.entries.set(JSON.stringify(key), { ...key, translation, confidence });
    }
    return Promise.resolve();
  }
}

test('a sentence is translated once for all tasks with the same model, options and terms', async () => {
  const memory = new Memory();
  const first = scripted({ answer: () => GOOD, memory });
  const [made] = await first.translate([SENTENCE]);
  const again = scripted({ answer: () => 'Nie gefragt.', memory });
  assert.equal(await again.translate([SENTENCE]), [made]);
  assert.is(again.asked.length, 0);
  const others: ReadonlyArray<readonly [string, Partial<Scripted>]> = [
    ['options', { settings: { beamSize: 2 } }],
    ['terms', { glossary: GLOSSARY }],
    ['model', { info: { model: 'another' } }],
  ];
  for (const [what, more] of others) {
    const other = scripted({ answer: (text) => text.replaceAll(/./gu, 'ä'), memory, ...more });
    await other.translate([SENTENCE]);
    assert.ok(other.asked.length > 0, `other ${what} are asked for anew`);
  }
  const unrelated = new Glossary([{ texts: { en: 'river', de: 'Strom' } }]);
  const same = scripted({ answer: () => 'Nie gefragt.', memory, glossary: unrelated });
  assert.equal(await same.translate([SENTENCE]), [made], 'terms that the sentence has not do not matter');
});

test('suspects, fallbacks and mere changes of script are not remembered', async () => {
  const memory = new Memory();
  await scripted({ answer: () => '…', memory }).translate([SENTENCE]);
  await scripted({ answer: () => ({ text: GOOD, confidence: 0.9, model: 'fallback' }), memory }).translate([SENTENCE]);
  await scripted({ answer: () => '軟體', memory }).translate(['软件'], 'zh', 'zh-tw');
  await scripted({ answer: () => GOOD, memory, settings: { checks: 'off' } }).translate([SENTENCE]);
  assert.is(memory.entries.size, 0);
});

test('a sentence that is all kept needs no model', async () => {
  const { asked, translate } = scripted({ answer: () => 'nie', info: { kept: 'cut' } });
  assert.equal(await translate(['https://x.org/a {name}']), [{ text: 'https://x.org/a {name}', confidence: 1 }]);
  assert.is(asked.length, 0);
});

test('an error of the engine, in a further try too, is the caller’s', async () => {
  const { translate } = scripted({
    answer: (_text, options) => {
      if (options.beamSize !== undefined) throw new Error('the host died');
      return '…';
    },
  });
  await translate([SENTENCE]).then(
    () => assert.unreachable('must reject'),
    (error: unknown) => assert.match((error as Error).message, /the host died/),
  );
});

/** What models do to a text now and then. */
const MANGLES: ReadonlyArray<(text: string) => string> = [
  (text) => text,
  (text) => text.replace(/X[0-9]+X/, ''),
  (text) => text.replace(/X([0-9]+)X/g, ' x $1 X '),
  (text) => `${text} ${text}`,
  (text) => text.split(' ').reverse().join(' '),
  (text) => `\u0000${text}\u202e\n\u0007 and more\ufeff`,
  () => '',
  (text) => `${text} {invented} X9X`,
];
const PIECES = [
  'Good morning',
  '{name}',
  '%s',
  '{{user.id}}',
  '<b>',
  '</b>',
  'https://x.org/?a=1&b=2',
  'a@b.org',
  '😀',
  '42 km',
  '…',
  ',',
  'the old bridge',
];

test('whatever a model does: a text for each, with every kept item, and no control character that was not there', async () => {
  const random = seededRandom('mangled translations');
  for (let round = 0; round < 150; round++) {
    const sentences = Array.from({ length: 1 + random.below(5) }, () =>
      Array.from({ length: 1 + random.below(8) }, () => random.pick(PIECES)).join(' '),
    );
    const kept = random.pick(['marks', 'cut'] as const);
    const checks = random.pick(['retry', 'mark'] as const);
    const { translate } = scripted({
      answer: (text) => random.pick(MANGLES)(text),
      info: { kept },
      settings: { checks },
    });
    const results = await translate(sentences);
    assert.is(results.length, sentences.length);
    for (const [index, sentence] of sentences.entries()) {
      const { text } = results[index] as { readonly text: string };
      for (const item of ['{name}', '%s', '{{user.id}}', '<b>', '</b>', 'https://x.org/?a=1&b=2', 'a@b.org', '😀']) {
        const [wanted, got] = [sentence, text].map((one) => one.split(item).length - 1);
        assert.ok((got as number) >= (wanted as number), `${kept}: ${item} in ${JSON.stringify([sentence, text])}`);
      }
      assert.not.match(text, /[\p{Cc}\u202a-\u202e\ufeff]/u);
    }
  }
});

test.run();
