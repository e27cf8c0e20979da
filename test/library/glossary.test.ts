import { rmSync, writeFileSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { GlossaryTerm, TaskRequest, VoiceLingua } from '../../src/index.js';
import { openVoiceLingua } from '../../src/index.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { failure, temporary } from './support.js';

// Nothing here starts an engine: tasks are stored, and not run.

const TERMS: readonly GlossaryTerm[] = [
  { texts: { en: 'server', de: 'Server', fr: 'serveur' } },
  { texts: { '*': 'SAP' }, doNotTranslate: true, caseSensitive: true },
];
const SAME_TERMS = 'en,de,fr,dnt,case,note\nserver,Server,serveur,,,a machine\nSAP,,,yes,yes,\n';

let files = 0;

function glossaryFile(content: string, extension = 'csv'): string {
  files += 1;
  const path = temporary(`glossary-${files}.${extension}`);
  writeFileSync(path, content);
  return path;
}

async function withStore<T>(use: (lingua: VoiceLingua, store: string) => Promise<T>): Promise<T> {
  files += 1;
  const store = temporary(`glossary-store-${files}.sqlite`);
  const lingua = await openVoiceLingua({ store });
  try {
    return await use(lingua, store);
  } finally {
    await lingua.close();
  }
}

const request = (translate: TaskRequest['translate'], more: Partial<TaskRequest> = {}): TaskRequest => ({
  text: 'The server is down.',
  languages: ['de', 'fr'],
  language: 'en',
  ...(translate === undefined ? {} : { translate }),
  ...more,
});

async function glossaryOf(lingua: VoiceLingua, id: string): Promise<unknown> {
  return ((await lingua.task(id)).options.translate as { glossary?: unknown } | undefined)?.glossary;
}

test('a glossary is part of the work: another one is another task, the same one, file or list, is the same', () =>
  withStore(async (lingua) => {
    const path = glossaryFile(SAME_TERMS);
    const plain = await lingua.submit(request(undefined));
    const byList = await lingua.submit(request({ glossary: TERMS }));
    assert.is.not(byList.id, plain.id);
    const byFile = await lingua.submit(request({ glossary: path }));
    assert.equal([byFile.id, byFile.created], [byList.id, false]);
    assert.match(String(await glossaryOf(lingua, byList.id)), /^[0-9a-f]{32}$/);
    const other = await lingua.submit(request({ glossary: TERMS.slice(0, 1) }));
    assert.is.not(other.id, byList.id);
    const options = (await lingua.task(plain.id)).options;
    assert.equal(options, {}, 'a task without says nothing of it');
  }));

test('a file that has changed is another glossary', () =>
  withStore(async (lingua) => {
    const path = glossaryFile('en,de\nserver,Server\n');
    const first = await lingua.submit(request({ glossary: path }));
    writeFileSync(path, 'en,de\nserver,Rechner\n');
    const second = await lingua.submit(request({ glossary: path }));
    assert.is.not(second.id, first.id);
    rmSync(path);
    const error = await failure(() => lingua.submit(request({ glossary: path })));
    assert.is(error.code, 'INPUT_NOT_FOUND');
  }));

test('many tasks keep one glossary, which outlives the file and the caller', () =>
  withStore(async (lingua, file) => {
    const path = glossaryFile(SAME_TERMS);
    const tasks = await lingua.submit(
      Array.from({ length: 100 }, (_, index) => request({ glossary: path }, { text: `Text ${index}.` })),
    );
    rmSync(path);
    const fingerprints = new Set(await Promise.all(tasks.map(({ id }) => glossaryOf(lingua, id))));
    assert.is(fingerprints.size, 1);
    const [fingerprint] = fingerprints as Set<string>;
    await lingua.close();
    const store = await openSqliteStore(file);
    const terms = (await store.glossary(fingerprint as string))?.split('\n').map((line) => JSON.parse(line) as unknown);
    assert.equal(terms, TERMS, 'without the note, which translates nothing');
    await store.close();
  }));

test('a glossary that was deleted with its last task is kept again with the next', () =>
  withStore(async (lingua) => {
    const path = glossaryFile(SAME_TERMS);
    for (const glossary of [path, TERMS]) {
      const { id } = await lingua.submit(request({ glossary }));
      assert.ok(await lingua.delete(id));
      const again = await lingua.submit(request({ glossary }));
      assert.ok(again.created);
      assert.ok(await lingua.delete(again.id));
    }
  }));

test('a file with two columns takes its languages from the task, when they are two', () =>
  withStore(async (lingua) => {
    const path = glossaryFile('server,Server\nprinter,Drucker\n');
    const table = glossaryFile('en,de\nserver,Server\nprinter,Drucker\n');
    const one = await lingua.submit(request({ glossary: path }, { languages: ['de'] }));
    const same = await lingua.submit(request({ glossary: table }, { languages: ['de'] }));
    assert.is(same.id, one.id);
    const withOwn = await lingua.submit(request({ glossary: path }, { languages: ['en', 'de'] }));
    assert.ok(withOwn.created, 'the language of the text is no second target');
    const several = await failure(() => lingua.submit(request({ glossary: path })));
    assert.is(several.code, 'INPUT_CORRUPT');
    assert.match(several.message, /one language to translate from, which is given, and one to translate into/);
    const named = glossaryFile('source,target\nserver,Server\n');
    const unknown = await failure(() =>
      lingua.submit({ audio: '/no/such.wav', languages: ['de'], translate: { glossary: named } }),
    );
    assert.is(unknown.code, 'INVALID_ARGUMENT');
    assert.match(
      unknown.message,
      /Name them by language codes \(en,de\), or translate from one language that is given/,
    );
  }));

test('mistakes in a list name the entry', () =>
  withStore(async (lingua) => {
    const good = { texts: { en: 'a', de: 'b' } };
    const bad: ReadonlyArray<readonly [unknown, string, RegExp]> = [
      [['a'], 'INVALID_ARGUMENT', /"glossary\[0\]" must be a term/],
      [[good, null], 'INVALID_ARGUMENT', /"glossary\[1\]" must be a term/],
      [[good, { text: {} }], 'UNKNOWN_OPTION', /glossary\[1\] has no option "text"\. Did you mean "texts"/],
      [[{ texts: ['a', 'b'] }], 'INVALID_ARGUMENT', /"glossary\[0\]\.texts" must be texts by language/],
      [[{ texts: { en: 'a' } }], 'INVALID_ARGUMENT', /in two languages at least/],
      [[{ texts: {}, doNotTranslate: true }], 'INVALID_ARGUMENT', /in two languages at least|not empty/],
      [[{ texts: { en: 'a', jp: 'b' } }], 'UNSUPPORTED_LANGUAGE', /"glossary\[0\]\.texts": "jp" is a country/],
      [[{ texts: { zh: 'a', 'zh-CN': 'b' } }], 'INVALID_ARGUMENT', /two are "zh"/],
      [[{ texts: { en: ' ', de: 'b' } }], 'INVALID_ARGUMENT', /"glossary\[0\]\.texts\.en" must be a text that is not/],
      [[{ texts: { en: 'x'.repeat(501), de: 'b' } }], 'INVALID_ARGUMENT', /has 501 characters.*at most 500/],
      [[{ texts: { en: 'a\0', de: 'b' } }], 'INVALID_ARGUMENT', /control characters/],
      [[{ texts: { en: 'a\ud800', de: 'b' } }], 'INVALID_ARGUMENT', /lone surrogates/],
      [[{ ...good, caseSensitive: 'yes' }], 'INVALID_ARGUMENT', /caseSensitive" must be true or false/],
      [[{ ...good, note: 7 }], 'INVALID_ARGUMENT', /note" must be a text/],
      [[], 'INVALID_ARGUMENT', /"glossary" must be the path of a file, or a list of 1 to 100000 terms/],
      [new Array(100_001).fill(good), 'INVALID_ARGUMENT', /100001 terms/],
      [7, 'INVALID_ARGUMENT', /"glossary" must be the path/],
      ['', 'INVALID_ARGUMENT', /not empty/],
    ];
    for (const [glossary, code, message] of bad) {
      const error = await failure(() => lingua.submit(request({ glossary: glossary as string })));
      assert.is(error.code, code, error.message);
      assert.match(error.message, message);
    }
    assert.is((await lingua.tasks()).length, 0);
  }));

test('100,000 terms are taken from a list and from a file, and are the same glossary', () =>
  withStore(async (lingua) => {
    const names = Array.from({ length: 100_000 }, (_, index) => `term ${index}`);
    const byList = await lingua.submit(
      request({ glossary: names.map((name) => ({ texts: { en: name, de: `${name} (de)` } })) }),
    );
    const path = glossaryFile(`en,de\n${names.map((name) => `${name},${name} (de)`).join('\n')}\n`);
    const byFile = await lingua.submit(request({ glossary: path }));
    assert.is(byFile.id, byList.id);
    const broken = glossaryFile(
      `en,de\n${names
        .slice(1)
        .map((name) => `${name},${name} (de)`)
        .join('\n')}\nlast,\n`,
    );
    const error = await failure(() => lingua.submit(request({ glossary: broken })));
    assert.is(error.code, 'INPUT_CORRUPT', 'the thread that reads large files tells its errors as they are');
    assert.equal(error.details, { path: broken, line: 100_001 });
  }));

test('decoding options of a translation are checked, and are part of the work', () =>
  withStore(async (lingua) => {
    const plain = await lingua.submit(request({}));
    for (const translate of [{ lengthPenalty: -0.5 }, { repetitionPenalty: 1.5 }, { noRepeatNgramSize: 4 }]) {
      const { id } = await lingua.submit(request(translate));
      assert.is.not(id, plain.id);
      assert.equal((await lingua.task(id)).options.translate, translate);
    }
    const bad = [
      { lengthPenalty: 101 },
      { repetitionPenalty: 0 },
      { noRepeatNgramSize: -1 },
      { noRepeatNgramSize: 0.5 },
    ];
    for (const translate of bad) {
      assert.is((await failure(() => lingua.submit(request(translate)))).code, 'INVALID_ARGUMENT');
    }
  }));

test('to do without the memory is other work; to use it is not', () =>
  withStore(async (lingua) => {
    const plain = await lingua.submit(request({}));
    assert.is((await lingua.submit(request({ memory: true }))).id, plain.id);
    const without = await lingua.submit(request({ memory: false }));
    assert.is.not(without.id, plain.id);
    assert.equal((await lingua.task(without.id)).options.translate, { memory: false });
    assert.is(
      (await failure(() => lingua.submit(request({ memory: 1 as unknown as boolean })))).code,
      'INVALID_ARGUMENT',
    );
  }));

test.run();
