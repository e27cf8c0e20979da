import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLinguaError } from '../../../src/domain/errors.js';
import { recognitionOptions } from '../../../src/stages/transcribe/options.js';
import { clock } from '../../../src/stages/transcribe/warnings.js';
import { type Script, said, transcribeScript } from './support.js';

const THREE: Script = {
  windows: [
    { start: 0, end: 10, speech: false },
    { start: 10, end: 20 },
    { start: 20, end: 30 },
  ],
  answer: ({ span }) => [said(`at ${span.start}`, span.start, span.end)],
};

test('the prompt goes to the first window with speech, or to each', async () => {
  const prompts = async (options: Record<string, unknown>) =>
    (await transcribeScript({ ...THREE, options })).calls.map((call) => call.options.initialPrompt);
  assert.equal(await prompts({ initialPrompt: 'Hello.' }), ['Hello.', undefined]);
  assert.equal(await prompts({ initialPrompt: 'Hello.', carryPrompt: true }), ['Hello.', 'Hello.']);
});

test('options go to the engine by their names, and nothing else does', () => {
  const given = {
    beamSize: 3,
    bestOf: 2,
    patience: 1.5,
    lengthPenalty: 0.9,
    repetitionPenalty: 1.2,
    noRepeatNgramSize: 4,
    temperature: 0.1,
    temperatureIncrement: 0,
    compressionRatioThreshold: 2,
    logprobThreshold: -2,
    noSpeechThreshold: 0.5,
    hotwords: 'Ada',
    timestamps: false,
    wordTimestamps: true,
  };
  assert.equal(recognitionOptions({ ...given, offset: 3, redecode: false }, 'de', true), {
    language: 'de',
    context: false,
    ...given,
  });
});

test('suppressed tokens and symbols add up', () => {
  const tokens = (options: object) => recognitionOptions(options, 'en', true).suppressTokens;
  assert.is(tokens({}), undefined);
  assert.equal(tokens({ suppressTokens: [1, 2] }), [1, 2]);
  assert.equal(tokens({ suppressTokens: [1], suppressNonSpeech: true }), [-1, 1]);
  assert.equal(tokens({ suppressTokens: [-1, 1], suppressNonSpeech: false }), [1]);
  assert.equal(tokens({ suppressNonSpeech: false }), []);
});

test('offset, duration and detection go to the decoder; progress is of the part', async () => {
  const ran = await transcribeScript({
    ...THREE,
    options: { offset: 10, duration: 15, detection: { threshold: 0.4, model: 'silero-vad' } },
  });
  assert.equal(ran.opened, [{ strategy: 'windowed', offset: 10, duration: 15, detection: { threshold: 0.4 } }]);
  const last = ran.events.filter((event) => event.type === 'progress').at(-1);
  assert.equal(last, { type: 'progress', fraction: 1, processed: 20, total: 15 });
});

test('an offset behind the end is refused with both lengths', async () => {
  const error = await transcribeScript({ ...THREE, options: { offset: 31 } }).then(
    () => null,
    (thrown: unknown) => thrown as VoiceLinguaError,
  );
  assert.is(error?.code, 'INVALID_ARGUMENT');
  assert.match(error?.message ?? '', /30\.0 s long, but "offset" is 31 s/);
});

const STEREO: Script = {
  windows: [
    [
      { start: 0, end: 10, spans: [[0, 2]] },
      { start: 10, end: 20, spans: [[10, 12]] },
    ],
    [{ start: 0, end: 20, spans: [[4, 8]] }],
  ],
  options: { splitChannels: true },
  answer: ({ span, spans = [] }) => {
    const [first] = spans;
    return [said(`${span.start} to ${span.end}`, first?.start ?? 0, first?.end ?? 0)];
  },
};

test('channels are recognised each by itself, and merged by time', async () => {
  const ran = await transcribeScript(STEREO);
  assert.equal(
    ran.transcript.segments.map(({ id, channel, start }) => [id, channel, start]),
    [
      [0, 0, 0],
      [1, 1, 4],
      [2, 0, 10],
    ],
  );
  assert.equal(
    ran.opened.map(({ channel }) => channel),
    [0, 1],
  );
  assert.equal([...ran.checkpoints.kept.keys()].sort(), ['0', '1', '2'], 'every window has a number of its own');
  assert.is(ran.facts.coverage?.speech, 8);
  const fractions = ran.events.flatMap((event) => (event.type === 'progress' ? [event.fraction] : []));
  assert.equal(fractions, [0.25, 0.5, 1]);
  const again = await transcribeScript({ ...STEREO, checkpoints: ran.checkpoints });
  assert.is(again.calls.length, 0);
  assert.equal(again.transcript, ran.transcript);
});

test('a recording of one channel has nothing to split, and says so', async () => {
  const ran = await transcribeScript({ ...THREE, options: { splitChannels: true } });
  assert.match(ran.warnings.join(), /one channel/);
  assert.not.ok(ran.transcript.segments.some((segment) => 'channel' in segment));
});

test('times in warnings are as on a clock', () => {
  assert.equal([0, 9.96, 61.25, 3723.4].map(clock), ['0:00.0', '0:10.0', '1:01.3', '1:02:03.4']);
});

test.run();
