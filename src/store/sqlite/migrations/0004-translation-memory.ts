import { IMPORTED_MODEL } from '../../../domain/translation-memory.js';
import { CHECKSUM_SQL } from '../checksum.js';
import type { Migration } from './index.js';

/** Tells imports from what models made; also the first column of the index by use. */
export const IMPORTED_SQL = `(model = '${IMPORTED_MODEL}')`;

/**
 * - `key` is a hash of text, source and target language, so that the index does not hold the texts.
 * - `last_used` and `uses` change with every use. They stand in an index, which the check of the store compares with the rows, and so
 *   not under the row's sum: a use is then one statement for all rows.
 * - `memory_counts` is one row; whoever adds or removes entries keeps it, since counting 200,000 rows with each batch would cost
 *   more than the batch.
 */
export const MEMORY_SCHEMA_SQL = `CREATE TABLE translation_memory (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    model TEXT NOT NULL,
    options TEXT NOT NULL,
    source TEXT NOT NULL,
    target TEXT NOT NULL,
    text TEXT NOT NULL,
    translation TEXT NOT NULL,
    confidence REAL NOT NULL,
    created_at INTEGER NOT NULL,
    last_used INTEGER NOT NULL,
    uses INTEGER NOT NULL,
    sum INTEGER NOT NULL,
    UNIQUE (key, model, options)
  ) STRICT;
  CREATE INDEX translation_memory_by_use ON translation_memory (${IMPORTED_SQL}, last_used, uses);
  CREATE TABLE memory_counts (
    entries INTEGER NOT NULL,
    reused INTEGER NOT NULL,
    evicted INTEGER NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT;
  INSERT INTO memory_counts VALUES (0, 0, 0, ${CHECKSUM_SQL}(0, 0, 0));`;

/** Translated sentences, for every task of the store. */
export const translationMemory: Migration = { version: 4, name: 'translation-memory', up: MEMORY_SCHEMA_SQL };
