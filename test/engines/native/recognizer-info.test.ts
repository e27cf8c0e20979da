import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ROOT, recognizer, rejection, scriptedModel, scriptedTranslator, withLocalHost } from './support.js';

const SMALL = { state: 8, textLayers: 1 };

test('a model has the languages that its vocabulary has: Cantonese since large-v3 only', async () => {
  await withLocalHost(async (host) => {
    const languages = async (path: string) => (await recognizer(host, 'a', path).info()).languages;
    const first = await languages(scriptedModel({ ...SMALL, vocabulary: 51865 }));
    const later = await languages(scriptedModel({ ...SMALL, vocabulary: 51866 }));
    assert.is(first.length, 99);
    assert.equal(later, [...first, 'yue']);
    assert.equal(await languages(scriptedModel({ ...SMALL, vocabulary: 51864 })), ['en']);
    const folder = join(ROOT, 'models/demo-stt-ct2');
    if (existsSync(folder)) assert.equal(await languages(folder), first);
  });
});

test('what is no speech recognition model says what it is', async () => {
  await withLocalHost(async (host) => {
    const error = await rejection(recognizer(host, 'a', scriptedTranslator()).info());
    assert.is(error.code, 'MODEL_UNSUPPORTED');
    assert.match(error.message, /ct2-seq2seq/);
  });
});

test.run();
