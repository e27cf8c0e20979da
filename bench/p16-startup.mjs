/** P16: what a short run costs: `--help`, opening an empty store, the first task with a small model. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { command, interleave } from './lib/measure.mjs';
import { ROOT, WORK } from './lib/paths.mjs';
import { speechFile } from './lib/recordings.mjs';
import { speechModel, whisperProgram } from './lib/subjects.mjs';

const CLI = join(ROOT, 'bin/voicelingua.js');

export const id = 'P16';
export const title = 'start: --help, an empty store, the first task';

export async function run({ rounds }) {
  const node =
    (...args) =>
    async () =>
      (await command(process.execPath, args)).seconds;
  const help = await interleave(
    { 'voicelingua --help': node(CLI, '--help'), 'node -e 0': node('-e', '0') },
    rounds * 2,
  );
  const helpRatio = help['voicelingua --help'].median / help['node -e 0'].median;

  const store = join(WORK, 'empty.sqlite');
  const fresh =
    (...args) =>
    async () => {
      for (const suffix of ['', '-wal', '-shm']) rmSync(store + suffix, { force: true });
      return (await command(process.execPath, args)).seconds;
    };
  const opening = `
    const { openVoiceLingua } = await import(${JSON.stringify(join(ROOT, 'dist/index.js'))});
    const lingua = await openVoiceLingua({ store: ${JSON.stringify(store)} });
    await lingua.close();`;
  const importing = `await import(${JSON.stringify(join(ROOT, 'dist/index.js'))});`;
  const module = ['--input-type=module', '-e'];
  const empty = await interleave(
    {
      'open an empty store': fresh(...module, opening),
      'import only': fresh(...module, importing),
      'node -e 0': node('-e', '0'),
    },
    rounds * 2,
  );
  const openCost = (empty['open an empty store'].median - empty['node -e 0'].median) * 1000;

  const model = speechModel('tiny');
  const file = speechFile(3);
  const cli = await whisperProgram();
  const first = await interleave(
    {
      'voicelingua transcribe': fresh(
        CLI,
        'transcribe',
        file,
        '--stt-model',
        model.path,
        '--language',
        'en',
        '--store',
        store,
        '--jobs',
        '1',
        '--quiet',
      ),
      'whisper-cli': async () => (await command(cli, ['-m', model.path, '-f', file, '-t', '2', '-l', 'en'])).seconds,
    },
    rounds,
  );
  const firstRatio = first['voicelingua transcribe'].median / first['whisper-cli'].median;
  return [
    { subject: '--help', figures: help, unit: 's', ratio: helpRatio, goal: '≤ 3 × node -e 0', met: helpRatio <= 3 },
    {
      subject: 'empty store',
      figures: empty,
      unit: 's',
      ratio: openCost,
      ratioUnit: ' ms over node -e 0',
      goal: '+ ≤ 60 ms',
      met: openCost <= 60,
    },
    {
      subject: `first task, ${model.name}, 3 s`,
      figures: first,
      unit: 's',
      ratio: firstRatio,
      goal: '≤ 1.3 × whisper-cli',
      met: firstRatio <= 1.3,
    },
  ];
}
