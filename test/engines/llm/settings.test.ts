import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { createLlmTranslator } from '../../../src/engines/llm/chat-service.js';
import { startMock, translationOf } from './mock-server.js';
import { errorOf, itemsOf, KEY } from './support.js';

const MINIMAL = { provider: 'openai', model: 'mock' };
const environment = { OPENAI_API_KEY: KEY, OTHER_KEY: 'other-key-of-some-length' };

test('a translator is made of plain settings', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'voicelingua-llm-'));
  await using server = await startMock();
  const settings = {
    ...MINIMAL,
    baseUrl: server.url,
    keyNames: ['OTHER_KEY'],
    temperature: 0.5,
    contextSentences: 1,
    batchSentences: 2,
    maxOutputTokens: 1000,
    languages: ['en', 'ES', 'zh-Hant'],
    prices: { input: 1, output: 2, currency: 'EUR' },
    budget: 1,
    limits: { requestsPerMinute: 1000, concurrency: 2 },
    retry: { maxRetries: 1, deadlineMs: 5000 },
    cacheFolder: folder,
  };
  const texts = ['One is here.', 'Two is there.', 'Three is away.'];
  for (const [round, cached] of [false, true].entries()) {
    const translator = createLlmTranslator(settings, { environment });
    const results = await translator.translate(itemsOf(texts));
    assert.equal(
      results.map(({ text }) => text),
      texts.map(translationOf),
    );
    assert.ok(results.every(({ origin }) => origin.kind === 'provider' && origin.cached === cached));
    assert.is(server.requests.length, 2, `round ${round}`);
    assert.is(translator.totals().currency, 'EUR');
    assert.equal((await translator.info()).languages, ['en', 'es', 'zh-tw']);
  }
  assert.equal(
    server.requests.map(({ headers, body }) => [headers.authorization, body.temperature]),
    [
      ['Bearer other-key-of-some-length', 0.5],
      ['Bearer other-key-of-some-length', 0.5],
    ],
  );
  await rm(folder, { recursive: true });
});

test('settings alone send nothing and need no key', async () => {
  const translator = createLlmTranslator(MINIMAL, { environment: {} });
  assert.is((await translator.info()).model, 'openai/mock');
  assert.is((await translator.estimate(itemsOf(['One.']))).cost, null);
  assert.is((await errorOf(translator.translate(itemsOf(['One.'])))).code, 'PROVIDER_AUTH');
});

const WRONG: ReadonlyArray<readonly [string, unknown, string]> = [
  ['no model', { provider: 'openai' }, 'INVALID_ARGUMENT'],
  ['an unknown provider', { ...MINIMAL, provider: 'open-ai' }, 'INVALID_ARGUMENT'],
  ['a key among them', { ...MINIMAL, apiKey: KEY }, 'UNKNOWN_OPTION'],
  ['a key as the name of its variable', { ...MINIMAL, keyNames: [KEY] }, 'INVALID_ARGUMENT'],
  ['a key in the base URL', { ...MINIMAL, baseUrl: `https://x:${KEY}@example.org` }, 'INVALID_ARGUMENT'],
  ['no names of variables', { ...MINIMAL, keyNames: [] }, 'INVALID_ARGUMENT'],
  ['a budget without prices', { ...MINIMAL, budget: 1 }, 'INVALID_ARGUMENT'],
  ['half a price', { ...MINIMAL, prices: { input: 1 } }, 'INVALID_ARGUMENT'],
  ['a negative price', { ...MINIMAL, prices: { input: -1, output: 1 } }, 'INVALID_ARGUMENT'],
  ['a limit of nothing', { ...MINIMAL, limits: { concurrency: 0 } }, 'INVALID_ARGUMENT'],
  ['a misspelt limit', { ...MINIMAL, limits: { requestPerMinute: 9 } }, 'UNKNOWN_OPTION'],
];

for (const [what, settings, code] of WRONG) {
  test(`settings with ${what} are refused, and no key is shown`, () => {
    assert.throws(
      () => createLlmTranslator(settings, { environment }),
      (error: { code: string }) => error.code === code && !inspect(error, { depth: 9 }).includes(KEY),
    );
  });
}

test.run();
