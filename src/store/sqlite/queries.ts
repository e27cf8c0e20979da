import type { QueryResult } from '../../domain/package.js';
import type { TaskStatus, TranslationRecord } from '../../domain/task.js';
import type { Accuracy } from '../../domain/transcript.js';
import { type AvailableContent, textIdNotFound, translationNotFound } from '../failures.js';
import { checkedPage, checkedQuery, folded, type Page } from '../rules.js';
import type { ContentKeyQuery, TranslationFilter } from '../task-store.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';
import { indexed } from './publication.js';
import { TRANSLATION_COLUMNS, type TranslationRow, toTranslationRecord } from './rows.js';

/** The trigram index finds nothing shorter. */
const TRIGRAM = 3;
/** The index is asked for the beginning of a long piece; the whole is compared afterwards. */
const MATCHED_CHARACTERS = 64;
const MOST_TRIGRAMS = 4;
/** So many contents with some trigrams of a piece are looked at for each that is asked for. */
const CANDIDATES_OF_HIT = 8;
const NEIGHBOURS = 100;

const CANDIDATES = `
  SELECT rowid AS id FROM translation_search WHERE translation_search MATCH ? ORDER BY rowid DESC LIMIT ? + 0`;

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

/** Conditions on `translations AS r`. */
interface Conditions {
  readonly where: string;
  readonly values: readonly unknown[];
}

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

  /** The page is chosen before anything else is read: what an offset skips is skipped in the index alone. */
  function contents(from: string, { where, values }: Conditions, id: string, order: string, page: Page) {
    return db
      .sql<TranslationRow>(
        `SELECT ${TRANSLATION_COLUMNS} FROM translations AS r JOIN tasks AS t ON t.seq = r.task_seq
         WHERE r.id IN (SELECT r.id FROM ${from} WHERE ${where} ORDER BY ${id} ${order} LIMIT ? + 0 OFFSET ? + 0)
         ORDER BY r.id ${order}`,
      )
      .all(...values, page.limit ?? -1, page.offset)
      .map(toTranslationRecord);
  }

  /**
   * A page from the first contents that hold some trigrams of the piece, wherever they stand: a fraction of the work of looking for
   * all of them one after the other. Null when too many of these do not match, so that the page is not full though there are more.
   */
  function quickPage(piece: string, { where, values }: Conditions, page: Page): TranslationRecord[] | null {
    if (page.limit === null) return null;
    const match = someTrigrams(piece);
    const candidates = CANDIDATES_OF_HIT * (page.limit + page.offset) + CANDIDATES_OF_HIT;
    const found = contents(
      `(${CANDIDATES}) AS s CROSS JOIN translations AS r ON r.id = s.id`,
      { where, values: [match, candidates, ...values] },
      's.id',
      'DESC',
      page,
    );
    if (found.length === page.limit) return found;
    const { n } = db.sql<{ n: number }>(`SELECT COUNT(*) AS n FROM (${CANDIDATES})`).get(match, candidates) as {
      n: number;
    };
    return n < candidates ? found : null;
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
      if (filter.taskId === undefined) parts.push('r.published = 1');
      else add('r.task_seq = (SELECT seq FROM tasks WHERE id = ?)', filter.taskId);
      if (filter.textId !== undefined) add('r.text_id = ?', filter.textId);
      if (filter.language !== undefined) add('r.language = ?', filter.language);
      if (filter.source !== undefined) add('r.source = ?', filter.source);
      if (piece !== '') add('folded_contains(r.content, ?)', piece);
      const where = parts.join(' AND ');
      const narrow = filter.taskId !== undefined || filter.textId !== undefined;
      if (narrow || Array.from(piece.slice(0, 2 * TRIGRAM)).length < TRIGRAM) {
        const order = filter.taskId === undefined ? 'DESC' : 'ASC';
        return contents('translations AS r', { where, values }, 'r.id', order, page);
      }
      return (
        quickPage(piece, { where, values }, page) ??
        contents(
          'translation_search AS s CROSS JOIN translations AS r ON r.id = s.rowid',
          { where: `s.translation_search MATCH ? AND ${where}`, values: [phrase(piece), ...values] },
          's.rowid',
          'DESC',
          page,
        )
      );
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

/** The characters of a piece that the index is asked for. */
function beginning(piece: string): string[] {
  return Array.from(indexed(piece.slice(0, 2 * MATCHED_CHARACTERS))).slice(0, MATCHED_CHARACTERS);
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

function phrase(piece: string): string {
  return quoted(beginning(piece).join(''));
}

/** Trigrams spread over the piece: each third one, but at least two and at most four. */
function someTrigrams(piece: string): string {
  const characters = beginning(piece);
  const last = characters.length - TRIGRAM;
  const count = Math.min(last + 1, Math.max(2, Math.min(MOST_TRIGRAMS, Math.ceil((last + 1) / TRIGRAM))));
  const starts = Array.from({ length: count }, (_, index) =>
    count === 1 ? 0 : Math.round((index * last) / (count - 1)),
  );
  return starts.map((start) => quoted(characters.slice(start, start + TRIGRAM).join(''))).join(' AND ');
}
