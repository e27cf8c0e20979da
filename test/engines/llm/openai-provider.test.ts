import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { OpenAiProvider } from '../../../src/engines/llm/openai-provider.js';
import type { ChatMessage, ChatOptions } from '../../../src/engines/llm/provider.js';
import {
  type Behaviour,
  breaksOff,
  completionOf,
  endless,
  fails,
  says,
  send,
  silent,
  startMock,
} from './mock-server.js';
import { errorOf, KEY, providerOf } from './support.js';

const MESSAGES: readonly ChatMessage[] = [{ role: 'user', content: 'Hello' }];
const OPTIONS: ChatOptions = {
  model: 'mock-1',
  maxOutputTokens: 64,
  schema: { name: 'answer', schema: { type: 'object' } },
};

/** Environment variables that the client would act on by itself. */
const MEDDLING = { OPENAI_BASE_URL: 'http://127.0.0.1:9', OPENAI_ORG_ID: 'org-x', OPENAI_CUSTOM_HEADERS: 'x-own: 1' };

test('a request says what is asked for and nothing of this machine', async () => {
  Object.assign(process.env, MEDDLING);
  await using server = await startMock(says('Hola'));
  const answer = await providerOf(server).complete(MESSAGES, OPTIONS);
  for (const name of Object.keys(MEDDLING)) delete process.env[name];
  assert.equal(answer, {
    text: 'Hola',
    finishReason: 'stop',
    usage: { inputTokens: 100, cachedInputTokens: 40, outputTokens: 50 },
  });
  const [asked] = server.requests;
  assert.is(asked?.url, '/v1/chat/completions');
  assert.equal(asked?.body, {
    model: 'mock-1',
    messages: [{ role: 'user', content: 'Hello' }],
    max_completion_tokens: 64,
    temperature: 0,
    response_format: {
      type: 'json_schema',
      json_schema: { name: 'answer', strict: true, schema: { type: 'object' } },
    },
  });
  assert.is(asked?.headers.authorization, `Bearer ${KEY}`);
  const told = Object.keys(asked?.headers ?? {}).filter((name) => /stainless|openai|x-/.test(name));
  assert.equal(told, []);
  assert.is(asked?.headers['user-agent'], 'voicelingua');
});

