import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { LogEntry } from '../../src/index.js';
import { AUDIO, temporary, withLibrary } from './support.js';

async function withFaults<T>(faults: readonly object[], work: () => Promise<T>): Promise<T> {
  process.env.VOICELINGUA_TEST_FAULTS = JSON.stringify(faults);
  try {
    return await work();
  } finally {
    delete process.env.VOICELINGUA_TEST_FAULTS;
  }
}

test('a translation that runs out of memory goes on with fewer rows, and the next ones begin there', async () => {
  const entries: LogEntry[] = [];
  const numbers = 'two three four five six seven eight nine ten eleven twelve fifteen twenty thirty'.split(' ');
  const texts = numbers.map((number) => `Please wait ${number} minutes.`);
  await withFaults([{ method: 'translate', action: 'oom', times: 2, counter: temporary('oom') }], () =>
    withLibrary(
      async (lingua) => {
        const { languages } = await lingua.translate(texts, { from: 'en', to: ['de', 'fr', 'es'] });
        assert.is(languages.de?.units[0]?.text, 'Bitte warten Sie zwei Minuten.');
        assert.ok(languages.fr?.units.every(({ text }) => text !== ''));
      },
      { logger: (entry) => entries.push(entry), jobs: 1 },
    ),
  );
  const steps = entries.filter(({ message }) => message.includes('ran out of memory'));
  assert.ok(steps.length > 0);
  assert.match(steps[0]?.message ?? '', /with 32 at once, .* goes on with (16|8) at once/);
});

test('what runs out of memory however little it is given fails with that', async () => {
  await withFaults([{ method: 'recognize', action: 'oom' }], () =>
    withLibrary(
      async (lingua) => {
        const { id } = await lingua.submit({ audio: `${AUDIO}/sentence.wav`, language: 'en' });
        assert.is((await lingua.run([id])).failed, 1);
        assert.is((await lingua.task(id)).error?.code, 'OUT_OF_MEMORY');
      },
      { maxRetries: 0 },
    ),
  );
});

test.run();
