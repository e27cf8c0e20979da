import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ChatModels } from '../src/chat-models.js';
import type { VoiceLinguaError } from '../src/domain/errors.js';
import { shortlistText } from '../src/domain/shortlist.js';
import { EnginePorts } from '../src/engine-ports.js';
import type { TranslateParams } from '../src/engines/native/translation-batch.js';
import { modelIdentity, shortlistPath } from '../src/models/shortlists.js';
import type { PoolCall } from '../src/pool/pool.js';
import { TranslationModels } from '../src/translation-models.js';
import { completedAudioTask, completedTextTask } from './fixtures/tasks.js';
import { writeCt2Folder } from './native/addon-models.js';

const folder = mkdtempSync(join(tmpdir(), 'voicelingua-ports-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const models = join(folder, 'models');
process.env.VOICELINGUA_MODELS = models;
for (const name of ['OPENAI_API_KEY', 'DEEPSEEK_API_KEY', 'VOICELINGUA_LLM_KEY']) delete process.env[name];
mkdirSync(models);
const weights = join(models, 'ggml-silero-v6.2.0.bin');

const calls: PoolCall[] = [];
const OPTIONS: ConstructorParameters<typeof EnginePorts>[0] = {
  pool: {
    run: (call: PoolCall) => {
      calls.push(call);
      const facts = { family: 'm2m100', reads: null, writes: null };
      return Promise.resolve(
        call.method === 'translate'
          ? (call.params as unknown as TranslateParams).items.map(({ text }) => ({ text, confidence: 1, tokens: [] }))
          : call.method === 'translatorInfo'
            ? facts
            : { id: 1, info: {} },
      );
    },
  } as unknown as ConstructorParameters<typeof EnginePorts>[0]['pool'],
  info: { device: 'cpu', budget: { lanes: 1, threadsPerLane: 1 } } as ConstructorParameters<
    typeof EnginePorts
  >[0]['info'],
  translation: new TranslationModels(new ChatModels(), null),
  ffmpeg: null,
};
const ports = new EnginePorts(OPTIONS);

const recording = (options: Record<string, unknown>) =>
  ports.portsFor(completedAudioTask({ sttModel: 'demo-stt', languages: [], options }));

/** What the detector of a task is called, what tells its checkpoints from those of others, and what the decoder is given. */
async function detectorOf(options: Record<string, unknown> = {}): Promise<[string | null, string, unknown]> {
  const { detector, modelKeys, decoder } = recording(options);
  await decoder.open({ kind: 'file', path: 'a.wav' }, {});
  const opened = calls.at(-1)?.params.options as { readonly detector: unknown };
  return [detector, modelKeys.detector, opened.detector];
}

test('the detector is the one that is asked for, or the best that is there', async () => {
  const builtIn = ['embedded', 'embedded', null];
  assert.equal(await detectorOf(), builtIn);
  assert.equal(await detectorOf({ detection: { threshold: 0.4 } }), builtIn);
  try {
    recording({ detection: { model: 'silero-vad' } });
    assert.unreachable('there are no weights');
  } catch (error) {
    assert.is((error as VoiceLinguaError).code, 'MODEL_NOT_FOUND');
  }
  writeFileSync(weights, 'x');
  for (const options of [
    {},
    { detection: {} },
    { detection: { model: 'silero-vad' } },
    { detection: { model: weights } },
  ]) {
    const [name, key, path] = await detectorOf(options);
    assert.equal([name, path], ['ggml-silero-v6.2.0', weights], JSON.stringify(options));
    assert.ok(key.startsWith(weights));
  }
  assert.equal(await detectorOf({ detection: { model: 'embedded' } }), builtIn);
});

test('other weights in the same place are another detector', async () => {
  const [, before] = await detectorOf();
  utimesSync(weights, 1, 1);
  const [, after] = await detectorOf();
  assert.is.not(after, before);
});

test('where all sound is speech, and for a text, there is none', async () => {
  for (const options of [{ detection: false }, { strategy: 'sequential' }, { strategy: 'sequential', detection: {} }]) {
    assert.equal(await detectorOf(options), [null, '', null], JSON.stringify(options));
  }
  const text = ports.portsFor(completedTextTask({ mtModel: 'demo-mt' }));
  assert.equal([text.detector, text.modelKeys.detector], [null, '']);
});

test('a shortlist is used for its languages, and other lists are other checkpoints', async () => {
  const model = join(folder, 'translator');
  writeCt2Folder(model);
  const identity = modelIdentity(model) as string;
  const effect = { sentences: 200, same: 200, speed: 2, beamSize: 4, source: 'en' };
  const store = (ids: number[]): void => {
    const list = { ids, width: 'script' as const, effect };
    const lists = new Map([
      ['de', list],
      ['fr', list],
      ['zh', { ...list, ids: [...ids, 40] }],
    ]);
    const file = shortlistPath(model, identity);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, shortlistText({ model: 'translator', identity, vocabulary: 48, lists }));
  };
  const text = (languages: string[], using = ports) => using.portsFor(completedTextTask({ mtModel: model, languages }));
  const plain = text(['de', 'ru']).modelKeys.translation;
  store([1, 2, 3]);
  const listed = text(['de', 'ru']);
  const first = listed.modelKeys.translation;
  assert.is.not(first, plain);
  assert.is(text(['ru']).modelKeys.translation, plain, 'a task without such a language is as it was');
  assert.is(text(['de'], new EnginePorts({ ...OPTIONS, shortlist: 'off' })).modelKeys.translation, plain);
  calls.length = 0;
  const targets = ['de', 'ru', 'fr', 'zh-tw', 'de'];
  const items = targets.map((target, row) => ({ text: `sentence ${row}`, source: 'en', target }));
  await listed.translator().translate(items, {});
  const sent = calls.flatMap(({ method, params }) => {
    if (method !== 'translate') return [];
    const { items: own, shortlist } = params as unknown as TranslateParams;
    return [[shortlist?.language ?? null, own.map(({ target }) => target).sort()]];
  });
  assert.equal(sent, [
    ['de', ['de', 'de', 'fr']],
    [null, ['ru']],
    ['zh', ['zh-tw']],
  ]);
  store([1, 2, 4]);
  assert.is.not(text(['de', 'ru']).modelKeys.translation, first);
});

/** What tells the translations of a task's models from those of others. */
const translationKey = (mtModel: string, llm = {}, tokenizer: string | null = null): string => {
  const translation = new TranslationModels(new ChatModels(llm), tokenizer);
  const own = new EnginePorts({ ...OPTIONS, translation });
  return own.portsFor(completedTextTask({ mtModel, languages: ['de'] })).modelKeys.translation;
};

test('the key of translations has all models of the list in order, with what they are told', () => {
  process.env.VOICELINGUA_LLM_KEY = 'sk-0123456789abcdef';
  const folder = join(models, 'plain');
  mkdirSync(folder, { recursive: true });
  const keys = [
    translationKey('demo-mt'),
    translationKey(`demo-mt,${folder}`),
    translationKey(`${folder},demo-mt`),
    translationKey(`demo-mt,en-de=${folder}`),
    translationKey(`demo-mt,${folder}+tokenizer=characters`),
    translationKey(`demo-mt,${folder}`, {}, 'whitespace'),
    translationKey('local:m,demo-mt'),
    translationKey('local:n,demo-mt'),
    translationKey('openai:m,demo-mt'),
    translationKey('openai:m,demo-mt', { temperature: 1 }),
    translationKey('openai:m,demo-mt', { openai: { baseUrl: 'http://127.0.0.1:9/v1' } }),
  ];
  delete process.env.VOICELINGUA_LLM_KEY;
  assert.is(new Set(keys).size, keys.length, keys.join('\n'));
  assert.not.ok(keys.some((key) => key.includes('sk-0123')));
  assert.is(translationKey('demo-mt', {}, 'whitespace'), keys[0], 'the tokenizer is for folders that have none');
});

test('a chat model without a key is refused before any stage runs, by the name of the variable', () => {
  for (const mtModel of ['openai:m', 'demo-mt,deepseek:m']) {
    try {
      translationKey(mtModel);
      assert.unreachable('there is no key');
    } catch (error) {
      assert.is((error as VoiceLinguaError).code, 'PROVIDER_AUTH');
      assert.match((error as VoiceLinguaError).message, /(OPENAI|DEEPSEEK)_API_KEY/);
    }
  }
});

test('one address is for one provider', () => {
  process.env.VOICELINGUA_LLM_KEY = 'sk-0123456789abcdef';
  const all = { baseUrl: 'http://127.0.0.1:9/v1' };
  translationKey('local:m,local:n', all);
  translationKey('local:m,openai:m', { ...all, openai: { baseUrl: 'http://127.0.0.1:8/v1' } });
  try {
    translationKey('local:m,openai:m', all);
    assert.unreachable('two providers at one address');
  } catch (error) {
    assert.is((error as VoiceLinguaError).code, 'INVALID_ARGUMENT');
  } finally {
    delete process.env.VOICELINGUA_LLM_KEY;
  }
});

test.run();
