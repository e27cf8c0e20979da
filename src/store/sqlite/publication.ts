import type { SourceType } from '../../domain/task.js';
import { folded } from '../rules.js';
import type { StoreDatabase } from './database.js';

/** FTS5 ends a text at NUL; what the index finds is compared exactly afterwards. */
export function indexed(text: string): string {
  return folded(text).replaceAll('\0', '\u0001');
}

interface Content {
  readonly id: number;
  readonly text_id: string;
  readonly language: string;
  readonly source: SourceType;
  readonly content: string;
}

const CONTENTS = 'SELECT id, text_id, language, source, content FROM translations WHERE task_seq = ?';

const PUBLISHED_OF_KEY = `
  SELECT id FROM translations WHERE text_id = ? AND language = ? AND source = ? AND published = 1`;

const SUCCESSOR = `
  SELECT r.id, r.text_id, r.language, r.source, r.content
  FROM tasks AS t JOIN translations AS r ON r.task_seq = t.seq
  WHERE t.text_id = ? AND t.status = 'completed' AND r.language = ? AND r.source = ? AND t.seq <> ?
  ORDER BY t.ending DESC LIMIT 1`;

function show(db: StoreDatabase, content: Content): void {
  db.sql('UPDATE translations SET published = 1 WHERE id = ?').run(content.id);
  db.sql('INSERT INTO translation_search (rowid, content) VALUES (?, ?)').run(content.id, indexed(content.content));
}

function hide(db: StoreDatabase, id: number): void {
  db.sql('UPDATE translations SET published = 0 WHERE id = ?').run(id);
  db.sql('DELETE FROM translation_search WHERE rowid = ?').run(id);
}

/** Makes a task that completes the one that queries find, in place of older ones of the same keys. */
export function publish(db: StoreDatabase, seq: number): void {
  for (const content of db.sql<Content>(CONTENTS).all(seq)) {
    const older = db.sql<{ id: number }>(PUBLISHED_OF_KEY).get(content.text_id, content.language, content.source);
    if (older !== undefined) hide(db, older.id);
    show(db, content);
  }
}

/** Takes a task that is about to be deleted out of the queries; the newest older contents of its keys come back. */
export function withdraw(db: StoreDatabase, seq: number): void {
  for (const content of db.sql<Content>(`${CONTENTS} AND published = 1`).all(seq)) {
    hide(db, content.id);
    const next = db.sql<Content>(SUCCESSOR).get(content.text_id, content.language, content.source, seq);
    if (next !== undefined) show(db, next);
  }
}
