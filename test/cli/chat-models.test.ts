import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fails, good, says, startMock } from '../engines/llm/mock-server.js';
import { KEY } from '../engines/llm/support.js';
import { type Ended, startCli } from './cli-process.js';
import { inFolder, records } from './support.js';

/** The whole command line in a process of its own, with settings, store and log in `cwd`. */
function voicelingua(cwd: string, argv: readonly string[], more: Record<string, string> = {}): Promise<Ended> {
  const env = { OPENAI_API_KEY: undefined, VOICELINGUA_LLM_KEY: undefined, ...more };
  return startCli(argv, { cwd, env }).ended;
}

/** A folder with the config file of somebody who uses a chat model. */
const configured = <T>(url: string, work: (cwd: string) => Promise<T>, llm = {}): Promise<T> =>
  inFolder((cwd) => {
    const settings = { baseUrl: url, retry: { maxRetries: 0 }, prices: { input: 1, output: 2 }, ...llm };
    writeFileSync(join(cwd, 'config.json'), JSON.stringify({ llm: settings }));
    return work(cwd);
  });

const WITH_KEY = { OPENAI_API_KEY: KEY };
const TEXT = 'Please wait two minutes.';
const asked = (model: string, to = 'es'): string[] => [
  'translate',
  TEXT,
  '--language',
  'en',
  '--to',
  to,
  '--mt-model',
  model,
];

