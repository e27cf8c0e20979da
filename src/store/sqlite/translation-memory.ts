import {
  IMPORTED_MODEL,
  type MemoryEntry,
  type MemoryKey,
  type NewMemoryEntry,
} from '../../domain/translation-memory.js';
import { isoTime } from '../clock.js';
import { checkedEntries, checkedKeys, checkedMemoryFilter, checkedMemoryPrune, hashOf } from '../memory-rules.js';
import type { MemoryGroup, MemoryStats } from '../task-store.js';
import { assertSum, sumOf } from './checksum.js';
import type { StoreDatabase } from './database.js';
import type { MemoryUses } from './memory-uses.js';
import { IMPORTED_SQL } from './migrations/0004-translation-memory.js';
import type { StoreOperations } from './protocol.js';

/** A row of `translation_memory`. Times are milliseconds. */
interface MemoryRow {
  readonly id: number;
  readonly key: string;
  readonly model: string;
  readonly options: string;
  readonly source: string;
  readonly target: string;
  readonly text: string;
  readonly translation: string;
  readonly confidence: number;
  readonly created_at: number;
  readonly last_used: number;
  readonly uses: number;
  readonly sum: number;
}

const COLUMNS =
  'id, key, model, options, source, target, text, translation, confidence, created_at, last_used, uses, sum';

const FIND = `SELECT ${COLUMNS} FROM translation_memory WHERE key = ? AND model = ? AND options = ?`;

/** Whatever is there for texts and pairs of languages; one statement for all keys, which takes half the time of one for each. */
const RECALL = `
  SELECT asked.key AS place, m.id, m.key, m.model, m.options, m.source, m.target, m.text, m.translation, m.confidence,
    m.created_at, m.sum
  FROM json_each(?) AS asked CROSS JOIN translation_memory AS m ON m.key = asked.value`;

type RecallRow = Omit<MemoryRow, 'last_used' | 'uses'> & { readonly place: number };

const ADD = `
  INSERT INTO translation_memory
    (key, model, options, source, target, text, translation, confidence, created_at, last_used, uses, sum)
  VALUES (@key, @model, @options, @source, @target, @text, @translation, @confidence, @created_at, @created_at, 0, @sum)`;

const REPLACE = `
  UPDATE translation_memory SET translation = @translation, confidence = @confidence, last_used = @now, sum = @sum
  WHERE id = @id`;

const COUNTS = 'SELECT entries, reused, evicted, sum FROM memory_counts';

const COUNT = 'UPDATE memory_counts SET entries = @entries, reused = @reused, evicted = @evicted, sum = @sum';

/** In the order of the index: what models made goes before imports. */
const EVICT = `
  DELETE FROM translation_memory WHERE id IN (
    SELECT id FROM translation_memory INDEXED BY translation_memory_by_use
    ORDER BY ${IMPORTED_SQL}, last_used, uses, id LIMIT ? + 0)`;

const PAGE = `
  SELECT ${COLUMNS} FROM translation_memory
  WHERE id > @after AND (@source IS NULL OR source = @source) AND (@target IS NULL OR target = @target)
    AND (@model IS NULL OR model = @model)
  ORDER BY id LIMIT @limit + 1`;

const MATCHING = `
  FROM translation_memory WHERE last_used <= @usedBy AND (@model IS NULL OR model = @model)`;

const LONGEST_UNUSED = `SELECT id ${MATCHING} ORDER BY last_used, uses, id LIMIT @limit + 0`;

const PRUNE = `DELETE FROM translation_memory WHERE id IN (${LONGEST_UNUSED})`;

const USAGE = `
  SELECT source, target, model, COUNT(*) AS entries, SUM(octet_length(text) + octet_length(translation)) AS bytes
  FROM translation_memory GROUP BY source, target, model ORDER BY source, target, model`;

type MemoryOperations = Pick<
  StoreOperations,
  'recallTranslations' | 'rememberTranslations' | 'memoryEntries' | 'pruneMemory' | 'memoryUsage'
>;

/** What is counted, with the uses that are not written yet. */
export function memoryStats(db: StoreDatabase, uses: MemoryUses): MemoryStats {
  const row = db.sql<MemoryStats & { readonly sum: number }>(COUNTS).get() as MemoryStats & { readonly sum: number };
  const { sum, ...counts } = row;
  assertSum('memory_counts', { ...counts }, sum, 'the count of the translation memory');
  return { ...counts, reused: counts.reused + uses.reused };
}

