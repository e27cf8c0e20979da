import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { JobEvent } from '../../src/api-types.js';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { TaskJob } from '../../src/pipeline/job.js';

const progress = (value: number): JobEvent => ({ type: 'progress', taskId: 't', progress: value });

async function collect(events: AsyncIterable<JobEvent>): Promise<JobEvent[]> {
  const seen: JobEvent[] = [];
  for await (const event of events) seen.push(event);
  return seen;
}

test('every reader gets the events from the start, also after the end', async () => {
  const job = new TaskJob('id', async ({ emit }) => {
    emit({ type: 'queued', taskId: 't', textId: 'x' });
    await Promise.resolve();
    emit({ type: 'started', taskId: 't' });
    emit(progress(0.5));
    await Promise.resolve();
    emit(progress(1));
    emit({ type: 'done', taskId: 't', status: 'completed', error: null });
    return 42;
  });
  const early = collect(job.events());
  assert.is(await job, 42);
  const types = (events: JobEvent[]): string[] => events.map((event) => event.type);
  assert.equal(types(await collect(job.events())), ['queued', 'started', 'progress', 'done']);
  const seen = await early;
  assert.equal(seen.at(-1), { type: 'done', taskId: 't', status: 'completed', error: null });
  assert.equal(
    seen.filter((event) => event.type === 'progress').at(-1),
    progress(1),
    'the last progress is never skipped',
  );
});

test('what a recording says comes to each reader as it was told, live and later, in its place', async () => {
  const said = (id: number): JobEvent => ({
    type: 'segment',
    taskId: 't',
    segment: {
      id,
      start: id / 3,
      end: id / 3 + 1,
      text: ` Größe ${id} 语言`,
      confidence: 0.1 + id / 1e6,
      avg_logprob: -0.3,
      no_speech_prob: 1e-9,
      tokens: [id, 2, 3],
    },
  });
  const told: JobEvent[] = [{ type: 'started', taskId: 't' }];
  for (let id = 0; id < 500; id++) {
    told.push(said(id));
    if (id % 10 === 0) told.push(progress(id / 500));
  }
  told.push({ type: 'translation', taskId: 't', language: 'de', source: 'AUDIO', content: 'Größe', confidence: 1 });
  told.push({ type: 'done', taskId: 't', status: 'completed', error: null });
  const job = new TaskJob('id', async ({ emit }) => {
    for (const event of told) {
      emit(event);
      await Promise.resolve();
    }
  });
  const live = collect(job.events());
  await job;
  const seen = await live;
  const later = await collect(job.events());
  const withoutProgress = (events: readonly JobEvent[]) => events.filter(({ type }) => type !== 'progress');
  assert.equal(withoutProgress(seen), withoutProgress(told));
  assert.equal(later, told);
});

test('the caller’s signal rejects with its reason', async () => {
  const abort = new AbortController();
  const reason = new Error('no longer wanted');
  const job = new TaskJob(
    'id',
    ({ signal }) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    abort.signal,
  );
  abort.abort(reason);
  assert.is(await job.catch((error) => error), reason);
});

test('a signal that is aborted already keeps the work from starting', async () => {
  let started = false;
  const job = new TaskJob(
    'id',
    async () => {
      started = true;
    },
    AbortSignal.abort('never'),
  );
  assert.is(await job.catch((error) => error), 'never');
  assert.not(started);
});

test('cancel resolves when the work has stopped, and the job rejects with CANCELLED', async () => {
  let stopped = false;
  const job = new TaskJob(
    'id',
    ({ signal }) =>
      new Promise((_, reject) =>
        signal.addEventListener('abort', () =>
          setImmediate(() => {
            stopped = true;
            reject(signal.reason);
          }),
        ),
      ),
  );
  await job.cancel();
  assert.ok(stopped);
  const error = await job.catch((thrown) => thrown);
  assert.instance(error, VoiceLinguaError);
  assert.is((error as VoiceLinguaError).code, 'CANCELLED');
});

test.run();
