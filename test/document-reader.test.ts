import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DocumentReader } from '../src/document-reader.js';
import { VoiceLinguaError } from '../src/domain/errors.js';

async function withReader<T>(use: (reader: DocumentReader) => Promise<T>): Promise<T> {
  const reader = new DocumentReader();
  try {
    return await use(reader);
  } finally {
    await reader.close();
  }
}

const cue = (number: number): string => `${number}\n00:00:01,000 --> 00:00:02,000\nSentence ${number}.\n\n`;
const subtitles = (count: number): string => Array.from({ length: count }, (_, index) => cue(index + 1)).join('');

test('long documents are taken apart on a thread, several on one, and are the same as short ones', async () => {
  await withReader(async (reader) => {
    const long = await reader.open('srt', subtitles(5000));
    const page = await reader.open('html', `<p>Good morning.</p>${' '.repeat(40_000)}`);
    const short = await reader.open('srt', subtitles(2));
    assert.equal(await short.units('en'), (await long.units('en')).slice(0, 2));
    assert.equal(await page.units('en'), [{ id: '1', text: 'Good morning.' }]);
    assert.is(page.sample, 'Good morning.');
    const units = (await long.units('en')).map(({ id, text }) => ({ id, text: text.toUpperCase(), confidence: 1 }));
    assert.is(await long.written(units, 'de'), subtitles(5000).replaceAll('Sentence', 'SENTENCE'));
  });
});

test('a part of a page with very many elements side by side is read', async () => {
  await withReader(async (reader) => {
    const parts = await reader.open('html', '<p>a</p>'.repeat(200_000));
    assert.is((await parts.units('en')).length, 200_000);
  });
});

test('what is wrong with a long document is told as of a short one, and the next is read', async () => {
  await withReader(async (reader) => {
    for (const length of [10, 100_000]) {
      const error = await reader.open('srt', 'a'.repeat(length)).catch((thrown: unknown) => thrown);
      assert.instance(error, VoiceLinguaError);
      assert.is((error as VoiceLinguaError).code, 'INPUT_CORRUPT');
    }
    assert.ok((await reader.open('srt', subtitles(5000))).sample.startsWith('Sentence 1.'));
  });
});

test('a reader that was closed while it reads rejects', async () => {
  const reader = new DocumentReader();
  const opened = reader.open('html', '<p>a</p>'.repeat(100_000)).catch((error: unknown) => error);
  await reader.close();
  assert.instance(await opened, VoiceLinguaError);
});

test.run();
