import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { PassThrough, Readable, Writable } from 'node:stream';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLingua, VoiceLinguaOptions } from '../../src/index.js';
import { openVoiceLingua } from '../../src/index.js';
import { failure, temporary } from './support.js';

// Nothing here starts an engine.

let stores = 0;

async function withStore<T>(use: (lingua: VoiceLingua) => Promise<T>, options: VoiceLinguaOptions = {}): Promise<T> {
  stores += 1;
  const lingua = await openVoiceLingua({ store: temporary(`memory-store-${stores}.sqlite`), ...options });
  try {
    return await use(lingua);
  } finally {
    await lingua.close();
  }
}

const unit = (index: number, language = 'de'): string =>
  `<tu><tuv xml:lang="en"><seg>Sentence ${index}.</seg></tuv><tuv xml:lang="${language}"><seg>Satz ${index}.</seg></tuv></tu>`;

function document(count: number, language = 'de'): string {
  const units = Array.from({ length: count }, (_, index) => unit(index, language)).join('\n');
  return `<tmx version="1.4"><header srclang="en"/><body>${units}</body></tmx>`;
}

const streamOf = (text: string): Readable => Readable.from([Buffer.from(text)]);

test('imports from a stream and exports to one, which it leaves open', () =>
  withStore(async ({ translationMemory }) => {
    const told: number[] = [];
    const done = await translationMemory.import(streamOf(document(1_200)), {
      onProgress: ({ added }) => told.push(added),
    });
    assert.is(done.added, 1_200);
    assert.equal(told, [500, 1_000, 1_200]);
    const target = new PassThrough();
    let text = '';
    target.on('data', (chunk) => {
      text += chunk;
    });
    const counts: number[] = [];
    const { entries } = await translationMemory.export(target, {
      from: 'en-US',
      to: 'de',
      onProgress: (soFar) => counts.push(soFar.entries),
    });
    assert.is(entries, 1_200);
    assert.equal(counts, [500, 1_000, 1_200]);
    assert.not(target.writableEnded);
    assert.match(text, /srclang="en".*<seg>Satz 1199\.<\/seg>/s);
    assert.is((await translationMemory.export(temporary('none.tmx'), { from: 'de' })).entries, 0);
  }));

test('tells what it holds by languages and model, and prunes it', () =>
  withStore(async ({ translationMemory }) => {
    await translationMemory.import(streamOf(document(12_000)));
    await translationMemory.import(streamOf(document(2, 'fr')));
    const { entries, limit, groups, bytes } = await translationMemory.overview();
    assert.equal([entries, limit], [12_002, 200_000]);
    assert.equal(
      groups.map(({ source, target, model, entries: count }) => [source, target, model, count]),
      [
        ['en', 'de', 'imported', 12_000],
        ['en', 'fr', 'imported', 2],
      ],
    );
    assert.is(
      bytes,
      groups.reduce((sum, group) => sum + group.bytes, 0),
    );
    assert.is(await translationMemory.prune({ keep: 10, dryRun: true }), 11_992);
    assert.is(await translationMemory.prune({ keep: 10 }), 11_992);
    assert.is(await translationMemory.prune({ olderThanMs: 3_600_000 }), 0);
    assert.is(await translationMemory.prune({ model: 'demo-mt' }), 0);
    assert.is(await translationMemory.prune({ model: 'imported' }), 10);
    const error = await failure(() => translationMemory.prune({}));
    assert.is(error.code, 'INVALID_ARGUMENT');
    assert.match(error.message, /"keep".*"olderThanMs" or "model"/);
  }));

test('holds as much as the instance is opened for', () =>
  withStore(
    async ({ translationMemory }) => {
      const { added, evicted } = await translationMemory.import(streamOf(document(8)));
      assert.equal([added, evicted], [8, 3]);
      const { entries, limit } = await translationMemory.overview();
      assert.equal([entries, limit], [5, 5]);
    },
    { translationMemoryLimit: 5 },
  ));

test('an export that is stopped leaves the file that was there', () =>
  withStore(async ({ translationMemory }) => {
    await translationMemory.import(streamOf(document(1_200)));
    const path = temporary('kept.tmx');
    writeFileSync(path, 'before');
    const abort = new AbortController();
    const reason = new Error('enough');
    const stopped = translationMemory.export(path, {
      signal: abort.signal,
      onProgress: () => abort.abort(reason),
    });
    assert.is(await stopped.catch((error: unknown) => error), reason);
    assert.is(readFileSync(path, 'utf8'), 'before');
    const full = new Writable({ highWaterMark: 1, write: () => undefined });
    const later = new AbortController();
    setTimeout(() => later.abort(reason), 50);
    assert.is(await translationMemory.export(full, { signal: later.signal }).catch((error: unknown) => error), reason);
  }));

test('an import that is stopped keeps what came before, also while its stream waits', () =>
  withStore(async ({ translationMemory }) => {
    const source = new PassThrough();
    source.write(document(600).slice(0, -40));
    const abort = new AbortController();
    const reason = new Error('enough');
    const stopped = translationMemory.import(source, {
      signal: abort.signal,
      onProgress: () => setImmediate(() => abort.abort(reason)),
    });
    assert.is(await stopped.catch((error: unknown) => error), reason);
    assert.is((await translationMemory.overview()).entries, 500);
  }));

test('what is no file, no stream or no option is refused', () =>
  withStore(async (lingua) => {
    const { translationMemory } = lingua;
    const path = temporary('plain.tmx');
    writeFileSync(path, 'plain text');
    const cases: ReadonlyArray<readonly [() => unknown, string, RegExp]> = [
      [() => translationMemory.import(7 as unknown as string), 'INVALID_ARGUMENT', /path of a TMX file/],
      [() => translationMemory.import(''), 'INVALID_ARGUMENT', /path of a TMX file/],
      [() => translationMemory.import(path, { form: 'en' } as object), 'UNKNOWN_OPTION', /"from"/],
      [() => translationMemory.import(path, { from: 'jp' }), 'UNSUPPORTED_LANGUAGE', /use "ja"/],
      [() => translationMemory.import(path), 'INPUT_CORRUPT', /plain\.tmx.*Nothing was imported/],
      [() => translationMemory.import(temporary('')), 'INPUT_IS_DIRECTORY', /it is a folder/],
      [() => translationMemory.export('' as string), 'INVALID_ARGUMENT', /a path or a writable stream/],
      [() => translationMemory.export(path, { model: '' }), 'INVALID_ARGUMENT', /model/],
    ];
    for (const [call, code, message] of cases) {
      const error = await failure(call);
      assert.is(error.code, code, error.message);
      assert.match(error.message, message);
    }
    await lingua.close();
    assert.is((await failure(() => translationMemory.overview())).code, 'CLOSED');
    assert.ok(existsSync(path));
  }));

test.run();