test('the client is read with the first request, not before', () => {
  const folder = join(import.meta.dirname, '..', '..', '..', 'src', 'engines', 'llm');
  const sources = readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8'));
  assert.equal(sources.filter((text) => /^(?:import|export) (?!type\b)[^;=]*from 'openai/m.test(text)).length, 0);
  assert.equal(sources.filter((text) => text.includes("= import('openai')")).length, 1);
});

test('the key is read anew for every request, a local server needs none', async () => {
  await using server = await startMock(says('Hola'));
  const environment: Record<string, string> = {};
  const hosted = providerOf(server, { environment, keyNames: ['MY_KEY', 'OTHER_KEY'] });
  const absent = await errorOf(hosted.complete(MESSAGES, OPTIONS));
  assert.is(absent.code, 'PROVIDER_AUTH');
  assert.match(absent.message, 'set the environment variable MY_KEY or OTHER_KEY');
  assert.is(server.requests.length, 0);
  environment.OTHER_KEY = ' second \n';
  await hosted.complete(MESSAGES, OPTIONS);
  environment.MY_KEY = 'first';
  await hosted.complete(MESSAGES, OPTIONS);
  await providerOf(server, { preset: 'local', environment: {} }).complete(MESSAGES, OPTIONS);
  assert.equal(
    server.requests.map(({ headers }) => headers.authorization),
    ['Bearer second', 'Bearer first', undefined],
  );
});

test('a provider is sent its own key before the one for all', async () => {
  await using server = await startMock(says('Hola'));
  const environment = { VOICELINGUA_LLM_KEY: 'any', DEEPSEEK_API_KEY: 'deep', GEMINI_API_KEY: 'gem' };
  for (const preset of ['deepseek', 'gemini', 'openai']) {
    await providerOf(server, { preset, environment }).complete(MESSAGES, OPTIONS);
  }
  assert.equal(
    server.requests.map(({ headers }) => headers.authorization),
    ['Bearer deep', 'Bearer gem', 'Bearer any'],
  );
});

test('a key that no header can hold is refused without being shown', async () => {
  await using server = await startMock();
  const environment = { OPENAI_API_KEY: `${KEY}\n${KEY}` };
  const error = await errorOf(providerOf(server, { environment }).complete(MESSAGES, OPTIONS));
  assert.is(error.code, 'PROVIDER_AUTH');
  assert.not.match(inspect(error, { depth: 9 }), KEY);
});

test('no key goes unencrypted to another machine', async () => {
  const provider = new OpenAiProvider({
    preset: 'local',
    baseUrl: 'http://llm.example.org/v1',
    environment: { VOICELINGUA_LLM_KEY: KEY },
  });
  assert.is((await errorOf(provider.complete(MESSAGES, OPTIONS))).code, 'PROVIDER_AUTH');
});

for (const baseUrl of ['ftp://example.org', 'example.org/v1', 'https://ann:secret@example.org/v1', '']) {
  test(`no base URL: "${baseUrl}"`, () => {
    assert.throws(
      () => new OpenAiProvider({ preset: 'local', baseUrl }),
      (error: { code: string; message: string }) => error.code === 'INVALID_ARGUMENT' && !/secret/.test(error.message),
    );
  });
}

test('a preset that is none is answered with the nearest', () => {
  assert.throws(() => new OpenAiProvider({ preset: 'deepsek' }), /Did you mean "deepseek"/);
});

const ANSWERS: ReadonlyArray<readonly [string, Behaviour, string, boolean, RegExp]> = [
  ['401', fails(401, { message: 'Incorrect API key' }), 'PROVIDER_AUTH', false, /Incorrect API key.*OPENAI_API_KEY/],
  ['403', fails(403, { message: 'No access' }), 'PROVIDER_AUTH', false, /HTTP 403/],
  ['402', fails(402, { message: 'Insufficient Balance' }), 'PROVIDER_LIMIT', false, /balance/],
  ['404', fails(404, { message: 'no such model' }), 'MODEL_NOT_FOUND', false, /"mock-1"/],
  ['429', fails(429, { message: 'slow down' }), 'PROVIDER_LIMIT', true, /slow down/],
  ['429 of quota', fails(429, { message: 'x', code: 'insufficient_quota' }), 'PROVIDER_LIMIT', false, /quota/],
  ['500', fails(500, { message: 'oops' }), 'PROVIDER_FAILED', true, /HTTP 500: oops/],
  [
    '503 as HTML',
    (_, r) => send(r, 503, '<h1>busy</h1>', { 'content-type': 'text/html' }),
    'PROVIDER_FAILED',
    true,
    /503/,
  ],
  ['501', fails(501), 'PROVIDER_FAILED', false, /HTTP 501/],
  ['400', fails(400, { message: 'context too long' }), 'PROVIDER_FAILED', false, /context too long/],
  ['400 of policy', fails(400, { message: 'Content Exists Risk' }), 'PROVIDER_REFUSED', false, /offline/],
  ['a redirect', fails(302, {}, { location: 'http://127.0.0.1:9/' }), 'PROVIDER_FAILED', false, /redirect/],
  ['a connection that breaks off', breaksOff, 'PROVIDER_FAILED', true, /broke off/],
  ['a connection without an answer', (_, r) => void r.destroy(), 'PROVIDER_FAILED', true, /broke off/],
  ['invalid JSON', (_, r) => send(r, 200, '{"choices": ['), 'PROVIDER_FAILED', true, /cannot be read/],
  ['an empty body', (_, r) => send(r, 200, ''), 'PROVIDER_FAILED', true, /./],
  ['no content', (_, r) => send(r, 204, ''), 'PROVIDER_FAILED', true, /no chat completion/],
  ['JSON null', (_, r) => send(r, 200, 'null'), 'PROVIDER_FAILED', true, /no chat completion/],
  ['no choices', (_, r) => send(r, 200, { choices: [] }), 'PROVIDER_FAILED', true, /no chat completion/],
  ['an error with 200', (_, r) => send(r, 200, { error: { message: 'down' } }), 'PROVIDER_FAILED', true, /down/],
  [
    'HTML',
    (_, r) => send(r, 200, '<h1>Login</h1>', { 'content-type': 'text/html' }),
    'PROVIDER_FAILED',
    true,
    /no chat/,
  ],
  ['no capacity', says('', { finish: 'insufficient_system_resource' }), 'PROVIDER_FAILED', true, /capacity/],
];

for (const [what, behaviour, code, retryable, message] of ANSWERS) {
  test(`the error for ${what}`, async () => {
    await using server = await startMock(behaviour);
    const error = await errorOf(providerOf(server).complete(MESSAGES, OPTIONS));
    assert.is(error.code, code);
    assert.is(error.retryable, retryable);
    assert.match(error.message, message);
    assert.is(server.requests.length, 1, 'the client tries again by itself');
  });
}

test('JSON under another content type is taken', async () => {
  await using server = await startMock((_, response) =>
    send(response, 200, JSON.stringify(completionOf('Hola')), { 'content-type': 'text/plain' }),
  );
  assert.is((await providerOf(server).complete(MESSAGES, OPTIONS)).text, 'Hola');
});

test('an answer that never ends is cut off by size and by time', async () => {
  const huge: Behaviour = (_, response) => send(response, 200, completionOf('x'.repeat(100_000)));
  await using server = await startMock(huge, endless, silent);
  const large = await errorOf(providerOf(server, { maxResponseBytes: 10_000 }).complete(MESSAGES, OPTIONS));
  assert.match(large.message, 'more than 10000 bytes');
  assert.is(large.retryable, false);
  for (const _ of ['endless', 'silent']) {
    const slow = await errorOf(providerOf(server, { timeoutMs: 60 }).complete(MESSAGES, OPTIONS));
    assert.match(slow.message, 'within 0.06 s');
    assert.is(slow.retryable, true);
  }
});

test('an abort rejects with its reason, before and during a request', async () => {
  await using server = await startMock(silent, endless);
  const reason = new Error('enough');
  const provider = providerOf(server);
  for (const _ of ['silent', 'endless']) {
    const controller = new AbortController();
    const request = provider.complete(MESSAGES, OPTIONS, controller.signal);
    setTimeout(() => controller.abort(reason), 50);
    assert.is(await request.catch((thrown: unknown) => thrown), reason);
    assert.is(await provider.complete(MESSAGES, OPTIONS, controller.signal).catch((thrown: unknown) => thrown), reason);
  }
  assert.is(server.requests.length, 2);
});

test('many requests with one signal leave no listeners on it', async () => {
  await using server = await startMock(says('Hola'));
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const provider = providerOf(server);
  const { signal } = new AbortController();
  for (let count = 0; count < 15; count++) await provider.complete(MESSAGES, OPTIONS, signal);
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', note);
  assert.equal(warnings, []);
});

test('an endpoint that refuses response_format is asked for less, and remembered', async () => {
  const refusing: Behaviour = ({ body }, response) => {
    const type = (body.response_format as { type?: string } | undefined)?.type;
    if (type === undefined) return send(response, 200, completionOf('Hola'));
    return send(response, 400, { error: { message: `response_format ${type} is unavailable now` } });
  };
  await using server = await startMock(refusing);
  const provider = providerOf(server);
  await provider.complete(MESSAGES, OPTIONS);
  await provider.complete(MESSAGES, OPTIONS);
  assert.equal(
    server.requests.map(({ body }) => (body.response_format as { type?: string } | undefined)?.type),
    ['json_schema', 'json_object', undefined, undefined],
  );
});

test('a temperature and an old name for the limit are left away when they are refused', async () => {
  const modern: Behaviour = ({ body }, response) => {
    const error = (message: string) => send(response, 400, { error: { message } });
    if ('max_tokens' in body) return error("Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.");
    if ('temperature' in body) return error("'temperature' does not support 0 with this model.");
    return send(response, 200, completionOf('Hola'));
  };
  await using server = await startMock(modern);
  const provider = providerOf(server, { preset: 'local' });
  assert.is((await provider.complete(MESSAGES, OPTIONS)).text, 'Hola');
  assert.equal(Object.keys(server.requests.at(-1)?.body ?? {}), [
    'model',
    'messages',
    'max_completion_tokens',
    'response_format',
  ]);
});

test('requests at once that are all refused for their parameters all get through', async () => {
  const strict: Behaviour = ({ body }, response) => {
    if ('response_format' in body) return send(response, 400, { error: { message: 'no response_format' } });
    if ('temperature' in body) return send(response, 400, { error: { message: 'no temperature' } });
    return send(response, 200, completionOf('Hola'));
  };
  await using server = await startMock(strict);
  const provider = providerOf(server);
  const answers = await Promise.all(Array.from({ length: 8 }, () => provider.complete(MESSAGES, OPTIONS)));
  assert.equal(new Set(answers.map(({ text }) => text)), new Set(['Hola']));
});

test('a refusal and its kinds', async () => {
  await using server = await startMock(
    says(null, { refusal: 'I cannot.' }),
    says('', { finish: 'content_filter' }),
    says('{', { finish: 'length' }),
    says('x', { finish: 'tool_calls' }),
  );
  const provider = providerOf(server);
  const reasons: string[] = [];
  for (let count = 0; count < 4; count++) reasons.push((await provider.complete(MESSAGES, OPTIONS)).finishReason);
  assert.equal(reasons, ['refused', 'refused', 'length', 'other']);
});

test('usage that is missing or nonsense is no usage', async () => {
  const usages = [undefined, null, 'many', {}, { prompt_tokens: -1, completion_tokens: 2 }];
  await using server = await startMock(...usages.map((usage) => says('Hola', { usage })));
  const provider = providerOf(server);
  for (const _ of usages) assert.is((await provider.complete(MESSAGES, OPTIONS)).usage, null);
  server.behave(says('Hola', { usage: { prompt_tokens: 9, completion_tokens: 2, prompt_cache_hit_tokens: 4 } }));
  assert.equal((await provider.complete(MESSAGES, OPTIONS)).usage, {
    inputTokens: 9,
    cachedInputTokens: 4,
    outputTokens: 2,
  });
  server.behave(says('Hola', { usage: { prompt_tokens: 9, completion_tokens: 2, total_tokens: 41 } }));
  assert.is((await provider.complete(MESSAGES, OPTIONS)).usage?.outputTokens, 32);
});

test('Retry-After is told in milliseconds', async () => {
  await using server = await startMock(
    fails(429, {}, { 'retry-after': '7' }),
    fails(503, {}, { 'retry-after': 'Wed, 01 Jul 2026 10:00:30 GMT', date: 'Wed, 01 Jul 2026 10:00:00 GMT' }),
  );
  const provider = providerOf(server);
  const waits: unknown[] = [];
  for (let count = 0; count < 2; count++) {
    waits.push((await errorOf(provider.complete(MESSAGES, OPTIONS))).details.retryAfterMs);
  }
  assert.equal(waits, [7000, 30_000]);
});

test.run();
