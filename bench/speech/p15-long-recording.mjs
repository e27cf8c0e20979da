/** P15: peak memory of the caller and of the engine host for a recording of 10 hours, over that of the model. */
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { command } from '../lib/measure.mjs';
import { ROOT } from '../lib/paths.mjs';
import { speechFile } from '../lib/recordings.mjs';

const HOURS = Number(process.env.VOICELINGUA_BENCH_HOURS ?? 10);
const MIB = 2 ** 20;
const ALLOWED_MIB = 300e6 / MIB;
const MODEL = process.env.VOICELINGUA_BENCH_MODEL ?? join(ROOT, 'models/demo-stt-ct2');

export const id = 'P15';
export const title = `peak memory for a recording of ${HOURS} h`;

/** Runs in a process of its own, so that nothing of the bench is counted. */
const PROGRAM = `
  import { open } from ${JSON.stringify(join(ROOT, 'bench/lib/subjects.mjs'))};
  import { readdirSync, readFileSync } from 'node:fs';
  const [model, file] = process.argv.slice(1);
  const lingua = await open({ sttModel: model });
  const transcript = await lingua.transcribe(file, { language: 'en' });
  const peak = (pid) => Number(/^VmHWM:\\s+(\\d+) kB$/m.exec(readFileSync('/proc/' + pid + '/status', 'latin1'))[1]) * 1024;
  const hosts = readdirSync('/proc/self/task').flatMap((thread) =>
    readFileSync('/proc/self/task/' + thread + '/children', 'latin1').trim().split(' ').filter(Boolean));
  const peaks = { caller: peak('self'), host: Math.max(...hosts.map(peak)) };
  console.log(JSON.stringify({ ...peaks, seconds: transcript.duration, segments: transcript.segments.length }));
  await lingua.close();
`;

/** One run: the peak of ten hours varies little, and takes minutes. */
export async function run() {
  const file = speechFile(HOURS * 3600);
  const started = performance.now();
  const { stdout } = await command(process.execPath, ['--input-type=module', '-e', PROGRAM, MODEL, file]);
  const wall = (performance.now() - started) / 1000;
  const { caller, host, seconds, segments } = JSON.parse(stdout.trim().split('\n').at(-1));
  if (Math.abs(seconds - HOURS * 3600) > 1) throw new Error(`${seconds} s were heard`);
  const weights = sizeOf(MODEL) / MIB;
  const more = (caller + host) / MIB - weights;
  const figure = (value) => ({ median: value, all: [value] });
  return {
    subject: `${HOURS} h of speech, ${segments} segments, in ${wall.toFixed(0)} s; weights ${weights.toFixed(0)} MiB`,
    figures: {
      'caller and host': figure((caller + host) / MIB),
      caller: figure(caller / MIB),
      host: figure(host / MIB),
    },
    unit: 'MiB',
    ratio: more,
    ratioUnit: ' MiB over the model',
    goal: `≤ ${ALLOWED_MIB.toFixed(0)} MiB (300 MB) over the model`,
    met: more <= ALLOWED_MIB,
  };
}

function sizeOf(path) {
  const facts = statSync(path);
  if (!facts.isDirectory()) return facts.size;
  return readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
}
