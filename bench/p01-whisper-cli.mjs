/** P1: one file of 2 minutes through the whisper.cpp engine, against whisper-cli of the same build; load time apart. */
import { command, interleave } from './lib/measure.mjs';
import { open, speechFile, speechModel, whisperCli } from './lib/subjects.mjs';

const THREADS = 2;

export const id = 'P1';
export const title = '2 min file, whisper.cpp engine against whisper-cli, 2 threads';

export async function run({ rounds }) {
  const model = speechModel('small', 'base', 'tiny');
  const file = speechFile(120);
  const cli = await whisperCli();
  const lingua = await open({ sttModel: model.path, jobs: 1, threads: THREADS });
  let run = 0;
  const transcribe = async () => {
    const started = performance.now();
    await lingua.transcribe(file, { language: 'en', strategy: 'sequential', textId: `run ${run++}` });
    return (performance.now() - started) / 1000;
  };
  const whisper = async () => {
    const { stderr } = await command(cli, ['-m', model.path, '-f', file, '-t', String(THREADS), '-l', 'en']);
    const time = (name) => Number(new RegExp(`${name} time =\\s*([\\d.]+) ms`).exec(stderr)?.[1] ?? Number.NaN);
    return (time('total') - time('load')) / 1000;
  };
  try {
    const figures = await interleave({ voicelingua: transcribe, 'whisper-cli': whisper }, rounds);
    const ratio = figures.voicelingua.median / figures['whisper-cli'].median;
    return {
      subject: `${model.name}, beam 5, sequential`,
      figures,
      unit: 's',
      ratio,
      goal: 'wall ≤ 1.03 × whisper-cli',
      met: ratio <= 1.03,
    };
  } finally {
    await lingua.close();
  }
}
