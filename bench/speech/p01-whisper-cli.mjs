/** P1: one file of 2 minutes through the whisper.cpp engine, against whisper-cli of the same build; load time apart. */
import { command, interleave } from '../lib/measure.mjs';
import { speechFile } from '../lib/recordings.mjs';
import { open, speechModel, whisperProgram } from '../lib/subjects.mjs';

const THREADS = 2;

export const id = 'P1';
export const title = '2 min file, whisper.cpp engine against whisper-cli, 2 threads';

export async function run({ rounds, size }) {
  const model = speechModel(...(size === undefined ? ['small', 'base', 'tiny'] : [size]));
  const file = speechFile(120);
  const cli = await whisperProgram();
  const lingua = await open({ sttModel: model.path, device: 'cpu', jobs: 1, threads: THREADS });
  const texts = new Map();
  let run = 0;
  const transcribe = async () => {
    const started = performance.now();
    const options = { language: 'en', strategy: 'sequential', redecode: false, textId: `run ${run++}` };
    const { text } = await lingua.transcribe(file, options);
    const seconds = (performance.now() - started) / 1000;
    texts.set('voicelingua', text);
    return seconds;
  };
  const whisper = async () => {
    const args = ['-m', model.path, '-f', file, '-t', String(THREADS), '-l', 'en'];
    const { stdout, stderr } = await command(cli, args);
    texts.set('whisper-cli', stdout.replace(/^\[.*?\]/gm, ''));
    const time = (name) => Number(new RegExp(`${name} time =\\s*([\\d.]+) ms`).exec(stderr)?.[1] ?? Number.NaN);
    return (time('total') - time('load')) / 1000;
  };
  try {
    const figures = await interleave({ voicelingua: transcribe, 'whisper-cli': whisper }, rounds);
    const [ours, theirs] = ['voicelingua', 'whisper-cli'].map((name) => texts.get(name).replace(/\s+/g, ' ').trim());
    if (ours !== theirs || ours === '') throw new Error(`The texts differ:\n${ours}\n${theirs}`);
    const ratio = figures.voicelingua.median / figures['whisper-cli'].median;
    return {
      subject: `${model.name}, beam 5, sequential`,
      figures,
      work: Object.fromEntries(Object.keys(figures).map((name) => [name, `${ours.split(' ').length} words, the same`])),
      unit: 's',
      ratio,
      goal: 'wall ≤ 1.03 × whisper-cli',
      met: ratio <= 1.03,
    };
  } finally {
    await lingua.close();
  }
}