/** @param memoryLimit most entries */
export function translationMemory(db: StoreDatabase, uses: MemoryUses, memoryLimit: number): MemoryOperations {
  db.beforeClose(() => {
    if (uses.reused > 0) count({});
  });

  /** Notes what has changed, and the uses that waited for it. */
  function count(changes: { readonly entries?: number; readonly evicted?: number }): void {
    const { entries, reused, evicted } = memoryStats(db, uses);
    const row = { entries: entries + (changes.entries ?? 0), reused, evicted: evicted + (changes.evicted ?? 0) };
    db.sql(COUNT).run({ ...row, sum: sumOf('memory_counts', row) });
    uses.write();
  }

  function save(now: number, entry: NewMemoryEntry): 'added' | 'replaced' {
    const { text, source, target, model, options, translation, confidence } = entry;
    const key = hashOf(entry);
    const old = db.sql<MemoryRow>(FIND).get(key, model, options);
    const row = {
      key,
      model,
      options,
      source,
      target,
      text,
      translation,
      confidence,
      created_at: old?.created_at ?? now,
    };
    const sum = sumOf('translation_memory', row);
    if (old === undefined) {
      db.sql(ADD).run({ ...row, sum });
      return 'added';
    }
    db.sql(REPLACE).run({ translation, confidence, now, sum, id: sound(old).id });
    return 'replaced';
  }

  return {
    recallTranslations(now, given) {
      const keys = checkedKeys(given);
      const found: Array<RecallRow | undefined> = new Array(keys.length);
      for (const row of db.sql<RecallRow>(RECALL).all(JSON.stringify(keys.map(hashOf)))) {
        const { model, options } = keys[row.place] as MemoryKey;
        const imported = row.model === IMPORTED_MODEL;
        const fits = imported || (row.model === model && row.options === options);
        if (fits && (imported || found[row.place] === undefined)) found[row.place] = row;
      }
      const used = new Set<number>();
      let reused = 0;
      const recalled = keys.map((_, place) => {
        const row = found[place];
        if (row === undefined) return null;
        const { id, translation, confidence, model } = sound(row);
        used.add(id);
        reused += 1;
        return { translation, confidence, imported: model === IMPORTED_MODEL };
      });
      uses.note(used, reused, now.wall);
      return recalled;
    },

    rememberTranslations(now, given) {
      let added = 0;
      let replaced = 0;
      for (const entry of checkedEntries(given)) {
        if (save(now.wall, entry) === 'added') added += 1;
        else replaced += 1;
      }
      if (added > 0 || uses.reused > 0) count({ entries: added });
      const evicted = Math.max(0, memoryStats(db, uses).entries - memoryLimit);
      if (evicted > 0) {
        db.sql(EVICT).run(evicted);
        count({ entries: -evicted, evicted });
      }
      return { added, replaced, evicted };
    },

    memoryEntries(_now, filter) {
      const asked = checkedMemoryFilter(filter);
      const rows = db.sql<MemoryRow>(PAGE).all({ ...asked });
      const page = rows.slice(0, asked.limit);
      return {
        entries: page.map((row) => toEntry(uses.applied(row))),
        next: rows.length > page.length ? (page.at(-1)?.id ?? asked.after) : null,
      };
    },

    pruneMemory(now, filter) {
      const { keep, usedBy, model, limit, dryRun } = checkedMemoryPrune(filter, now.wall);
      const matching = { usedBy, model };
      if (uses.reused > 0) count({});
      const { found } = db.sql<{ found: number }>(`SELECT COUNT(*) AS found ${MATCHING}`).get(matching) as {
        found: number;
      };
      const gone = Math.max(0, Math.min(limit, found - keep));
      if (dryRun || gone === 0) return gone;
      db.sql(PRUNE).run({ ...matching, limit: gone });
      count({ entries: -gone });
      return gone;
    },

    memoryUsage: () => ({ limit: memoryLimit, groups: db.sql<MemoryGroup>(USAGE).all() }),
  };
}

function sound<R extends Omit<MemoryRow, 'last_used' | 'uses'>>(row: R): R {
  assertSum('translation_memory', row, row.sum, `entry ${row.id} of the translation memory`);
  return row;
}

function toEntry(row: MemoryRow): MemoryEntry {
  const { text, source, target, model, options, translation, confidence, uses } = sound(row);
  return {
    text,
    source,
    target,
    model,
    options,
    translation,
    confidence,
    createdAt: isoTime(row.created_at),
    lastUsedAt: isoTime(row.last_used),
    uses,
  };
}
