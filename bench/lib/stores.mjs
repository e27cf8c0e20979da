/** Stores for the benches of the task store: ours as it is built, and SQLite without anything around it. */
import { mkdirSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { ROOT, WORK } from './paths.mjs';

/** The library's own driver: the peers bring another version. */
const Database = createRequire(join(ROOT, 'package.json'))('better-sqlite3');

let files = 0;

/** A file that is not there yet, and with it nothing of an earlier run. */
export function freshFile() {
  mkdirSync(WORK, { recursive: true });
  const file = join(WORK, `bench-${process.pid}-${files++}.sqlite`);
  removeStore(file);
  return file;
}

export function removeStore(file) {
  for (const suffix of ['', '-wal', '-shm']) rmSync(file + suffix, { force: true });
}

export async function openStore(file) {
  const { openStore: open } = await import(join(ROOT, 'dist/store/open-store.js'));
  return open(file);
}

/** A connection at the durability of the task store: an acknowledged write survives power loss. */
export function openBare(file) {
  const db = new Database(file);
  db.pragma('journal_mode = WAL');
  db.pragma('synchronous = FULL');
  return db;
}

/** The task number `index`, as small as tasks are. */
export function taskSpec(index) {
  return {
    type: 'text',
    textId: `notes/${index}`,
    text: `This is note number ${index}, one sentence long.`,
    languages: ['de'],
    sourceLanguage: 'en',
    mtModel: 'demo-mt',
    priority: 0,
    options: {},
    idempotencyKey: index.toString(16).padStart(64, '0'),
  };
}
