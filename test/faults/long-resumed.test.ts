import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { writeLongRecording } from '../../src/cli/demo/long-recording.js';
import { randomOf, testSeed } from '../fixtures/random.js';
import { ROOT } from '../library/support.js';
import { filesBelow, inspectStore, pause, SOAK, startCli, storedWindows, temporaryFolder, until } from './support.js';

const SECONDS = SOAK ? 3 * 3600 : 240;
const KILLS = SOAK ? 5 : 2;
const RECORDINGS = join(ROOT, 'tools', 'demo', 'recordings');

/** A recording of that length from the demo's own, and the same one all over again under another name. */
function writeRecording(path: string): void {
  const names = readdirSync(RECORDINGS).filter((name) => name.endsWith('.wav'));
  const clips = names.sort().map((name) => ({ path: join(RECORDINGS, name), text: '' }));
  writeLongRecording(path, clips, SECONDS, 20261125);
}

/** What must not depend on when and how often the work was done. */
function lasting(path: string): string {
  const text = readFileSync(path, 'utf8');
  if (!path.endsWith('.json')) return text;
  return text
    .replace(/"(task_id|created_at|completed_at|timestamp)": ?"[^"]*"/g, '"$1":""')
    .replace(/"(processing_time|real_time_factor)": ?[\d.eE+-]+/g, '"$1":0');
}

/** The first line that two files do not share; uvu would print all of both. */
function firstDifference(path: string, other: string): string | null {
  const [lines, others] = [path, other].map((file) => lasting(file).split('\n')) as [string[], string[]];
  const at = lines.findIndex((line, index) => line !== others[index]);
  if (at < 0) return lines.length === others.length ? null : `${other} goes on after line ${lines.length}`;
  return `${path}:${at + 1}: ${lines[at]?.slice(0, 200)}; without a kill: ${others[at]?.slice(0, 200)}`;
}

for (const model of ['demo-stt', 'demo-stt-ct2']) {
  test(`${SECONDS} s of speech, killed ${KILLS} times and resumed, give the same bytes as in one go: ${model}`, async () => {
    const random = randomOf(testSeed(`the resumed recording, ${model}`));
    const home = temporaryFolder('long');
    writeRecording(join(home, 'talk.wav'));
    const args = (name: string): string[] => [
      ...['run', 'talk.wav', '--language', 'en', '--to', 'de', '--stt-model', model, '--word-timestamps'],
      ...['--store', join(home, `${name}.sqlite`), '--out', name, '--format', 'json,srt,vtt,txt', '--json'],
    ];
    const whole = startCli(args('whole'), home);
    assert.is((await whole.ended).code, 0, whole.stderr());

    const store = join(home, 'resumed.sqlite');
    const windows = storedWindows(join(home, 'whole.sqlite'));
    assert.ok(windows > 2 * KILLS);
    const killedAt: number[] = [];
    for (let kill = 0; kill < KILLS; kill++) {
      const run = startCli(args('resumed'), home);
      const enough = Math.max(1, Math.floor(((windows - 1) * (kill + random())) / KILLS));
      await until(() => storedWindows(store) >= enough, 600_000, `${enough} windows are done`);
      // Somewhere in a window.
      await pause(random() * 200);
      process.kill(run.pid, 'SIGKILL');
      await run.ended;
      killedAt.push(storedWindows(store));
    }
    const last = startCli(args('resumed'), home);
    assert.is((await last.ended).code, 0, last.stderr());

    const files = filesBelow(join(home, 'whole'));
    assert.equal(filesBelow(join(home, 'resumed')), files);
    assert.ok(files.length >= 4);
    for (const file of files) {
      assert.is(firstDifference(join(home, 'resumed', file), join(home, 'whole', file)), null);
    }
    const { integrity, tasks } = inspectStore(store);
    assert.is(integrity, 'ok');
    assert.is(tasks.length, 1);
    console.log(
      `R2: ${SECONDS} s with ${model}, killed at ${killedAt.join(', ')} of ${windows} windows: ${files.length} files of the same bytes`,
    );
  });
}

test.run();
