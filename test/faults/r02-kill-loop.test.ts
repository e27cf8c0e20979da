import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomOf, testSeed } from '../fixtures/random.js';
import {
  type CliRun,
  filesBelow,
  hostsOf,
  inspectStore,
  isAlive,
  makeClips,
  pause,
  SOAK,
  startCli,
  temporaryFolder,
  until,
} from './support.js';

const KILLS = SOAK ? 250 : 25;
/** Added whenever a fast machine runs out of work before it was killed often enough. */
const CLIPS = SOAK ? 1000 : 120;

test(`R2: ${KILLS} kills -9 of caller and host, at random moments`, async () => {
  const random = randomOf(testSeed('R2'));
  const home = temporaryFolder('r02');
  const input = join(home, 'clips');
  const good: string[] = [];
  const addClips = (): void => {
    const part = `day ${good.length}`;
    good.push(...makeClips(join(input, part), CLIPS, 0, random).good.map((path) => join(part, path)));
  };
  addClips();
  const store = join(home, 'store.sqlite');
  const args = ['run', 'clips', '--to', 'de', '--store', store, '--out', 'out', '--json'];
  const waits: number[] = [];
  let callers = 0;
  let hosts = 0;
  let run: CliRun | null = null;
  for (let kills = 0; kills < KILLS; ) {
    if (run === null) {
      const at = performance.now();
      run = startCli(args, home);
      if (kills > 0 && random() < 0.5) {
        // Half of the runs are killed wherever they are; of the others it is also seen how soon they work.
        await run.started();
        waits.push(performance.now() - at);
      }
    }
    await pause(random() * 1800);
    if (!isAlive(run.pid)) {
      assert.is((await run.ended).code, 0, run.stderr());
      addClips();
      run = null;
      continue;
    }
    const [host] = hostsOf(run.pid);
    if (host !== undefined && random() < 0.4) {
      process.kill(host, 'SIGKILL');
      hosts++;
    } else {
      const orphans = hostsOf(run.pid);
      process.kill(run.pid, 'SIGKILL');
      await run.ended;
      await until(() => orphans.every((pid) => !isAlive(pid)), 5_000, 'the killed caller’s host is gone');
      callers++;
      run = null;
    }
    kills++;
  }
  run ??= startCli(args, home);
  const { code } = await run.ended;
  assert.is(code, 0, run.stderr());

  const { integrity, tasks, doubledContents } = inspectStore(store);
  assert.is(integrity, 'ok');
  assert.is(doubledContents, 0);
  assert.equal(
    tasks.filter(({ status }) => status !== 'completed'),
    [],
  );
  assert.equal(tasks.map(({ text_id }) => text_id).sort(), good.map((path) => path.replace(/\.\w+$/, '')).sort());
  assert.equal(filesBelow(join(home, 'out')), good.map((path) => path.replace(/\.\w+$/, '.json')).sort());
  for (const task of tasks) {
    const written = JSON.parse(readFileSync(join(home, 'out', `${task.text_id}.json`), 'utf8')) as { task_id: string };
    assert.is(written.task_id, task.id);
  }
  waits.sort((a, b) => a - b);
  const figure = (index: number): string => `${((waits[index] ?? 0) / 1000).toFixed(2)} s`;
  console.log(
    `R2: ${callers} callers and ${hosts} hosts killed, ${tasks.length} tasks completed once; in work again after ${figure(Math.floor(waits.length / 2))} (median), ${figure(waits.length - 1)} (longest)`,
  );
  assert.ok(callers > 0 && hosts > 0);
});

test.run();
