import { type ChildProcessWithoutNullStreams, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { startCli } from './cli-process.js';
import { inFolder, records } from './support.js';

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));
/** A child that hangs is the failure looked for here; it must not hang the tests too. */
const DEADLINE_MS = 60_000;

function child(argv: readonly string[], cwd: string, mode: string) {
  const options = { cwd, env: { CHILD_MODE: mode }, stdin: null, entry: CHILD, deadlineMs: DEADLINE_MS };
  const { child: running, ended } = startCli(argv, options);
  return { running, ended };
}

const says = (running: ChildProcessWithoutNullStreams, text: string): Promise<void> =>
  new Promise((resolve, reject) => {
    let seen = '';
    running.stderr.on('data', (chunk: Buffer) => {
      seen += chunk;
      if (seen.includes(text)) resolve();
    });
    running.on('close', () => reject(new Error(`ended without saying "${text}":\n${seen}`)));
  });

for (const [signal, exit] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} lets what runs end within the grace, starts nothing more, and ends with ${exit}`, async () => {
    await inFolder(async (cwd) => {
      for (const name of ['a', 'b', 'c']) writeFileSync(join(cwd, `${name}.wav`), 'sound');
      const { running, ended } = child(['run', '.', '--json', '--grace', '30s'], cwd, 'gentle');
      await says(running, 'a.wav started');
      running.kill(signal);
      const { code, stdout, stderr } = await ended;
      assert.is(code, exit, stderr);
      assert.match(stderr, /stopping: what runs has 30s to end/);
      assert.match(stderr, /library: asked to stop\n/);
      assert.not.match(stderr, /library: told to end/);
      assert.match(stderr, /1 completed, 0 failed, 2 not done, of 3/);
      assert.match(stderr, /stopped; the same command goes on where this one ended/);
      const lines = records(stdout);
      assert.equal(
        lines.map(({ type, text_id }) => [type, text_id]),
        [
          ['task', 'a'],
          ['summary', undefined],
        ],
      );
      assert.equal(lines.at(-1), { type: 'summary', total: 3, completed: 1, failed: 0, cancelled: 2 });
    });
  });
}

test('a second SIGINT ends the work at once, with a summary', async () => {
  await inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'a.wav'), 'sound');
    const { running, ended } = child(['run', 'a.wav', '--json', '--grace', '5m'], cwd, 'hang');
    await says(running, 'a.wav started');
    const stopping = says(running, 'library: asked to stop');
    running.kill('SIGINT');
    await stopping;
    running.kill('SIGINT');
    const { code, stdout, stderr } = await ended;
    assert.is(code, 130, stderr);
    assert.match(stderr, /library: told to end\n/);
    assert.equal(records(stdout), [{ type: 'summary', total: 1, completed: 0, failed: 0, cancelled: 1 }]);
  });
});

test('the work is ended at once when its grace is over', async () => {
  await inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'a.wav'), 'sound');
    const { running, ended } = child(['run', 'a.wav', '--grace', '200ms'], cwd, 'hang');
    await says(running, 'a.wav started');
    running.kill('SIGTERM');
    const { code, stderr } = await ended;
    assert.is(code, 143, stderr);
    assert.match(stderr, /library: told to end\n/);
  });
});

test('a second SIGINT ends a process whose library does not stop', async () => {
  await inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'a.wav'), 'sound');
    const { running, ended } = child(['run', 'a.wav', '--grace', '5m'], cwd, 'stubborn');
    await says(running, 'a.wav started');
    const stopping = says(running, 'library: asked to stop');
    running.kill('SIGINT');
    await stopping;
    running.kill('SIGINT');
    assert.is((await ended).code, 130);
  });
});

test('a command without grace stops with the first SIGINT', async () => {
  await inFolder(async (cwd) => {
    const { running, ended } = child(['metrics', '--listen', '0'], cwd, 'plain');
    await says(running, 'metrics at http://127.0.0.1:');
    running.kill('SIGINT');
    assert.is((await ended).code, 130);
  });
});

test('a list that nobody ends is waited for no longer after SIGINT', async () => {
  await inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'a.wav'), 'sound');
    const { running, ended } = child(['run', '-', '--grace', '0'], cwd, 'waiting');
    await says(running, 'child: ready');
    running.kill('SIGINT');
    assert.is((await ended).code, 130);
  });
});

test('a reader that closes stdout ends the process quietly', async () => {
  await inFolder(async (cwd) => {
    const { running, ended } = child(['translate', '-', '--to', 'de', '--quiet'], cwd, 'plain');
    running.stdout.once('data', () => running.stdout.destroy());
    const lines = `${'a line of text that fills the pipe\n'.repeat(100)}`;
    const feed = setInterval(() => running.stdin.write(lines), 1);
    const { code, stderr } = await ended;
    clearInterval(feed);
    assert.is(code, 0, stderr);
    assert.is(stderr, '');
  });
});

test('results that are long reach a slow pipe whole', async () => {
  await inFolder(async (cwd) => {
    const { running, ended } = child(['translate', '-', '--to', 'de'], cwd, 'plain');
    running.stdout.pause();
    running.stdin.end('0123456789'.repeat(10).concat('\n').repeat(5000));
    setTimeout(() => running.stdout.resume(), 500);
    const { code, stdout } = await ended;
    assert.is(code, 0);
    assert.is(stdout.split('\n').length, 5001);
  });
});

test('the launcher of a checkout without a build says how to make one', async () => {
  await inFolder(async (folder) => {
    mkdirSync(join(folder, 'bin'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const launcher = join(folder, 'bin', 'voicelingua.js');
    cpSync(fileURLToPath(new URL('../../bin/voicelingua.js', import.meta.url)), launcher);
    const { status, stderr } = spawnSync(process.execPath, [launcher, '--help'], { encoding: 'utf8' });
    assert.is(status, 1);
    assert.match(stderr, /^error: .*npm ci && npm run build/);
  });
});

test.run();
