import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type LlmOptions, type LogEntry, openVoiceLingua, type VoiceLingua } from '../../src/index.js';
import {
  type Behaviour,
  completionOf,
  fails,
  good,
  type MockServer,
  says,
  send,
  silent,
  startMock,
} from '../engines/llm/mock-server.js';
import { KEY } from '../engines/llm/support.js';
import { AUDIO, failure, ROOT, temporary, withLibrary } from './support.js';

const require = createRequire(import.meta.url);
const TEXT = 'Please wait two minutes. Where is the station?';
const SPANISH = '¡Please wait two minutes.! ¡Where is the station?!';
const OFFLINE = 'Bitte warten Sie zwei Minuten.';
const PRICES = { input: 1, output: 2, currency: 'EUR' };
/** The client would wait a second before it tries again. */
const AT_ONCE = { maxRetries: 0 };

for (const name of ['DEEPSEEK_API_KEY', 'GEMINI_API_KEY', 'VOICELINGUA_LLM_KEY']) delete process.env[name];
process.env.OPENAI_API_KEY = KEY;

/** An instance whose provider is the mock server. */
async function withChat<T>(
  behaviour: Behaviour,
  use: (lingua: VoiceLingua, server: MockServer) => Promise<T>,
  llm: LlmOptions = {},
  more: object = {},
): Promise<T> {
  await using server = await startMock(behaviour);
  const settings = { retry: AT_ONCE, ...llm, baseUrl: server.url };
  return await withLibrary((lingua) => use(lingua, server), { llm: settings, ...more });
}

const refuses = says(null, { finish: 'content_filter' });

test('a text through a chat model: translations, cost in the set, in the package and of the instance', () =>
  withChat(
    good,
    async (lingua, server) => {
      const job = lingua.translate(TEXT, { from: 'en', to: 'es', model: 'openai:mock' });
      const set = await job;
      assert.is(set.languages.es?.text, SPANISH);
      assert.is(set.model, 'openai/mock');
      const cost = {
        requests: 1,
        input_tokens: 100,
        cached_input_tokens: 40,
        output_tokens: 50,
        cost: 0.0002,
        currency: 'EUR',
        guessed_requests: 0,
      };
      assert.equal(set.translation_cost, cost);
      const made = await lingua.packageTask(set.task_id);
      assert.equal(made.metadata.translation_cost, cost);
      assert.equal([made.metadata.models, made.metadata.model_version], [{ mt: 'openai/mock' }, 'openai/mock']);
      const { default: Ajv } = require('ajv') as typeof import('ajv');
      const { default: addFormats } = require('ajv-formats') as typeof import('ajv-formats');
      const ajv = new Ajv({ allErrors: true, strict: true, allowUnionTypes: true });
      addFormats(ajv);
      const validate = ajv.compile(
        JSON.parse(readFileSync(join(ROOT, 'schema/package.schema.json'), 'utf8')) as object,
      );
      assert.ok(validate(JSON.parse(JSON.stringify(made))), JSON.stringify(validate.errors));
      assert.equal(await lingua.translationCosts(), { openai: cost });
      assert.is(server.requests[0]?.headers.authorization, `Bearer ${KEY}`);

      // The same again is the same task; another task with a known sentence asks for what is new alone.
      await lingua.translate(TEXT, { from: 'en', to: 'es', model: 'openai:mock' });
      assert.is(server.requests.length, 1);
      const other = await lingua.translate('Please wait two minutes.', { from: 'en', to: 'es', model: 'openai:mock' });
      assert.is(server.requests.length, 1, 'one cache serves all tasks');
      assert.is(other.translation_cost, undefined);
    },
    { prices: PRICES },
  ));

test('what the provider refuses goes to the rest of the list, and who translated is told', () =>
  withChat(refuses, async (lingua, server) => {
    const model = ['openai:mock', 'demo-mt'];
    const set = await lingua.translate('Please wait two minutes.', { from: 'en', to: 'de', model });
    assert.is(set.languages.de?.text, OFFLINE);
    assert.is(set.model, 'demo-mt');
    assert.ok(server.requests.length > 0);
    assert.is(set.translation_cost?.requests, server.requests.length);
    assert.is(set.translation_cost?.cost, null);
  }));

test('without a rest of the list the refusal is the task’s', () =>
  withChat(refuses, async (lingua) => {
    const work = lingua.translate('Please wait two minutes.', { from: 'en', to: 'de', model: 'openai:mock' });
    assert.is((await failure(() => work)).code, 'PROVIDER_REFUSED');
    assert.ok(((await lingua.translationCosts()).openai?.requests ?? 0) > 0);
  }));

