import { createReadStream, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { DetectionSettings } from '../../src/domain/transcription-options.js';
import type { JobEvent } from '../../src/index.js';
import { makeSileroGgml } from '../native/silero-model.js';
import { failure, SCRIPTED_TEXT, SENTENCE, temporary, toneFile, withLibrary } from './support.js';

async function types(events: AsyncIterable<JobEvent>): Promise<string[]> {
  const seen: string[] = [];
  for await (const event of events) seen.push(event.type);
  return seen;
}

test('a path, a URL, bytes, samples and a stream of one recording give one transcript', async () => {
  const pcm = readFileSync(SENTENCE);
  const exact = Float32Array.from({ length: (pcm.length - 44) / 2 }, (_, i) => pcm.readInt16LE(44 + i * 2) / 32768);
  const sources = [SENTENCE, pathToFileURL(SENTENCE), pcm, exact, createReadStream(SENTENCE)];
  await withLibrary(async (lingua) => {
    for (const [index, source] of sources.entries()) {
      const transcript = await lingua.transcribe(source, { language: 'en', textId: `source ${index}` });
      assert.is(transcript.text, SCRIPTED_TEXT);
      assert.is(transcript.segments.length, 1);
      assert.equal(transcript.segments[0]?.tokens, [1001, 1002, 1003, 1004]);
      assert.ok((transcript.segments[0]?.confidence ?? 0) > 0.5);
      assert.ok(Math.abs(transcript.duration - 3.15) < 0.1, `${transcript.duration} s`);
      assert.is(transcript.language_probability, 1);
    }
  });
});

test('a job tells its events from the start, in order, and its id is the task’s', async () => {
  await withLibrary(async (lingua) => {
    const job = lingua.transcribe(SENTENCE, { language: 'en', referenceText: 'w1001 w1002 w1003 w1005' });
    const transcript = await job;
    assert.is(job.id, transcript.task_id);
    const seen = await types(job.events());
    assert.equal(seen.slice(0, 2), ['queued', 'started']);
    assert.ok(seen.includes('segment'));
    assert.ok(seen.includes('progress'));
    assert.is(seen.at(-1), 'done');
    assert.is(transcript.accuracy?.accuracy, 1 - 1 / 23);
    assert.is(transcript.accuracy?.wer, 1 / 4);
    const task = await lingua.task(job.id);
    assert.is(task.status, 'completed');
    assert.is(task.textId, 'sentence');
    assert.is(task.progress, 1);
  });
});

test('speech is told by the detector that is asked for, or by Silero where its weights are', async () => {
  const models = temporary('models');
  const before = process.env.VOICELINGUA_MODELS;
  process.env.VOICELINGUA_MODELS = models;
  try {
    await withLibrary(async (lingua) => {
      // Weights made at random hear what they like; from 0 on all is speech.
      const detector = async (textId: string, detection: DetectionSettings = {}) => {
        const options = { language: 'en', textId, detection: { threshold: 0, ...detection } };
        const job = lingua.transcribe(SENTENCE, options);
        assert.is((await job).text, SCRIPTED_TEXT);
        return (await lingua.task(job.id)).models.detector;
      };
      assert.is(await detector('no weights'), 'embedded');
      const error = await failure(() => detector('asked for', { model: 'silero-vad' }));
      assert.is(error.code, 'MODEL_NOT_FOUND');
      assert.ok(error.message.includes(models));
      mkdirSync(models);
      writeFileSync(join(models, 'ggml-silero-v5.1.2.bin'), makeSileroGgml().bytes);
      assert.is(await detector('weights'), 'ggml-silero-v5.1.2');
      assert.is(await detector('weights asked for', { model: 'silero-vad' }), 'ggml-silero-v5.1.2');
      assert.is(await detector('others', { model: 'embedded' }), 'embedded');
      const checks = (await lingua.doctor()).checks.filter(({ name }) => name === 'speech detector');
      assert.match(checks[0]?.detail ?? '', /^ggml-silero-v5\.1\.2: silero-ggml f16/);
      writeFileSync(join(models, 'ggml-silero-v5.1.2.bin'), makeSileroGgml().bytes.subarray(0, 1000));
      assert.is((await failure(() => detector('damaged'))).code, 'MODEL_INVALID');
    });
  } finally {
    if (before === undefined) delete process.env.VOICELINGUA_MODELS;
    else process.env.VOICELINGUA_MODELS = before;
  }
});

test('the same work is done once', async () => {
  await withLibrary(async (lingua) => {
    const first = await lingua.transcribe(SENTENCE, { language: 'en' });
    const again = lingua.transcribe(SENTENCE, { language: 'en' });
    assert.equal(await again, first);
    assert.equal(await types(again.events()), ['queued', 'done']);
    const other = await lingua.transcribe(SENTENCE, { language: 'en', beamSize: 1 });
    assert.is.not(other.task_id, first.task_id);
    assert.is((await lingua.tasks()).length, 2);
  });
});

test('a long recording is cut into windows with times of the recording', async () => {
  const path = toneFile('long.wav', 100);
  await withLibrary(async (lingua) => {
    const { segments, duration } = await lingua.transcribe(path, { language: 'en' });
    assert.ok(segments.length >= 4);
    assert.equal(
      segments.map(({ id }) => id),
      segments.map((_, index) => index),
    );
    for (const [index, segment] of segments.entries()) {
      assert.ok(segment.start <= segment.end && segment.end <= duration + 0.001);
      assert.ok(index === 0 || segment.start >= (segments[index - 1]?.start ?? 0));
    }
    assert.ok((segments.at(-1)?.start ?? 0) > 60);
  });
});

test('cancel stops native work, and nothing stays behind', async () => {
  const path = toneFile('cancelled.wav', 600);
  await withLibrary(async (lingua) => {
    const job = lingua.transcribe(path, { language: 'en' });
    let segments = 0;
    for await (const event of job.events()) {
      if (event.type === 'segment' && ++segments === 1) void job.cancel();
    }
    assert.is((await failure(() => job)).code, 'CANCELLED');
    assert.ok(segments < 15, `${segments} of about 20 windows were recognised`);
    assert.is((await lingua.task(job.id)).status, 'cancelled');
    assert.is((await lingua.transcribe(SENTENCE, { language: 'en' })).text, SCRIPTED_TEXT, 'the lanes work on');
  });
});

test('an abort rejects with the caller’s own reason', async () => {
  const path = toneFile('aborted.wav', 300);
  const abort = new AbortController();
  const reason = new Error('the user went away');
  await withLibrary(async (lingua) => {
    const job = lingua.transcribe(path, { language: 'en', signal: abort.signal });
    for await (const event of job.events()) if (event.type === 'progress') abort.abort(reason);
    assert.is(await job.catch((error: unknown) => error), reason);
    const early = lingua.transcribe(path, { signal: AbortSignal.abort(reason) });
    assert.is(await early.catch((error: unknown) => error), reason);
  });
});

test('closing hands running work back, to be gone on with by the next opening', async () => {
  const path = toneFile('interrupted.wav', 600);
  const store = temporary('interrupted.sqlite');
  let id = '';
  await withLibrary(
    async (lingua) => {
      const job = lingua.transcribe(path, { language: 'en' });
      for await (const event of job.events()) {
        if (event.type === 'segment') {
          id = job.id;
          void lingua.close();
        }
      }
      assert.is((await failure(() => job)).code, 'CLOSED');
    },
    { store },
  );
  await withLibrary(
    async (lingua) => {
      const task = await lingua.task(id);
      assert.is(task.status, 'pending');
      assert.is(task.attempts, 0);
      assert.equal(await lingua.run([id]), { total: 1, completed: 1, failed: 0, cancelled: 0 });
      assert.ok((await lingua.query(id)).segments.length >= 20);
    },
    { store },
  );
});

test('a closed instance refuses work, and closing twice is one close', async () => {
  await withLibrary(async (lingua) => {
    await lingua.close();
    await lingua.close();
    assert.is((await failure(() => lingua.transcribe(SENTENCE))).code, 'CLOSED');
    assert.is((await failure(() => lingua.tasks())).code, 'CLOSED');
  });
});

test.run();
