// Prints the README's tour: its commands with what they really print. `--write` puts it into README.md.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const LAUNCHER = join(ROOT, 'bin/voicelingua.js');
const README = join(ROOT, 'README.md');
const [START, END] = ['<!-- tour: printed by node tools/demo/tour.mjs -->', '<!-- end of tour -->'];

const STEPS = [
  { says: 'Transcribe a recording:', argv: ['transcribe', 'tools/demo/recordings/phone-number.mp3'] },
  {
    says: 'The main job on a batch: transcribe, check against reference texts, translate, write packages and subtitles.',
    argv: ['run', 'tools/demo/recordings/manifest.jsonl', '--to', 'all', '--out', 'OUT', '--format', 'json,srt'],
  },
  {
    says: 'Query by language, text id and source:',
    argv: ['query', '--language', 'de', '--text-id', 'train-platform', '--source', 'audio'],
  },
  { says: 'A subtitle file of the batch:', file: 'flights.fr.srt' },
  { says: 'Translate texts:', argv: ['translate', 'Please wait two minutes.', '--to', 'de,es,ja,zh-tw'] },
];

const folder = mkdtempSync(join(tmpdir(), 'voicelingua-tour-'));
const out = join(folder, 'packages');
const env = {
  ...process.env,
  VOICELINGUA_STORE: join(folder, 'store.sqlite'),
  VOICELINGUA_MODELS: folder,
  XDG_CONFIG_HOME: folder,
  NO_COLOR: '1',
};

function commandLine(argv) {
  return argv.map((word) => (word === 'OUT' ? 'packages' : /\s/.test(word) ? `"${word}"` : word)).join(' ');
}

function output(argv) {
  const real = [LAUNCHER, ...argv.map((word) => (word === 'OUT' ? out : word)), '--quiet'];
  const { status, stdout, stderr } = spawnSync(process.execPath, real, { cwd: ROOT, env, encoding: 'utf8' });
  if (status !== 0) throw new Error(`voicelingua ${argv.join(' ')} ended with ${status}:\n${stderr}`);
  return stdout.trimEnd();
}

try {
  const blocks = STEPS.map(({ says, argv, file }) => {
    const shown =
      file === undefined
        ? `$ voicelingua ${commandLine(argv)}\n${output(argv)}`
        : `$ cat packages/${file}\n${readFileSync(join(out, file), 'utf8').trimEnd()}`;
    return `${says}\n\n\`\`\`console\n${shown}\n\`\`\``;
  });
  const tour = `${START}\n${blocks.join('\n\n')}\n${END}`;
  if (process.argv.includes('--write')) {
    const readme = readFileSync(README, 'utf8');
    const [from, to] = [readme.indexOf(START), readme.indexOf(END)];
    if (from === -1 || to === -1) throw new Error('README.md has no tour to replace.');
    writeFileSync(README, readme.slice(0, from) + tour + readme.slice(to + END.length));
  } else {
    process.stdout.write(`${tour}\n`);
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