/** Fails when the key stands in anything that was printed or written. */
function checkSecrecy(cwd: string, { stdout, stderr }: Ended): void {
  for (const text of [stdout, stderr]) assert.not.ok(text.includes(KEY), text);
  const files = readdirSync(cwd, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  assert.ok(files.length >= 3, 'a config file, a store and a log');
  for (const { parentPath, path, name } of files) {
    assert.not.ok(readFileSync(join(parentPath ?? path, name), 'latin1').includes(KEY), name);
  }
}

test('translate through a chat model of the config file: text, and what it cost', async () => {
  await using server = await startMock(good);
  await configured(server.url, async (cwd) => {
    const plain = await voicelingua(cwd, [...asked('openai:mock'), '--config', 'config.json'], {
      ...WITH_KEY,
      VOICELINGUA_DEBUG: '1',
    });
    assert.is(plain.code, 0, plain.stderr);
    assert.is(plain.stdout, `¡${TEXT}!\n`);
    assert.match(plain.stderr, /^openai: 1 request, 100 \+ 50 tokens, 0\.00020 USD$/m);
    assert.is(server.requests[0]?.headers.authorization, `Bearer ${KEY}`);
    checkSecrecy(cwd, plain);
    const json = await voicelingua(cwd, [...asked('openai:other'), '--config', 'config.json', '--json'], WITH_KEY);
    const lines = records(json.stdout);
    assert.equal(
      lines.map(({ type }) => type),
      ['translation', 'cost', 'summary'],
    );
    assert.equal(lines[1], {
      type: 'cost',
      provider: 'openai',
      requests: 1,
      input_tokens: 100,
      cached_input_tokens: 40,
      output_tokens: 50,
      cost: 0.0002,
      currency: 'USD',
      guessed_requests: 0,
    });
  });
});

test('a refusal goes to the demo model; the address may come from the environment', async () => {
  await using server = await startMock(says(null, { finish: 'content_filter' }));
  await inFolder(async (cwd) => {
    const ended = await voicelingua(cwd, asked('openai:mock,demo-mt', 'de'), {
      ...WITH_KEY,
      VOICELINGUA_LLM_BASE_URL: server.url,
    });
    assert.equal([ended.code, ended.stdout], [0, 'Bitte warten Sie zwei Minuten.\n'], ended.stderr);
    assert.ok(server.requests.length > 0);
  });
});

test('no key: exit 2 at once, by the name of the variable, and nothing is sent', async () => {
  await using server = await startMock(good);
  await configured(server.url, async (cwd) => {
    const ended = await voicelingua(cwd, [...asked('openai:mock,demo-mt'), '--config', 'config.json']);
    assert.equal([ended.code, ended.stdout], [2, '']);
    assert.match(ended.stderr, /OPENAI_API_KEY/);
    assert.is(server.requests.length, 0);
  });
});

test('a wrong key: exit 2, and the key is in nothing that is printed or written', async () => {
  await using server = await startMock(fails(401, { message: `Incorrect API key provided: ${KEY}` }));
  await configured(server.url, async (cwd) => {
    const ended = await voicelingua(cwd, [...asked('openai:mock'), '--config', 'config.json'], {
      ...WITH_KEY,
      VOICELINGUA_DEBUG: '1',
    });
    assert.is(ended.code, 2, ended.stderr);
    checkSecrecy(cwd, ended);
  });
});

test('the budget of the environment: exit 6, and the next step is told', async () => {
  await using server = await startMock(good);
  await configured(server.url, async (cwd) => {
    const ended = await voicelingua(cwd, [...asked('openai:mock'), '--config', 'config.json'], {
      ...WITH_KEY,
      VOICELINGUA_LLM_BUDGET: '0.0000001',
    });
    assert.is(ended.code, 6, ended.stderr);
    assert.match(ended.stderr, /budget/);
    assert.is(server.requests.length, 0);
  });
});

test('run: --dry-run says what it would cost and asks nothing; the package has what it did cost', async () => {
  await using server = await startMock(good);
  await configured(server.url, async (cwd) => {
    writeFileSync(join(cwd, 'note.txt'), TEXT);
    const argv = [
      'run',
      'note.txt',
      '--to',
      'es',
      '--language',
      'en',
      '--mt-model',
      'openai:mock',
      '--config',
      'config.json',
    ];
    const dry = await voicelingua(cwd, [...argv, '--dry-run']);
    assert.is(dry.code, 0, dry.stderr);
    assert.match(dry.stderr, /chat models: 1 request, about \d+ tokens, about 0\.0\d+ USD/);
    assert.is(server.requests.length, 0);
    const json = await voicelingua(cwd, [...argv, '--dry-run', '--json']);
    const total = records(json.stdout).find(({ type }) => type === 'estimate_total');
    assert.is((total?.translation as Array<{ requests: number }> | undefined)?.[0]?.requests, 1);
    const real = await voicelingua(cwd, [...argv, '--out', 'packages'], WITH_KEY);
    assert.is(real.code, 0, real.stderr);
    assert.match(real.stderr, /^openai: 1 request/m);
    const made = JSON.parse(readFileSync(join(cwd, 'packages', 'note.json'), 'utf8'));
    assert.is(made.metadata.translation_cost.cost, 0.0002);
    checkSecrecy(cwd, real);
  });
});

test('a document through a chat model keeps its lines, and its cost is told', async () => {
  await using server = await startMock(good);
  await configured(server.url, async (cwd) => {
    writeFileSync(join(cwd, 'film.srt'), `1\n00:00:01,000 --> 00:00:03,000\n${TEXT}\n`);
    const argv = ['translate', 'film.srt', '--language', 'en', '--to', 'es', '--mt-model', 'openai:mock'];
    const ended = await voicelingua(cwd, [...argv, '--config', 'config.json'], WITH_KEY);
    assert.is(ended.code, 0, ended.stderr);
    assert.is(ended.stdout, `1\n00:00:01,000 --> 00:00:03,000\n¡${TEXT}!\n`);
    assert.match(ended.stderr, /^openai: 1 request,/m);
  });
});

test('doctor names chat models and where the key is', async () => {
  await using server = await startMock(good);
  await configured(server.url, async (cwd) => {
    const argv = ['doctor', '--mt-model', 'openai:mock,demo-mt', '--config', 'config.json'];
    const keyed = await voicelingua(cwd, argv, WITH_KEY);
    assert.match(keyed.stdout, /ok {4}chat model +openai:mock at http:\S+: key set in OPENAI_API_KEY/);
    assert.not.ok(keyed.stdout.includes(KEY));
    const bare = await voicelingua(cwd, argv);
    assert.is(bare.code, 1);
    assert.match(bare.stdout, /FAIL {2}chat model +.*OPENAI_API_KEY/);
    assert.is(server.requests.length, 0);
  });
});

test('settings that are no settings: exit 2', () =>
  inFolder(async (cwd) => {
    for (const llm of ['{"apiKey":"x"}', '[]', 'x']) {
      const ended = await voicelingua(cwd, [...asked('openai:mock'), '--llm', llm], WITH_KEY);
      assert.is(ended.code, 2, llm);
      assert.match(ended.stderr, /llm/);
    }
  }));

test.run();
