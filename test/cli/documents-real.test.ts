import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CliProcessOptions, type Ended, startCli } from './cli-process.js';
import { inFolder, records } from './support.js';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
/** More than are translated between the line that says that the work has started and the signal. */
const CUES = 600;

/** The whole command line in a process of its own, with store, settings and log in `cwd`; `end` is asked with all of stderr so far. */
function voicelingua(
  argv: readonly string[],
  cwd: string,
  stdin = '',
  end: (stderr: string) => NodeJS.Signals | null = () => null,
): Promise<Ended> {
  const onStderr: CliProcessOptions['onStderr'] = (stderr, child) => {
    const signal = end(stderr);
    if (signal !== null) child.kill(signal);
  };
  return startCli(argv, { cwd, stdin, onStderr }).ended;
}

function skipWithoutModel(): boolean {
  const missing = ['build/Release/voicelingua.node', 'models/demo-mt/model.bin'].find(
    (path) => !existsSync(join(ROOT, path)),
  );
  if (missing !== undefined) console.log(`skipped: ${missing} is not there`);
  return missing !== undefined;
}

const SRT = `1
00:00:01,000 --> 00:00:02,500
<i>The train to Beijing leaves</i>

2
00:00:02,600 --> 00:00:04,000
<i>from platform seven.</i>
`;
const SRT_DE = SRT.replace('The train to Beijing leaves', 'Der Zug nach Peking fährt').replace(
  'from platform seven.',
  'von Gleis sieben ab.',
);

test('a document to stdout, several to a folder, names with odd characters, and one that cannot be read', async () => {
  if (skipWithoutModel()) return;
  await inFolder(async (cwd) => {
    const odd = '$(touch pwned) "x"\n\u0007 ü.srt';
    writeFileSync(join(cwd, 'film.srt'), SRT);
    writeFileSync(join(cwd, odd), SRT);
    writeFileSync(join(cwd, '-dash.html'), '<p>Good morning.</p>\n');
    writeFileSync(join(cwd, 'binary.html'), Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 1, 2, 0xff]));
    const one = await voicelingua(['translate', 'film.srt', '--to', 'de', '--quiet'], cwd);
    assert.equal(one, { code: 0, signal: null, stdout: SRT_DE, stderr: '' });
    const argv = [
      'translate',
      '--to',
      'de',
      '--out',
      'o',
      '--json',
      '--',
      'film.srt',
      odd,
      '-dash.html',
      'binary.html',
    ];
    const many = await voicelingua(argv, cwd);
    assert.is(many.code, 5, many.stderr);
    assert.equal(readdirSync(join(cwd, 'o')).length, 3);
    assert.is(readFileSync(join(cwd, 'o', '-dash.de.html'), 'utf8'), '<p>Guten Morgen.</p>\n');
    const told = records(many.stdout).filter(({ type }) => type !== 'progress');
    assert.equal(
      told.map(({ type }) => type),
      ['document', 'document', 'document', 'error', 'summary'],
    );
    assert.equal(told.at(-1), { type: 'summary', total: 4, completed: 3, failed: 1, cancelled: 0 });
    const second = told[1] as { translations: { de: { path: string } } };
    assert.is(readFileSync(second.translations.de.path, 'utf8'), SRT_DE);
    assert.not(existsSync(join(cwd, 'pwned')));
    const nothing = await voicelingua(['translate', 'binary.html', '--to', 'de'], cwd);
    assert.is(nothing.code, 4);
    assert.match(nothing.stderr, /binary\.html.*UTF-8/);
  });
});

test('stdin as one document, and what is unsure of its language on stderr', async () => {
  if (skipWithoutModel()) return;
  await inFolder(async (cwd) => {
    const page = await voicelingua(['translate', '-', '--format', 'html', '--to', 'fr'], cwd, '<p>Good morning.</p>\n');
    assert.is(page.stdout, '<p>Bonjour et bonne journée.</p>\n', page.stderr);
    const word = await voicelingua(['translate', 'Ja', '--to', 'de'], cwd);
    assert.is(word.code, 0);
    assert.match(word.stderr, /warning: .*taken for "en".*--language/);
    const told = await voicelingua(['translate', 'Ja', '--to', 'en', '--language', 'de'], cwd);
    assert.not.match(told.stderr, /warning/);
    const run = await voicelingua(['run', 'film.srt', '--to', 'de'], cwd);
    assert.is(run.code, 4);
  });
});

test('after a kill and after an interrupt the same command goes on with the same task', async () => {
  if (skipWithoutModel()) return;
  await inFolder(async (cwd) => {
    const cues = Array.from({ length: CUES }, (_, index) => {
      const time = `${String(Math.floor(index / 3600)).padStart(2, '0')}:${String(Math.floor(index / 60) % 60).padStart(2, '0')}:${String(index % 60).padStart(2, '0')}`;
      return `${index + 1}\n${time},000 --> ${time},900\nThe train to platform ${index} leaves at nine.\n\n`;
    });
    writeFileSync(join(cwd, 'film.srt'), cues.join(''));
    const argv = ['translate', 'film.srt', '--to', 'de', '--language', 'en', '--out', 'o'];
    const stopAt = (signal: NodeJS.Signals) => {
      let sent = false;
      return (stderr: string): NodeJS.Signals | null => {
        if (sent || !/film\.srt (started|\d+ %)/.test(stderr)) return null;
        sent = true;
        return signal;
      };
    };
    const killed = await voicelingua(argv, cwd, '', stopAt('SIGKILL'));
    assert.is(killed.code, null, killed.stderr);
    const interrupted = await voicelingua(argv, cwd, '', stopAt('SIGINT'));
    assert.is(interrupted.code, 130, interrupted.stderr);
    assert.not(existsSync(join(cwd, 'o', 'film.de.srt')));
    const done = await voicelingua(argv, cwd);
    assert.is(done.code, 0, done.stderr);
    const written = readFileSync(join(cwd, 'o', 'film.de.srt'), 'utf8');
    assert.is(written.match(/ --> /g)?.length, CUES);
    assert.equal(readdirSync(join(cwd, 'o')), ['film.de.srt']);
    const listed = await voicelingua(['tasks', 'list', '--json'], cwd);
    const tasks = records(listed.stdout).filter(({ type }) => type === 'task');
    assert.equal(
      tasks.map(({ status }) => status),
      ['completed'],
    );
  });
});

test.run();
