/** P15: peak memory of the caller and of the engine host for a recording of 10 hours, over that of the model. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
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
  const [model, file] = process.argv.slice(1);
  const lingua = await open({ sttModel: model });
  const transcript = await lingua.transcribe(file, { language: 'en' });
  console.log(JSON.stringify({ seconds: transcript.duration, segments: transcript.segments.length }));
  await lingua.close();
`;
const LOOK_MS = 250;

/** One run: the peak of ten hours varies little, and takes minutes. */
export async function run() {
  const file = speechFile(HOURS * 3600);
  const started = performance.now();
  const child = spawn(process.execPath, ['--input-type=module', '-e', PROGRAM, MODEL, file], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const peaks = { caller: 0, host: 0, together: 0, once: 0 };
  const look = setInterval(() => note(child.pid, peaks), LOOK_MS);
  let stdout = '';
  for await (const text of child.stdout.setEncoding('utf8')) {
    stdout += text;
    note(child.pid, peaks);
  }
  clearInterval(look);
  const wall = (performance.now() - started) / 1000;
  const { seconds, segments } = JSON.parse(stdout.trim().split('\n').at(-1));
  if (Math.abs(seconds - HOURS * 3600) > 1) throw new Error(`${seconds} s were heard`);
  const weights = sizeOf(MODEL) / MIB;
  const more = peaks.caller + peaks.host - weights;
  const figure = (value) => ({ median: value, all: [value] });
  return {
    subject: `${HOURS} h of speech, ${segments} segments, in ${wall.toFixed(0)} s; weights ${weights.toFixed(0)} MiB`,
    figures: {
      'caller and host, peak of each': figure(peaks.caller + peaks.host),
      'caller and host at one moment': figure(peaks.together),
      'the same, shared pages once': figure(peaks.once),
      caller: figure(peaks.caller),
      host: figure(peaks.host),
    },
    unit: 'MiB',
    ratio: more,
    ratioUnit: ' MiB over the model',
    goal: `≤ ${ALLOWED_MIB.toFixed(0)} MiB (300 MB) over the model`,
    met: more <= ALLOWED_MIB,
  };
}

/**
 * Looks at the memory of the caller and of its children. Pages of a file that both have, Node's code above all, are counted in the RSS of each
 * and in memory once (PSS).
 */
function note(pid, peaks) {
  try {
    const hosts = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, 'latin1').trim().split(' ').filter(Boolean),
    );
    const own = [pid, ...hosts].map((one) => ({ ...memoryOf(one), peak: peakOf(one) }));
    const sum = (key) => own.reduce((total, one) => total + one[key], 0);
    peaks.caller = Math.max(peaks.caller, own[0].peak);
    for (const { peak } of own.slice(1)) peaks.host = Math.max(peaks.host, peak);
    peaks.together = Math.max(peaks.together, sum('rss'));
    peaks.once = Math.max(peaks.once, sum('pss'));
  } catch (error) {
    // A process that has just ended has nothing to look at.
    if (error.code !== 'ENOENT' && error.code !== 'ESRCH') throw error;
  }
}

function memoryOf(pid) {
  const text = readFileSync(`/proc/${pid}/smaps_rollup`, 'latin1');
  return { rss: mebibytes(text, 'Rss'), pss: mebibytes(text, 'Pss') };
}

function peakOf(pid) {
  return mebibytes(readFileSync(`/proc/${pid}/status`, 'latin1'), 'VmHWM');
}

function mebibytes(text, name) {
  return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) / 1024;
}

function sizeOf(path) {
  const facts = statSync(path);
  if (!facts.isDirectory()) return facts.size;
  return readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
}
