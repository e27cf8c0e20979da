/** P11: what a queue costs: 20,000 no-op tasks are worked off, by us, by plainjob and by liteque, at the same durability. */
import Database from 'better-sqlite3';
import { buildDBClient, Runner, SqliteQueue } from 'liteque';
import { better, defineQueue, defineWorker } from 'plainjob';
import { interleave } from './lib/measure.mjs';
import { freshFile, openStore, removeStore, taskSpec } from './lib/stores.mjs';

export const id = 'P11';
export const title = 'drain 20,000 no-op tasks, against plainjob and liteque';

const TASKS = Number(process.env.VOICELINGUA_BENCH_TASKS ?? 20_000);
/** Tasks in work at once on two cores. */
const IN_WORK = 4;
const LEASE_MS = 15_000;
const QUIET = { error() {}, warn() {}, info() {}, debug() {} };

async function drainOurs() {
  const file = freshFile();
  const store = await openStore(file);
  try {
    for (let from = 0; from < TASKS; from += 1_000) {
      await store.submit(Array.from({ length: Math.min(1_000, TASKS - from) }, (_, index) => taskSpec(from + index)));
    }
    let done = 0;
    const lane = async () => {
      for (;;) {
        const claimed = await store.claim('bench', LEASE_MS);
        if (claimed === null) return;
        await store.complete(claimed.lease, {}, 0);
        done += 1;
      }
    };
    const started = performance.now();
    await Promise.all(Array.from({ length: IN_WORK }, lane));
    return rate(done, started);
  } finally {
    await store.close();
    removeStore(file);
  }
}

/** plainjob sets synchronous = NORMAL itself, where an acknowledged job may be lost with the power. */
async function drainPlainjob() {
  const file = freshFile();
  const db = new Database(file);
  const queue = defineQueue({ connection: better(db), logger: QUIET });
  db.pragma('synchronous = FULL');
  queue.addMany(
    'note',
    Array.from({ length: TASKS }, (_, index) => taskSpec(index)),
  );
  let done = 0;
  let finish;
  const finished = new Promise((resolve) => {
    finish = resolve;
  });
  const worker = defineWorker('note', async () => {}, {
    queue,
    logger: QUIET,
    onCompleted: () => {
      done += 1;
      if (done === TASKS) finish();
    },
  });
  const started = performance.now();
  const working = worker.start();
  await finished;
  const result = rate(done, started);
  await worker.stop();
  await working;
  queue.close();
  removeStore(file);
  return result;
}

/** liteque's own client sets synchronous = NORMAL; its connection is reached to set FULL. */
async function drainLiteque() {
  const file = freshFile();
  const db = buildDBClient(file, { runMigrations: true });
  const connection = db.$client ?? db.session.client;
  connection.pragma('synchronous = FULL');
  const queue = new SqliteQueue('notes', db, { defaultJobArgs: { numRetries: 3 }, keepFailedJobs: false });
  connection.exec('BEGIN');
  for (let index = 0; index < TASKS; index += 1) await queue.enqueue(taskSpec(index));
  connection.exec('COMMIT');
  let done = 0;
  const runner = new Runner(
    queue,
    {
      run: async () => {},
      onComplete: async () => {
        done += 1;
      },
    },
    { concurrency: IN_WORK, pollIntervalMs: 1, timeoutSecs: 60 },
  );
  const started = performance.now();
  await runner.runUntilEmpty();
  const result = rate(done, started);
  connection.close();
  removeStore(file);
  return result;
}

function rate(done, started) {
  if (done !== TASKS) throw new Error(`${done} of ${TASKS} tasks were done`);
  return (done * 1000) / (performance.now() - started);
}

export async function run({ rounds }) {
  const contenders = { voicelingua: drainOurs, 'plainjob 0.0.14': drainPlainjob, 'liteque 0.8.0': drainLiteque };
  const figures = await interleave(contenders, rounds);
  const subject = `${TASKS} no-op tasks, ${IN_WORK} in work at once`;
  return [
    ['plainjob 0.0.14', 1],
    ['liteque 0.8.0', 3],
  ].map(([peer, wanted]) => {
    const ratio = figures.voicelingua.median / figures[peer].median;
    return {
      subject,
      figures: { voicelingua: figures.voicelingua, [peer]: figures[peer] },
      unit: 'tasks/s',
      ratio,
      goal: `≥ ${wanted} × ${peer}`,
      met: ratio >= wanted,
    };
  });
}
