#!/usr/bin/env node
/**
 * Predicted against measured peak memory of the engines: each model, number of lanes and beam in a process of its own.
 *
 *   node bench/memory-estimate.mjs                       demo models, the twins that were made, CTranslate2's Whisper
 *   node bench/memory-estimate.mjs small "m2m 2 lanes"   cases whose name holds one of these
 *   node bench/memory-estimate.mjs --twins FOLDER        twins from elsewhere (ggml-base-twin.bin, ct2-m2m100-twin …)
 *
 * Build first (npm run build). Linux alone tells a process's peak.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { register } from 'tsx/esm/api';
import { twinPath, twinsFolder } from '../tools/twins/make-twins.mjs';
import { timedTwin } from '../tools/twins/timed-twins.mjs';
import { command, machine, table } from './lib/measure.mjs';
import { ROOT } from './lib/paths.mjs';
import { speechFile } from './lib/recordings.mjs';

register();
const { estimateTask } = await import('../src/admission/memory-estimate.ts');
const { loadNative } = await import('../src/native/load.ts');
const native = loadNative({ device: 'cpu' });

const { values, positionals } = parseArgs({ options: { twins: { type: 'string' } }, allowPositionals: true });
const twins = values.twins ?? twinsFolder();
const twin = (name) => twinPath(twins ?? '', name);

/** Words that the scripted translation twin has in its vocabulary; it answers with 24 tokens whatever it is given. */
const TWIN_WORDS = 24;
const twinText = Array.from(
  { length: 32 },
  (_, sentence) => `${Array.from({ length: TWIN_WORDS }, (_, word) => `▁t${100 + 40 * sentence + word}`).join(' ')}.`,
).join(' ');
// Each sentence is translated once, so they must differ.
const phrases = Array.from({ length: 32 }, (_, number) => `The train to platform ${number} leaves at nine.`).join(' ');

const SPEECH = [
  { name: 'demo-stt', path: join(ROOT, 'models/demo-stt/ggml-demo-stt.bin'), seconds: 240 },
  { name: 'tiny', path: twin('tiny'), seconds: 240 },
  { name: 'base', path: twin('base'), seconds: 180 },
  { name: 'small', path: twin('small'), seconds: 120 },
  { name: 'ct2 demo-stt', path: join(ROOT, 'models/demo-stt-ct2'), seconds: 480 },
  // Their segments fill a window, as speech does: the decoder's memory grows with its tokens.
  ...(twins === null
    ? []
    : ['tiny', 'small'].map((size) => ({ name: `ct2 ${size} int8`, path: timedTwin(size, 5).ct2.int8, seconds: 480 }))),
];
const TRANSLATION = [
  { name: 'demo-mt', path: join(ROOT, 'models/demo-mt'), text: phrases, tokens: 20 },
  { name: 'm2m', path: twin('m2m'), text: twinText, tokens: TWIN_WORDS + 2, tokenizer: 'whitespace' },
];

function* cases() {
  for (const speech of SPEECH) {
    for (const lanes of [1, 2]) {
      for (const beam of [1, 5])
        yield { name: `${speech.name} ${lanes} lanes beam ${beam}`, lanes, speech: { ...speech, beam } };
    }
  }
  for (const translation of TRANSLATION) {
    for (const lanes of [1, 2]) {
      for (const beam of [1, 4]) {
        const name = `${translation.name} ${lanes} lanes beam ${beam}`;
        yield { name, lanes, translation: { ...translation, beam, languages: ['de', 'fr', 'es', 'it'] } };
      }
    }
  }
  const [, tiny, base] = SPEECH;
  const [, m2m] = TRANSLATION;
  yield { name: 'm2m 1 language', lanes: 2, translation: { ...m2m, beam: 4, languages: ['de'] } };
  const four = { ...m2m, beam: 4, languages: ['de', 'fr', 'es', 'it'] };
  yield { name: 'm2m, every sentence tried again', lanes: 2, translation: { ...four, retried: true } };
  const ct2Small = SPEECH.find(({ name }) => name === 'ct2 small int8');
  if (ct2Small !== undefined)
    yield { name: 'ct2 small int8 one window', lanes: 2, speech: { ...ct2Small, seconds: 20, beam: 5 } };
  yield { name: 'tiny one window', lanes: 2, speech: { ...tiny, seconds: 20, beam: 5 } };
  yield {
    name: 'base sequential 10 min',
    lanes: 2,
    speech: { ...base, seconds: 600, beam: 1, strategy: 'sequential' },
  };
  yield {
    name: 'tiny and m2m 2 lanes',
    lanes: 2,
    speech: { ...tiny, seconds: 60, beam: 5 },
    translation: { ...m2m, beam: 4, languages: ['de', 'fr'] },
  };
}

