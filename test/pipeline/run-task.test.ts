import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import type { TaskRecord, TaskSpec } from '../../src/domain/task.js';
import { calibratedConfidence } from '../../src/domain/translation-trust.js';
import { runTask, ShutDown } from '../../src/pipeline/run-task.js';
import { MemoryStore } from '../../src/store/memory-store.js';
import type { ClaimedTask, TaskStore } from '../../src/store/task-store.js';
import { audioSpec, recorder, runOptions, type ScriptedEngines, STAGES, scripted, textSpec } from './support.js';

async function claim(store: TaskStore, spec: TaskSpec): Promise<ClaimedTask> {
  await store.submit([spec]);
  return (await store.claim('test', 60_000)) as ClaimedTask;
}

function run(
  store: TaskStore,
  claimed: ClaimedTask,
  engines: ScriptedEngines,
  signal: AbortSignal = new AbortController().signal,
  emit: ReturnType<typeof recorder>['emit'] = () => undefined,
): Promise<TaskRecord> {
  return runTask(claimed, { ...runOptions(store, STAGES, engines.ports), emit, signal });
}

test('a recording goes through all stages, and its results are stored', async () => {
  const store = new MemoryStore();
  const engines = scripted(['Hello there.', '', 'How are you?']);
  const { events, emit } = recorder();
  const claimed = await claim(
    store,
    audioSpec({ languages: ['de', 'en'], referenceText: 'Hello there. How are you!' }),
  );
  const task = await run(store, claimed, engines, undefined, emit);
  assert.is(task.status, 'completed');
  assert.equal(engines.recognized.sort(), [0, 2], 'the silent window is not recognised');
  assert.is(task.accuracy?.accuracy, 1 - 1 / 25);
  assert.equal(task.models, { stt: 'scripted', mt: 'scripted-mt', detector: 'embedded' });
  assert.is(task.audioDuration, 6);
  const segments = await store.segments(task.id);
  assert.equal(
    segments.map(({ start, end, text }) => [start, end, text]),
    [
      [0, 2, 'Hello there.'],
      [4, 6, 'How are you?'],
    ],
    'times stay inside the window',
  );
  const contents = (await store.translations({ taskId: task.id })).map(
    ({ language, source, content }) => `${language} ${source}: ${content}`,
  );
  assert.equal(contents.sort(), [
    'de AUDIO: de(Hello there.) de(How are you?)',
    'de TEXT: de(Hello there.) de(How are you!)',
    'en AUDIO: Hello there. How are you?',
    'en TEXT: Hello there. How are you!',
  ]);
  assert.equal(
    events.filter(({ type }) => type === 'segment').map((event) => event.type === 'segment' && event.segment.id),
    [0, 1],
  );
  const progress = events.flatMap((event) => (event.type === 'progress' ? [event.progress] : []));
  assert.equal(
    progress,
    [...progress].sort((a, b) => a - b),
    'progress never falls',
  );
  assert.is(events.at(-1)?.type, 'done');
});

test('the language is detected once, on the first window with speech', async () => {
  const store = new MemoryStore();
  const engines = scripted(['', 'Guten Tag.', 'Auf Wiedersehen.']);
  const task = await run(store, await claim(store, audioSpec({ sourceLanguage: 'auto' })), engines);
  assert.is(task.detectedLanguage, 'de');
  assert.equal(engines.languages, ['detected', 'de', 'de']);
});

test('a task that was interrupted goes on from its last window', async () => {
  const store = new MemoryStore();
  const texts = ['One.', 'Two.', 'Three.', 'Four.'];
  const first = scripted(texts, 1);
  const stop = new AbortController();
  first.before = async (window) => {
    if (window.span.index === 2) stop.abort(new ShutDown());
    stop.signal.throwIfAborted();
  };
  const claimed = await claim(store, audioSpec());
  const interrupted = await run(store, claimed, first, stop.signal);
  assert.is(interrupted.status, 'pending');
  assert.is(interrupted.attempts, 0, 'handing back costs no attempt');
  assert.equal(first.recognized, [0, 1]);

  const second = scripted(texts, 1);
  const again = (await store.claim('test', 60_000)) as ClaimedTask;
  const task = await run(store, again, second);
  assert.is(task.status, 'completed');
  assert.equal(second.recognized, [2, 3], 'windows 0 and 1 were not recognised again');
  const stored = await store.translations({ taskId: task.id });
  assert.equal(
    stored.map(({ content }) => content),
    ['One. Two. Three. Four.'],
  );
});