test('a provider that fails, one of several; each keeps its own sentences', () =>
  withChat(
    (asked, response) =>
      asked.lines.some(({ text }) => text.includes('minutes')) ? refuses(asked, response) : good(asked, response),
    async (lingua) => {
      const set = await lingua.translate(TEXT, { from: 'en', to: 'de', model: 'openai:mock,demo-mt' });
      assert.is(set.languages.de?.text, `${OFFLINE} ¡Where is the station?!`);
      assert.is(set.model, 'openai/mock, demo-mt');
    },
  ));

test('an error of the server is met by the fallback, too', () =>
  withChat(fails(500), async (lingua) => {
    const set = await lingua.translate('Please wait two minutes.', {
      from: 'en',
      to: 'de',
      model: 'openai:mock,demo-mt',
    });
    assert.is(set.languages.de?.text, OFFLINE);
  }));

test('a model that stands before the chat model does what it can', () =>
  withChat(good, async (lingua, server) => {
    const set = await lingua.translate('Please wait two minutes.', {
      from: 'en',
      to: ['de', 'es'],
      model: 'en-de=demo-mt,openai:mock',
    });
    assert.is(set.languages.de?.text, OFFLINE);
    assert.is(set.languages.es?.text, '¡Please wait two minutes.!');
    assert.equal(
      server.requests.map(({ user }) => user.to),
      ['Spanish'],
    );
  }));

test('without a key nothing is decoded or sent', () =>
  withChat(good, async (lingua, server) => {
    delete process.env.OPENAI_API_KEY;
    try {
      for (const model of ['openai:mock', 'openai:mock,demo-mt']) {
        const error = await failure(() => lingua.translate('Hello.', { from: 'en', to: 'de', model }));
        assert.is(error.code, 'PROVIDER_AUTH');
        assert.match(error.message, /OPENAI_API_KEY/);
      }
      const events: string[] = [];
      const task = await lingua.submit({
        audio: join(AUDIO, 'sentence.wav'),
        languages: ['de'],
        mtModel: 'openai:mock,demo-mt',
      });
      await lingua.run([task.id], { onEvent: ({ type }) => events.push(type) });
      assert.is((await lingua.task(task.id)).error?.code, 'PROVIDER_AUTH');
      assert.equal(events, ['started', 'done']);
      assert.is(server.requests.length, 0);
    } finally {
      process.env.OPENAI_API_KEY = KEY;
    }
  }));

test('the budget holds for all tasks of the instance, and the fallback goes on', () =>
  withChat(
    good,
    async (lingua, server) => {
      const error = await failure(() => lingua.translate('Hello.', { from: 'en', to: 'es', model: 'openai:mock' }));
      assert.is(error.code, 'BUDGET_EXCEEDED');
      const set = await lingua.translate('Please wait two minutes.', {
        from: 'en',
        to: 'de',
        model: 'openai:mock,demo-mt',
      });
      assert.is(set.languages.de?.text, OFFLINE);
      assert.is(server.requests.length, 0);
    },
    { prices: PRICES, budget: 1e-6 },
  ));

test('all tasks of an instance share the limits of the provider', async () => {
  let [open, most] = [0, 0];
  /** Answers when two were asked at once, or after so many looks nobody else has come. */
  const counting =
    (looks: number): Behaviour =>
    async (asked, response) => {
      most = Math.max(most, ++open);
      for (let look = 0; look < looks && most < 2; look++) await new Promise((resolve) => setTimeout(resolve, 20));
      open--;
      await good(asked, response);
    };
  const three = async (concurrency: number): Promise<number> => {
    [open, most] = [0, 0];
    await withChat(
      counting(concurrency === 1 ? 5 : 250),
      async (lingua) => {
        const texts = ['Hello there.', 'Good evening.', 'Please come in.'];
        const ids = (
          await lingua.submit(
            texts.map((text) => ({ text, language: 'en', languages: ['es'], mtModel: 'openai:mock' })),
          )
        ).map(({ id }) => id);
        assert.is((await lingua.run(ids)).completed, 3);
      },
      { limits: { concurrency } },
    );
    return most;
  };
  assert.is(await three(1), 1);
  assert.ok((await three(3)) > 1, 'they would be asked side by side');
});

test('a cancel and the soft limit end a request that is never answered', async () => {
  await withChat(silent, async (lingua, server) => {
    const job = lingua.translate('Hello.', { from: 'en', to: 'es', model: 'openai:mock' });
    while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
    await job.cancel();
    assert.is((await failure(() => job)).code, 'CANCELLED');
    assert.is((await lingua.task(job.id)).status, 'cancelled');
  });
  await withChat(
    silent,
    async (lingua) => {
      const error = await failure(() => lingua.translate('Hello.', { from: 'en', to: 'es', model: 'openai:mock' }));
      assert.is(error.code, 'DEADLINE_EXCEEDED');
    },
    {},
    { softLimitMs: 500, maxRetries: 0 },
  );
});

