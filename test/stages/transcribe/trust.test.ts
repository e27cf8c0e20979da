import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { flagsOf, type Script, said, transcribeScript, wordsOf } from './support.js';

const LOOP = Array.from({ length: 8 }, () => 'thank you very much').join(' ');
const ONE = [{ start: 0, end: 10, spans: [[0, 10]] as const }];

test('a looping window is decoded again, and the better text takes its place', async () => {
  const ran = await transcribeScript({
    windows: ONE,
    answer: (_window, { temperature = 0 }) => [
      temperature === 0 ? said(LOOP, 0, 10) : said('we come to the last point', 0, 10, { temperature }),
    ],
  });
  assert.is(ran.transcript.text, 'we come to the last point');
  assert.equal(flagsOf(ran.transcript.segments), [['retried']]);
  assert.equal(
    ran.calls.map(({ options }) => options.temperature),
    [undefined, 0.4],
  );
  assert.equal(ran.warnings, ['1 of 1 segment comes from a second decoding, since the first repeated itself.']);
});

test('a loop that stays is flagged after two more decodings, with the words in it that are fit to read', async () => {
  const ran = await transcribeScript({
    windows: ONE,
    answer: (_window, _options, call) => [said(`Good morning ${call}.`, 0, 2), said(LOOP, 2, 10)],
    options: { temperature: 0.1 },
  });
  assert.equal(flagsOf(ran.transcript.segments), [[], ['loop']]);
  assert.equal(
    ran.calls.map(({ options }) => options.temperature),
    [0.1, 0.5, 0.9],
  );
  assert.equal(ran.warnings, ['1 of 2 segments repeats itself; decoding again did not help.']);
});

test('an engine that can forbid repeats is asked for that first; a hot decoding goes without the prompt', async () => {
  const ran = await transcribeScript({
    windows: ONE,
    info: { engine: 'ctranslate2' },
    options: { initialPrompt: 'Names: Ada.', temperature: 0.2 },
    answer: (_window, _options, call) => [said(`${LOOP} ${call}`, 0, 10)],
  });
  assert.equal(
    ran.calls.map(({ options: { noRepeatNgramSize, repetitionPenalty, temperature, initialPrompt } }) => [
      noRepeatNgramSize,
      repetitionPenalty,
      temperature,
      initialPrompt,
    ]),
    [
      [undefined, undefined, 0.2, 'Names: Ada.'],
      [3, 1.1, 0.2, 'Names: Ada.'],
      [undefined, undefined, 0.6, undefined],
    ],
  );
});

test('what comes out the same under other settings is not decoded a third time', async () => {
  const ran = await transcribeScript({ windows: ONE, answer: () => [said(LOOP, 0, 10)] });
  assert.is(ran.calls.length, 2);
  assert.equal(flagsOf(ran.transcript.segments), [['loop']]);
});

test('text that compresses too well is decoded again where the engine has no fallback of its own', async () => {
  const text = Array.from({ length: 40 }, (_, index) => `number ${index % 7} of ${index % 5} and so on,`).join(' ');
  const script: Script = {
    windows: ONE,
    answer: (_window, _options, call) => [said(call === 0 ? text : 'a count', 0, 10)],
  };
  const left = await transcribeScript(script);
  assert.is(left.calls.length, 1);
  assert.equal(flagsOf(left.transcript.segments), [['loop']]);
  const again = await transcribeScript({ ...script, options: { temperatureIncrement: 0 } });
  assert.is(again.transcript.text, 'a count');
});

test('a worse second decoding is not taken', async () => {
  const ran = await transcribeScript({
    windows: ONE,
    answer: (_window, _options, call) => (call === 0 ? [said(`first this ${LOOP}`, 0, 10)] : [said(LOOP, 0, 10)]),
  });
  assert.match(ran.transcript.text, /^first this/);
  assert.equal(flagsOf(ran.transcript.segments), [['loop']]);
});

const GAP: Script = {
  windows: [{ start: 0, end: 20, spans: [[0, 20]] }],
  answer: (_window, { noSpeechThreshold, temperature = 0 }) => {
    const first = said('one two', 0, 8, { words: wordsOf([' one', 0, 4], [' two', 4, 8]) });
    if (noSpeechThreshold !== 1) return [first];
    if (temperature === 0)
      return [{ ...first, text: 'one two uh', words: wordsOf([' one', 0, 4], [' two', 4, 8], [' uh', 8, 8.2]) }];
    const words = wordsOf([' two', 5, 8], [' three', 8.5, 14], [' four', 14, 20]);
    return [said('two three four', 5, 20, { words })];
  },
};

test('speech without text is decoded again; what is found there is added once, and nothing else', async () => {
  const ran = await transcribeScript(GAP);
  assert.is(ran.transcript.text, 'one two uh three four');
  assert.equal(flagsOf(ran.transcript.segments), [[], ['added'], ['added']]);
  assert.equal(
    ran.transcript.segments.map(({ id, start, end }) => [id, start, end]),
    [
      [0, 0, 8],
      [1, 8, 8.2],
      [2, 8.5, 20],
    ],
  );
  assert.is(ran.calls.length, 3);
  assert.is(ran.facts.coverage?.coverage, 1);
});

test('what another decoding only times differently is not said twice', async () => {
  const ran = await transcribeScript({
    windows: [{ start: 0, end: 20, spans: [[0, 20]] }],
    answer: (_window, _options, call) => {
      const first = said('the code is seven', 5, 9, {
        words: wordsOf([' the', 5, 6], [' code', 6, 7], [' is', 7, 8], [' seven', 8, 9]),
      });
      if (call === 0) return [first];
      const words = wordsOf([' the', 3, 4], [' code', 4, 4.8], [' is', 5, 5], [' seven', 9, 9], [' indeed', 12, 14]);
      return [said('the code is seven indeed', 3, 14, { words })];
    },
  });
  assert.equal(
    ran.transcript.segments.map(({ text }) => text),
    ['the code is seven', 'indeed'],
  );
});

