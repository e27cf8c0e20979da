import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomOf, testSeed } from '../fixtures/random.js';
import { filesBelow, inspectStore, makeClips, pause, SOAK, startCli, temporaryFolder } from './support.js';

const CLIPS = SOAK ? 1000 : 80;
const KILLS = SOAK ? 5 : 3;

test(`a run over ${CLIPS} clips, 5 % damaged, killed ${KILLS} times and started again, does every good one once`, async () => {
  const random = randomOf(testSeed('the killed batch'));
  const home = temporaryFolder('batch');
  const { good, damaged } = makeClips(join(home, 'clips'), CLIPS, 0.05, random);
  assert.ok(damaged.length > 0);
  const store = join(home, 'store.sqlite');
  const args = ['run', 'clips', '--to', 'de,zh-tw', '--store', store, '--out', 'out', '--json'];
  for (let kills = 0; kills < KILLS; kills++) {
    const run = startCli(args, home);
    const done = Math.max(1, Math.floor((good.length / KILLS) * 0.8 * random()));
    await run.says(
      () => run.records.filter(({ type, resumed }) => type === 'task' && resumed === false).length >= done,
    );
    await pause(random() * 300);
    process.kill(run.pid, 'SIGKILL');
    await run.ended;
  }
  const last = startCli(args, home);
  const { code } = await last.ended;
  assert.is(code, 5, last.stderr());

  const summary = last.records.at(-1);
  assert.equal(summary, {
    ...summary,
    type: 'summary',
    total: CLIPS,
    completed: good.length,
    failed: damaged.length,
    cancelled: 0,
  });
  const named = last.records.filter(({ type }) => type === 'error').map(({ input }) => String(input));
  for (const path of damaged)
    assert.ok(
      named.some((name) => name.includes(path)),
      `"${path}" is named`,
    );
  assert.is(named.length, damaged.length);

  assert.equal(filesBelow(join(home, 'out')), good.map((path) => path.replace(/\.\w+$/, '.json')).sort());
  const { integrity, tasks, doubledContents } = inspectStore(store);
  assert.is(integrity, 'ok');
  assert.is(doubledContents, 0);
  const completed = tasks.filter(({ status }) => status === 'completed');
  assert.is(completed.length, good.length);
  assert.is(new Set(completed.map(({ text_id }) => text_id)).size, good.length);
  for (const { id, text_id } of completed) {
    const written = JSON.parse(readFileSync(join(home, 'out', `${text_id}.json`), 'utf8')) as { task_id: string };
    assert.is(written.task_id, id);
  }
  console.log(
    `R2: a batch of ${CLIPS} clips, ${KILLS} kills: exit ${code}, ${good.length} packaged once, ${damaged.length} named`,
  );
});

test.run();
