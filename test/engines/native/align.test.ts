import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { DEMO_SPEECH, openWindows, ROOT, recognizer, SENTENCE, withLocalHost } from './support.js';

const DEMO_FOLDER = join(ROOT, 'models/demo-stt-ct2');

test('the words of a given text are found in the sound, in order, where they were recognised', async () => {
  if (!existsSync(join(DEMO_FOLDER, 'model.bin'))) {
    console.log('skipped: models/demo-stt-ct2 is not there');
    return;
  }
  await withLocalHost(async (host) => {
    const { stream, windows } = await openWindows(host, 'a', SENTENCE);
    const [window] = windows;
    assert.ok(window);
    const engine = recognizer(host, 'a', DEMO_FOLDER);
    const { segments } = await engine.recognize(window, { language: 'en', wordTimestamps: true });
    const heard = segments.flatMap(({ words = [] }) => words);
    assert.ok(heard.length > 3);
    const said = segments.map(({ text }) => text).join(' ');
    const { words, avg_logprob } = (await engine.align?.(window, said, 'en')) ?? { words: [], avg_logprob: 0 };
    assert.equal(
      words.map(({ word }) => word.trim()),
      heard.map(({ word }) => word.trim()),
    );
    for (const [index, { start, end }] of words.entries()) {
      assert.ok(start <= end && start >= (words[index - 1]?.start ?? 0));
      assert.ok(
        Math.abs(start - (heard[index]?.start ?? 0)) < 0.5,
        `word ${index}: ${start} for ${heard[index]?.start}`,
      );
    }
    const other = await engine.align?.(window, 'Ten green bottles hanging on the wall', 'en');
    assert.ok((other?.avg_logprob ?? 0) < avg_logprob - 1, 'another text is less likely');
    await stream.close();
  });
});

test('whisper.cpp cannot align, and says so by not having it', async () => {
  await withLocalHost(async (host) => {
    assert.is(recognizer(host, 'a', DEMO_SPEECH).align, undefined);
  });
});

test.run();
