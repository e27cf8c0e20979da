import type { QueryResult } from '../../domain/package.js';
import type { TaskStatus } from '../../domain/task.js';
import type { Accuracy } from '../../domain/transcript.js';
import { type AvailableContent, textIdNotFound, translationNotFound } from '../failures.js';
import { checkedPage, checkedQuery, folded } from '../rules.js';
import type { ContentKeyQuery, TranslationFilter } from '../task-store.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { indexed } from './publication.js';
import { TRANSLATION_COLUMNS, type TranslationRow, toTranslationRecord } from './rows.js';

/** The trigram index finds nothing shorter. */
const TRIGRAM = 3;
/** The index is asked for the beginning of a long piece; the whole is compared afterwards. */
const MATCHED_CHARACTERS = 64;
const NEIGHBOURS = 100;

const FIND = `
  SELECT ${TRANSLATION_COLUMNS}, t.accuracy FROM translations AS r JOIN tasks AS t ON t.seq = r.task_seq
  WHERE r.text_id = ? AND r.language = ? AND r.source = ? AND r.published = 1`;

const TASK_OF_TEXT_ID = `
  SELECT id, status FROM tasks WHERE text_id = ? ORDER BY status = 'completed' DESC, seq DESC LIMIT 1`;

const AVAILABLE = `
  SELECT language, source FROM translations WHERE text_id = ? AND published = 1 ORDER BY source, language`;

const NEAR_TEXT_IDS = `
  SELECT text_id FROM (
    SELECT DISTINCT text_id FROM tasks WHERE text_id < @textId AND status = 'completed' ORDER BY text_id DESC LIMIT @most + 0)
  UNION
  SELECT text_id FROM (
    SELECT DISTINCT text_id FROM tasks WHERE text_id > @textId AND status = 'completed' ORDER BY text_id LIMIT @most + 0)
  UNION
  SELECT text_id FROM (
    SELECT text_id FROM tasks WHERE ending IS NOT NULL AND status = 'completed' ORDER BY ending DESC LIMIT @most + 0)`;

export function queries(db: StoreDatabase): Pick<StoreOperations, 'translations' | 'content'> {
  db.connection.function('folded_contains', { deterministic: true }, (content: unknown, piece: unknown) =>
    folded(String(content)).includes(String(piece)) ? 1 : 0,
  );

  function notFound(query: ContentKeyQuery): Error {
    const task = db.sql<{ id: string; status: TaskStatus }>(TASK_OF_TEXT_ID).get(query.textId);
    if (task?.status === 'completed') {
      return translationNotFound(query, db.sql<AvailableContent>(AVAILABLE).all(query.textId));
    }
    if (task !== undefined) return textIdNotFound(query, { unfinished: task, candidates: [] });
    const near = db.sql<{ text_id: string }>(NEAR_TEXT_IDS).all({ textId: query.textId, most: NEIGHBOURS });
    return textIdNotFound(query, { unfinished: null, candidates: near.map((row) => row.text_id) });
  }

  return {
    translations(_now, filter: TranslationFilter) {
      checkedQuery(filter);
      const page = checkedPage(filter);
      const parts: string[] = [];
      const values: unknown[] = [];
      const add = (part: string, value: unknown): void => {
        parts.push(part);
        values.push(value);
      };
      const piece = filter.contains === undefined ? '' : folded(filter.contains);
      const narrow = filter.taskId !== undefined || filter.textId !== undefined;
      const searched = !narrow && Array.from(piece.slice(0, 2 * TRIGRAM)).length >= TRIGRAM;
      if (searched) add('s.translation_search MATCH ?', phrase(piece));
      if (filter.taskId === undefined) parts.push('r.published = 1');
      else add('r.task_seq = (SELECT seq FROM tasks WHERE id = ?)', filter.taskId);
      if (filter.textId !== undefined) add('r.text_id = ?', filter.textId);
      if (filter.language !== undefined) add('r.language = ?', filter.language);
      if (filter.source !== undefined) add('r.source = ?', filter.source);
      if (piece !== '') add('folded_contains(r.content, ?)', piece);
      const from = searched
        ? 'translation_search AS s CROSS JOIN translations AS r ON r.id = s.rowid'
        : 'translations AS r';
      const order = filter.taskId === undefined ? 'DESC' : 'ASC';
      // The page is chosen before anything else is read: what an offset skips is skipped in the index alone.
      return db
        .sql<TranslationRow>(
          `SELECT ${TRANSLATION_COLUMNS} FROM translations AS r JOIN tasks AS t ON t.seq = r.task_seq
           WHERE r.id IN (SELECT r.id FROM ${from} WHERE ${parts.join(' AND ')}
             ORDER BY ${searched ? 's.rowid' : 'r.id'} ${order} LIMIT ? + 0 OFFSET ? + 0)
           ORDER BY r.id ${order}`,
        )
        .all(...values, page.limit ?? -1, page.offset)
        .map(toTranslationRecord);
    },

    content(_now, query): QueryResult {
      checkedQuery(query);
      const row = db
        .sql<TranslationRow & { accuracy: string | null }>(FIND)
        .get(query.textId, query.language, query.source);
      if (row === undefined) throw notFound(query);
      const { taskId, textId, language, source, content, confidence, timestamp } = toTranslationRecord(row);
      return {
        task_id: taskId,
        text_id: textId,
        language,
        source,
        content,
        confidence,
        timestamp,
        accuracy: row.accuracy === null ? null : (JSON.parse(row.accuracy) as Accuracy).accuracy,
      };
    },
  };
}

function phrase(piece: string): string {
  const beginning = Array.from(piece.slice(0, 2 * MATCHED_CHARACTERS))
    .slice(0, MATCHED_CHARACTERS)
    .join('');
  return `"${indexed(beginning).replaceAll('"', '""')}"`;
}