test('checkpoints of other options or weights are not used', async () => {
  const store = new MemoryStore();
  const first = scripted(['One.', 'Two.'], 1);
  const stop = new AbortController();
  first.before = async (window) => {
    if (window.span.index === 1) stop.abort(new ShutDown());
    stop.signal.throwIfAborted();
  };
  await run(store, await claim(store, audioSpec()), first, stop.signal);
  const other = scripted(['One.', 'Two.'], 1);
  const engines: ScriptedEngines = {
    ...other,
    ports: { ...other.ports, modelKeys: { ...other.ports.modelKeys, speech: 'scripted 2' } },
  };
  await run(store, (await store.claim('test', 60_000)) as ClaimedTask, engines);
  assert.equal(other.recognized, [0, 1]);
});

test('a failing engine fails the task with its own code, and stops the other windows', async () => {
  const store = new MemoryStore();
  const engines = scripted(['One.', 'Two.', 'Three.', 'Four.', 'Five.'], 2);
  let stopped = false;
  engines.before = async (window, signal) => {
    if (window.span.index === 1) throw new VoiceLinguaError('INPUT_CORRUPT', 'broken at 2 s');
    if (window.span.index === 0) {
      await new Promise((resolve) => signal?.addEventListener('abort', resolve, { once: true }));
      stopped = true;
      throw signal?.reason;
    }
  };
  const task = await run(store, await claim(store, audioSpec()), engines);
  assert.is(task.status, 'failed');
  assert.is(task.error?.code, 'INPUT_CORRUPT');
  assert.ok(stopped);
});

test('a cancelled task ends as cancelled', async () => {
  const store = new MemoryStore();
  const engines = scripted(['One.', 'Two.']);
  const stop = new AbortController();
  engines.before = async (_window, signal) => {
    stop.abort(new VoiceLinguaError('CANCELLED', 'enough'));
    throw signal?.reason;
  };
  const task = await run(store, await claim(store, audioSpec()), engines, stop.signal);
  assert.is(task.status, 'cancelled');
});

test('who lost the lease writes nothing', async () => {
  const store = new MemoryStore();
  const engines = scripted(['One.']);
  const claimed = await claim(store, audioSpec());
  engines.before = async () => {
    await store.release(claimed.lease);
    await store.claim('another', 60_000);
  };
  await run(store, claimed, engines);
  assert.is((await store.get(claimed.task.id))?.status, 'processing', 'it is the other owner’s task now');
  assert.equal(await store.segments(claimed.task.id), []);
});

test('a text is translated sentence by sentence, each once, in all languages together', async () => {
  const store = new MemoryStore();
  const engines = scripted([]);
  const task = await run(store, await claim(store, textSpec('Yes. No.\nYes.')), engines);
  assert.is(task.status, 'completed');
  assert.equal(
    engines.translated.map(({ text, target }) => `${text} ${target}`),
    ['Yes. de', 'Yes. fr', 'No. de', 'No. fr'],
  );
  const [german] = await store.translations({ taskId: task.id, language: 'de' });
  assert.is(german?.content, 'de(Yes.) de(No.)\nde(Yes.)');
  const plain = calibratedConfidence({ meanTokenProbability: 0.8, findings: [], sourceLength: 0 });
  assert.ok(
    (german?.confidence ?? 1) < plain && (german?.confidence ?? 0) > 0.7,
    'calibrated, for short sentences by little',
  );
});

test('a language that the model does not know is said before any work', async () => {
  const store = new MemoryStore();
  const engines = scripted([]);
  const task = await run(store, await claim(store, textSpec('Yes.', { languages: ['de', 'sw'] })), engines);
  assert.is(task.error?.code, 'UNSUPPORTED_LANGUAGE');
  assert.match(task.error?.message ?? '', /"sw".*de, en, fr, zh/);
  assert.equal(engines.translated, []);
});

test.run();
