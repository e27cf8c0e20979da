import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { VoiceLinguaError } from '../../../src/domain/errors.js';
import type { PcmWindow } from '../../../src/engines/ports.js';
import { type Script, said, transcribeScript } from './support.js';

const guesses = [
  { language: 'de', probability: 0.9 },
  { language: 'en', probability: 0.8 },
  { language: 'ja', probability: 0.3 },
  { language: 'de', probability: 0.95 },
];

const SWITCHING: Script = {
  windows: [
    { start: 0, end: 10 },
    { start: 10, end: 20 },
    { start: 20, end: 30 },
    { start: 30, end: 35, speech: false },
    { start: 35, end: 50 },
  ],
  spec: { sourceLanguage: 'auto' },
  detect: ({ span }) => guesses[span.index === 4 ? 3 : span.index] as (typeof guesses)[number],
  answer: ({ span }, { language }) => [said(`${language} ${span.index}`, span.start, span.end)],
};

test('by default the first speech decides', async () => {
  const ran = await transcribeScript(SWITCHING);
  assert.equal(
    ran.calls.map(({ options }) => options.language),
    ['de', 'de', 'de', 'de'],
  );
  assert.not.ok(ran.transcript.segments.some((segment) => 'language' in segment));
  assert.is(ran.transcript.languageProbability, 0.9);
});

test('on request each window has its own language; one that is unsure keeps that before', async () => {
  const ran = await transcribeScript({ ...SWITCHING, options: { languageDetection: 'window' } });
  assert.equal(
    ran.transcript.segments.map(({ language, text }) => [language, text]),
    [
      ['de', 'de 0'],
      ['en', 'en 1'],
      ['en', 'en 2'],
      ['de', 'de 4'],
    ],
  );
  assert.is(ran.transcript.language, 'de', '25 s of German, 20 s of English');
  assert.is(ran.facts.detectedLanguage, 'de');
});

test('languages of windows are kept for a resumed run', async () => {
  const options = { languageDetection: 'window' };
  const first = await transcribeScript({ ...SWITCHING, options });
  const again = await transcribeScript({
    ...SWITCHING,
    options,
    checkpoints: first.checkpoints,
    detect: () => {
      throw new Error('it is known already');
    },
  });
  assert.equal(again.transcript, first.transcript);
  assert.is(again.calls.length, 0);
});

test('what another detector cut is recognised anew, and its language detected anew', async () => {
  const options = { languageDetection: 'window' };
  const first = await transcribeScript({ ...SWITCHING, options, detector: 'embedded' });
  assert.equal(first.facts.models, { stt: 'scripted', detector: 'embedded' });
  const { checkpoints } = first;
  let detected = 0;
  const detect = (window: PcmWindow) => {
    detected++;
    return SWITCHING.detect?.(window) ?? { language: 'en', probability: 1 };
  };
  const same = await transcribeScript({ ...SWITCHING, options, detector: 'embedded', checkpoints, detect });
  assert.equal([same.calls.length, detected], [0, 0]);
  const other = await transcribeScript({ ...SWITCHING, options, detector: 'silero', checkpoints, detect });
  assert.ok(first.calls.length > 1);
  assert.equal([other.calls.length, detected], [first.calls.length, first.calls.length]);
  assert.is(other.facts.models?.detector, 'silero');
});

test('only the language is told on request; silence has none', async () => {
  const options = { detectLanguageOnly: true };
  const ran = await transcribeScript({ ...SWITCHING, options });
  assert.equal([ran.transcript.language, ran.transcript.languageProbability, ran.transcript.text], ['de', 0.9, '']);
  assert.equal(ran.calls, []);
  const silent = await transcribeScript({ ...SWITCHING, windows: [{ start: 0, end: 5, speech: false }], options });
  assert.is(silent.transcript.languageProbability, 0);
  assert.match(silent.warnings[0] ?? '', /No speech/);
});

test('a model that cannot translate is not asked to', async () => {
  const script: Script = { ...SWITCHING, options: { task: 'translate' }, info: { cannotTranslate: 'it is small' } };
  const error = await transcribeScript(script).then(
    () => null,
    (thrown: unknown) => thrown as VoiceLinguaError,
  );
  assert.is(error?.code, 'MODEL_UNSUPPORTED');
  assert.match(error?.message ?? '', /cannot translate: it is small\. .*--to en/);
});

test("Whisper's own translation is English, whatever was spoken", async () => {
  const ran = await transcribeScript({ ...SWITCHING, options: { task: 'translate' }, info: { cannotTranslate: null } });
  assert.is(ran.calls[0]?.options.language, 'de');
  assert.is(ran.calls[0]?.options.task, 'translate');
  assert.is(ran.transcript.language, 'en');
  assert.is(ran.facts.detectedLanguage, 'en');
});

test.run();