function requests({ speech, translation }) {
  // What the twin says is no language: with checks each sentence is tried again, as one in hundreds is of real ones.
  const checks = translation?.tokenizer === undefined || translation.retried ? {} : { checks: 'off' };
  const translate = translation === undefined ? {} : { translate: { beamSize: translation.beam, ...checks } };
  const languages = translation === undefined ? {} : { languages: translation.languages };
  if (speech === undefined) return [{ text: translation.text, language: 'en', ...languages, ...translate }];
  const strategy = speech.strategy === undefined ? {} : { strategy: speech.strategy };
  const transcribe = { beamSize: speech.beam, bestOf: speech.beam, ...strategy };
  // A twin's transcript is not what the translation twin can read: the reference text is translated too.
  const reference = translation === undefined ? {} : { referenceText: translation.text };
  return [{ audio: speechFile(speech.seconds), language: 'en', transcribe, ...reference, ...languages, ...translate }];
}

function predict({ speech, translation, lanes }, isolation) {
  const use = ({ name, path }) => ({ name, key: path, facts: native.inspectModel(path) });
  return estimateTask({
    speech:
      speech === undefined
        ? null
        : { ...use(speech), beamSize: speech.beam, bestOf: speech.beam, strategy: speech.strategy },
    translations:
      translation === undefined
        ? []
        : [
            {
              ...use(translation),
              beamSize: translation.beam,
              languages: translation.languages.length,
              tokens: translation.tokens,
            },
          ],
    audioSeconds: speech?.seconds ?? null,
    lanes,
    isolation,
    fusedAttention: native.kernelFacts().available,
  }).total;
}

async function measure(one) {
  const options = {
    jobs: one.lanes,
    threads: 1,
    ...(one.speech === undefined ? {} : { sttModel: one.speech.path }),
    ...(one.translation === undefined ? {} : { mtModel: one.translation.path }),
    ...(one.translation?.tokenizer === undefined ? {} : { tokenizer: one.translation.tokenizer }),
  };
  const task = JSON.stringify({ options, requests: requests(one) });
  const { stdout } = await command(process.execPath, [join(import.meta.dirname, 'lib/memory-child.mjs'), task]);
  return JSON.parse(stdout);
}

console.log(`${machine()}\n`);
const rows = [['case', 'engines in', 'predicted', 'measured', 'error']];
let worst = 0;
for (const one of cases()) {
  if (positionals.length > 0 && !positionals.some((wanted) => one.name.includes(wanted))) continue;
  if ([one.speech, one.translation].some((model) => model !== undefined && !existsSync(model.path))) continue;
  const { peak, isolation } = await measure(one);
  const predicted = predict(one, isolation);
  const error = predicted / peak - 1;
  worst = Math.max(worst, Math.abs(error));
  const row = [
    one.name,
    isolation,
    ...[predicted, peak].map((bytes) => `${(bytes / 1e6).toFixed(0)} MB`),
    `${(error * 100).toFixed(0)} %`,
  ];
  rows.push(row);
  // What has been measured so far is not lost with a case that fails.
  process.stderr.write(`${row.join('  ')}\n`);
}
console.log(table(rows));
console.log(`\nLargest error ${(worst * 100).toFixed(0)} %; wanted ≤ 20 %.`);