test('what is found in silence, or only repeats, is not added', async () => {
  const ran = await transcribeScript({
    windows: [{ start: 0, end: 20, spans: [[0, 10]] }],
    answer: (_window, _options, call) => [
      said('one', 0, 4),
      ...(call === 0 ? [] : [said(LOOP, 4, 10), said('and thanks for all of this', 12, 20, { no_speech_prob: 0.9 })]),
    ],
  });
  assert.is(ran.transcript.text, 'one');
  assert.is(ran.facts.coverage?.coverage, 0.4);
  assert.equal(ran.facts.coverage?.uncovered, [{ start: 4, end: 10 }]);
  assert.equal(ran.warnings, ['40% of the detected speech has text; there is none for 0:04.0–0:10.0.']);
});

test('together the two kinds of further decodings are two at most', async () => {
  const ran = await transcribeScript({
    windows: [{ start: 0, end: 20, spans: [[0, 20]] }],
    answer: (_window, _options, call) => [call === 0 ? said(LOOP, 0, 10) : said('we go on', 0, 10)],
  });
  assert.is(ran.calls.length, 3);
  assert.equal(
    ran.calls.map(({ options }) => options.noSpeechThreshold),
    [undefined, undefined, 1],
  );
});

test('with redecode off a window is decoded once and flagged all the same', async () => {
  const ran = await transcribeScript({ windows: ONE, options: { redecode: false }, answer: () => [said(LOOP, 0, 5)] });
  assert.is(ran.calls.length, 1);
  assert.equal(flagsOf(ran.transcript.segments), [['loop']]);
  assert.is(ran.facts.coverage?.coverage, 0.5);
});

test('the sequential strategy gives the text of its one decoding', async () => {
  const ran = await transcribeScript({
    windows: [{ start: 0, end: 60, spans: [[0, 60]] }],
    options: { strategy: 'sequential' },
    answer: () => [said(LOOP, 0, 5)],
  });
  assert.is(ran.calls.length, 1);
  assert.is(ran.calls[0]?.options.context, true);
});

test('text that nobody said is left out or flagged, and counted', async () => {
  const ran = await transcribeScript({
    windows: [{ start: 0, end: 30, spans: [[0, 10]] }],
    answer: () => [
      said('We begin.', 0, 10),
      said('Thanks for watching.', 15, 17, { no_speech_prob: 0.9 }),
      said('And a word that is likely.', 20, 22),
    ],
  });
  assert.is(ran.transcript.text, 'We begin. And a word that is likely.');
  assert.equal(flagsOf(ran.transcript.segments), [[], ['no_speech']]);
  assert.equal(ran.warnings, [
    '1 of 2 segments stands where no speech was found.',
    '1 piece of text that nobody said was left out.',
  ]);
});

test('where nobody looked for speech the model alone tells of silence, and there is no coverage', async () => {
  const ran = await transcribeScript({
    windows: [{ start: 0, end: 30 }],
    answer: () => [
      said('Thanks.', 0, 3, { no_speech_prob: 0.9, avg_logprob: -1.5 }),
      said('Likely.', 4, 6, { no_speech_prob: 0.9 }),
    ],
  });
  assert.equal(flagsOf(ran.transcript.segments), [['no_speech'], []]);
  assert.not.ok('coverage' in ran.facts);
});

test('a window without speech counts as nothing to cover', async () => {
  const ran = await transcribeScript({
    windows: [
      { start: 0, end: 10, speech: false },
      { start: 10, end: 20, spans: [[11, 15]] },
    ],
    answer: () => [said('one', 11, 15)],
  });
  assert.equal(ran.facts.coverage, { coverage: 1, speech: 4, uncovered: [] });
});

test('a resumed run gives the same, byte for byte, and decodes only what is missing', async () => {
  const script: Script = {
    windows: [
      { start: 0, end: 20, spans: [[0, 20]] },
      { start: 20, end: 40, spans: [[20, 30]] },
      { start: 40, end: 60, spans: [[40, 60]] },
    ],
    answer: ({ span }, _options, call) => {
      if (span.index === 0) return [said(call === 0 ? LOOP : 'a proper text', 0, 20)];
      if (span.index === 1) return [said('two', 20, 30), said('hm', 35, 36, { avg_logprob: -2 })];
      return call === 0 ? [said('three', 40, 48)] : [said('three', 40, 48), said('four', 48, 60)];
    },
  };
  const whole = await transcribeScript(script);
  for (const lost of ['0', '1', '2']) {
    const checkpoints = whole.checkpoints;
    checkpoints.kept.delete(lost);
    const again = await transcribeScript({ ...script, checkpoints });
    assert.is(JSON.stringify(again.transcript), JSON.stringify(whole.transcript));
    assert.equal(again.warnings, whole.warnings);
    assert.is(new Set(again.calls.map(({ window }) => window.span.index)).size, 1);
    assert.equal([...again.discarded].sort(), [1, 2, 3], 'every window is let go of');
  }
  const changed = await transcribeScript({
    ...script,
    checkpoints: whole.checkpoints,
    options: { lengthPenalty: 0.8 },
  });
  assert.is(new Set(changed.calls.map(({ window }) => window.span.index)).size, 3, 'another option is other work');
});

test.run();
