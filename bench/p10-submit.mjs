/** P10: submit at full durability, one task at a time and in batches of 1,000, against bare inserts into SQLite. */
import { randomUUID } from 'node:crypto';
import { interleave } from './lib/measure.mjs';
import { freshFile, openBare, openStore, removeStore, taskSpec } from './lib/stores.mjs';

export const id = 'P10';
export const title = 'submit at full durability, against bare inserts';

const ONE_BY_ONE = 200;
const BATCH = 1_000;
const BATCHES = 20;

async function withStore(work) {
  const file = freshFile();
  const store = await openStore(file);
  try {
    return await work(store);
  } finally {
    await store.close();
    removeStore(file);
  }
}

/** What a program writes by hand that keeps the same tasks: one table, an id, and a key that holds once. */
function withTable(work) {
  const file = freshFile();
  const db = openBare(file);
  db.exec(`CREATE TABLE tasks (id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, status TEXT NOT NULL, type TEXT NOT NULL,
    text_id TEXT NOT NULL, text TEXT, languages TEXT NOT NULL, source_language TEXT NOT NULL, model TEXT,
    priority INTEGER NOT NULL, options TEXT NOT NULL, created_at INTEGER NOT NULL)`);
  const statement = db.prepare('INSERT INTO tasks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)');
  const insert = (spec) =>
    statement.run(
      randomUUID(),
      spec.idempotencyKey,
      'pending',
      spec.type,
      spec.textId,
      spec.text,
      JSON.stringify(spec.languages),
      spec.sourceLanguage,
      spec.mtModel,
      spec.priority,
      JSON.stringify(spec.options),
      Date.now(),
    );
  try {
    return work(db, insert);
  } finally {
    db.close();
    removeStore(file);
  }
}

const specs = (count, from = 0) => Array.from({ length: count }, (_, index) => taskSpec(from + index));

export async function run({ rounds }) {
  const single = await interleave(
    {
      'voicelingua, one at a time': () =>
        withStore(async (store) => {
          const tasks = specs(ONE_BY_ONE);
          const started = performance.now();
          for (const task of tasks) await store.submit([task]);
          return (performance.now() - started) / ONE_BY_ONE;
        }),
      'bare better-sqlite3': () =>
        withTable((_db, insert) => {
          const tasks = specs(ONE_BY_ONE);
          const started = performance.now();
          for (const task of tasks) insert(task);
          return (performance.now() - started) / ONE_BY_ONE;
        }),
    },
    rounds,
  );
  const batches = await interleave(
    {
      'voicelingua, batches of 1,000': () =>
        withStore(async (store) => {
          const all = Array.from({ length: BATCHES }, (_, index) => specs(BATCH, index * BATCH));
          const started = performance.now();
          for (const batch of all) await store.submit(batch);
          return (BATCH * BATCHES * 1000) / (performance.now() - started);
        }),
      'bare better-sqlite3': () =>
        withTable((db, insert) => {
          const all = Array.from({ length: BATCHES }, (_, index) => specs(BATCH, index * BATCH));
          const submit = db.transaction((batch) => {
            for (const task of batch) insert(task);
          });
          const started = performance.now();
          for (const batch of all) submit(batch);
          return (BATCH * BATCHES * 1000) / (performance.now() - started);
        }),
    },
    rounds,
  );
  const time = single['voicelingua, one at a time'].median / single['bare better-sqlite3'].median;
  const rate = batches['voicelingua, batches of 1,000'].median / batches['bare better-sqlite3'].median;
  return [
    {
      subject: `${ONE_BY_ONE} tasks, one a commit`,
      figures: single,
      unit: 'ms a task',
      ratio: time,
      goal: '≤ 1.5 × the time',
      met: time <= 1.5,
    },
    {
      subject: `${BATCHES} batches of ${BATCH} tasks`,
      figures: batches,
      unit: 'tasks/s',
      ratio: rate,
      goal: '≥ 0.5 × the rate',
      met: rate >= 0.5,
    },
  ];
}