test('an estimate says what a text would cost, and asks nothing', () =>
  withChat(
    good,
    async (lingua, server) => {
      const text = { text: TEXT, language: 'en', languages: ['es', 'de'] };
      const estimates = await lingua.estimate([
        { ...text, mtModel: 'openai:mock' },
        { ...text, mtModel: 'en-de=demo-mt,openai:mock' },
        { ...text, mtModel: 'demo-mt,openai:mock' },
        { audio: join(AUDIO, 'sentence.wav'), languages: ['de'], mtModel: 'openai:mock' },
      ]);
      const [both, one, none, recording] = estimates.map((one) => (one instanceof Error ? one : one.translation));
      assert.equal([none, recording], [null, null]);
      assert.not.instance(both, Error);
      const { requests, inputTokens, outputTokens, cost, currency } = both as NonNullable<Exclude<typeof both, Error>>;
      assert.equal([requests, currency], [2, 'EUR']);
      assert.is(cost, (inputTokens + 2 * outputTokens) / 1e6);
      assert.ok(inputTokens > 100 && outputTokens > 10);
      assert.is((one as { requests: number }).requests, 1);
      assert.is(server.requests.length, 0);
    },
    { prices: PRICES },
  ));

test('doctor names chat models and where the key is, never the key, and asks nothing', () =>
  withChat(
    good,
    async (lingua, server) => {
      const chat = async (): Promise<string> => {
        const { checks } = await lingua.doctor();
        const found = checks.filter(({ name }) => name === 'chat model');
        assert.is(checks.filter(({ name }) => name === 'translation model').length, 1);
        return found.map(({ ok, detail, fix }) => `${ok} ${detail} ${fix ?? ''}`).join('\n');
      };
      assert.is(await chat(), `true openai:mock at ${server.url}: key set in OPENAI_API_KEY `);
      delete process.env.OPENAI_API_KEY;
      assert.match(await chat(), /^false openai:mock at http\S+: .*OPENAI_API_KEY/);
      process.env.OPENAI_API_KEY = KEY;
      assert.is(server.requests.length, 0);
    },
    {},
    { mtModel: ['openai:mock', 'demo-mt'] },
  ));

test('the key stands in no store, log, event or error, whatever the server says', async () => {
  const store = temporary('secret.sqlite');
  const logFile = temporary('secret.log');
  const heard: LogEntry[] = [];
  await using server = await startMock(
    // What a server may say when it quotes the request.
    fails(400, { message: `your key ${KEY} is wrong`, code: 'content_policy_violation' }),
    (_, response) =>
      send(
        response,
        200,
        completionOf(JSON.stringify({ translations: [{ id: 1, text: `¡${KEY}!` }] }), { usage: undefined }),
      ),
  );
  const events: unknown[] = [];
  const lingua = await openVoiceLingua({
    store,
    logFile,
    logLevel: 'debug',
    logger: (entry) => heard.push(entry),
    llm: { baseUrl: server.url, retry: AT_ONCE },
  });
  const told: unknown[] = [];
  for (const text of ['Hello there.', 'Good evening to you.']) {
    const job = lingua.translate(text, { from: 'en', to: 'es', model: 'openai:mock' });
    for await (const event of job.events()) events.push(event);
    told.push(
      await job.then(
        (set) => set,
        (error: unknown) => [String(error), error],
      ),
    );
  }
  told.push(await lingua.tasks(), await lingua.doctor(), await lingua.metrics(), heard, events);
  await lingua.close();
  assert.ok(server.requests.length >= 2);
  assert.ok(server.requests.every(({ headers }) => headers.authorization === `Bearer ${KEY}`));
  assert.not.ok(JSON.stringify(told).includes(KEY));
  for (const path of [store, logFile]) assert.not.ok(readFileSync(path, 'latin1').includes(KEY), path);
});

test('settings that are wrong are refused when the instance is opened, and a key among them is not shown', async () => {
  for (const [llm, code] of [
    [{ apiKey: KEY }, 'UNKNOWN_OPTION'],
    [{ keyNames: KEY }, 'INVALID_ARGUMENT'],
    [{ openai: { model: 'x' } }, 'UNKNOWN_OPTION'],
    [{ prices: { input: 1 } }, 'INVALID_ARGUMENT'],
    ['x', 'INVALID_ARGUMENT'],
  ] as const) {
    const error = await failure(() => openVoiceLingua({ llm: llm as LlmOptions, store: ':memory:' }));
    assert.is(error.code, code, JSON.stringify(llm));
    assert.not.ok(JSON.stringify(error).includes(KEY));
  }
});

test.run();
