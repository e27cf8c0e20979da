#!/usr/bin/env node
/**
 * Word and character error rates of models, engines and settings, side by side, on recordings with known transcripts.
 *
 *   node bench/quality/run.mjs --model ggml-small.bin --model small-ct2/      two models on ../shared/data/speech
 *   node bench/quality/run.mjs --set beamSize=1 --set beamSize=5              one model, two settings
 *   node bench/quality/run.mjs --data FOLDER --language de,fr --details       other recordings, told one by one
 *
 * --model REF       model of the library, may be given several times; default demo-stt
 * --set A=1,B=x     options of `transcribe`, may be given several times; each is tried with each model
 * --data FOLDER     folder with transcripts.tsv or manifest.jsonl, may be given several times
 * --language CODES  only recordings in these languages (and those without speech)
 * --match TEXT      only files whose name holds this
 * --limit N         at most N recordings of a language
 * --detect          the language is detected, not told; "detected" counts how often rightly
 * --device, --jobs  as for the library
 * --details         what was heard in each recording
 * --out FILE        JSON; default results.json beside this file
 *
 * Build first (npm run build).
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { machine, table } from '../lib/measure.mjs';
import { ROOT } from '../lib/paths.mjs';
import { library } from '../lib/subjects.mjs';
import { contendersOf } from './lib/contenders.mjs';
import { readRecordings } from './lib/recordings.mjs';
import { byLanguage, scoreOne } from './lib/score.mjs';
import { comparison, details } from './lib/tables.mjs';
import { transcribeAll } from './lib/transcribe.mjs';

const text = { type: 'string' };
const many = { type: 'string', multiple: true };
const flag = { type: 'boolean', default: false };
const { values } = parseArgs({
  options: {
    model: { ...many, default: ['demo-stt'] },
    set: { ...many, default: [] },
    data: { ...many, default: [join(ROOT, '..', 'shared', 'data', 'speech')] },
    language: text,
    match: text,
    limit: text,
    detect: flag,
    device: { ...text, default: 'auto' },
    jobs: text,
    details: flag,
    out: { ...text, default: join(import.meta.dirname, 'results.json') },
  },
});

const recordings = select(values.data.flatMap(readRecordings));
if (recordings.length === 0) {
  console.error('No recording is left to transcribe.');
  process.exit(2);
}
console.log(`${machine()}; ${recordings.length} recordings\n`);
const results = [];
for (const contender of contendersOf(values.model, values.set)) results.push(await run(contender));
if (values.details) console.log(`${details(results).join('\n')}\n`);
console.log(table(comparison(results)));
writeFileSync(
  values.out,
  `${JSON.stringify({ machine: machine(), date: new Date().toISOString(), results }, null, 2)}\n`,
);

function select(all) {
  const languages = values.language?.split(',');
  const taken = new Map();
  return all.filter(({ file, language, silent }) => {
    if (languages !== undefined && !silent && !languages.includes(language)) return false;
    if (values.match !== undefined && !file.includes(values.match)) return false;
    const count = (taken.get(language) ?? 0) + 1;
    taken.set(language, count);
    return values.limit === undefined || count <= Number(values.limit);
  });
}

/** A failure is no wrong word: it is told, not hidden in a rate. */
function tellFailures(contender, scores) {
  const failures = scores.filter(({ error }) => error !== undefined);
  if (failures.length === 0) return;
  process.exitCode = 1;
  console.error(`  ${contender}: ${failures.length} failed, first ${failures[0].file}: ${failures[0].error}`);
}

async function run({ name, model, transcribe }) {
  const { openVoiceLingua } = await library();
  const lingua = await openVoiceLingua({
    store: ':memory:',
    sttModel: model,
    device: values.device,
    ...(values.jobs === undefined ? {} : { jobs: Number(values.jobs) }),
  });
  try {
    // Loading the model is no part of the real-time factor.
    await lingua.transcribe(recordings[0].path, { textId: 'warm-up' }).catch(() => {});
    let done = 0;
    const onDone = () => process.stderr.write(`\r  ${name}: ${++done} of ${recordings.length}          `);
    // More at once than lanes, so that an engine that takes several at once finds them.
    const options = { transcribe, detect: values.detect, atOnce: 16, onDone };
    const { outcomes, seconds } = await transcribeAll(lingua, recordings, options);
    process.stderr.write('\n');
    const scores = recordings.map((recording, index) => scoreOne(recording, outcomes[index], values.detect));
    tellFailures(name, scores);
    const languages = byLanguage(scores);
    const { seconds: audio } = languages.at(-1)[1];
    return { name, model, transcribe, seconds, realTimeFactor: audio === 0 ? 0 : seconds / audio, languages, scores };
  } finally {
    await lingua.close();
  }
}
