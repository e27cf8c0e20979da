import { glossaryOf } from '../../domain/glossary/named-glossary.js';
import type { TaskSpec } from '../../domain/task.js';
import { glossaryNotFound } from '../failures.js';
import { checkedId, checkedText } from '../rules.js';
import { assertSum, sumOf } from './checksum.js';
import type { StoreDatabase } from './database.js';
import type { StoreOperations } from './protocol.js';

const KEEP = 'INSERT INTO glossaries (fingerprint, terms, sum) VALUES (?, ?, ?) ON CONFLICT DO NOTHING';

const FIND = 'SELECT fingerprint, terms, sum FROM glossaries WHERE fingerprint = ?';

const IS_KEPT = 'SELECT 1 FROM glossaries WHERE fingerprint = ?';

const NAME = 'INSERT INTO task_glossaries (task_seq, fingerprint) VALUES (?, ?)';

const FORGET = 'DELETE FROM glossaries WHERE fingerprint NOT IN (SELECT fingerprint FROM task_glossaries)';

interface GlossaryRow {
  readonly fingerprint: string;
  readonly terms: string;
  readonly sum: number;
}

/** Deletes glossaries that no task names; to be called when tasks were deleted. */
export function forgetUnnamed(db: StoreDatabase): void {
  db.sql(FORGET).run();
}

/** @throws {VoiceLinguaError} `GLOSSARY_NOT_FOUND` when a task names a glossary that is not kept */
export function assertKept(db: StoreDatabase, specs: readonly TaskSpec[]): void {
  const seen = new Set<string>();
  for (const { options } of specs) {
    const fingerprint = glossaryOf(options);
    if (fingerprint === null || seen.has(fingerprint)) continue;
    if (db.sql(IS_KEPT).get(fingerprint) === undefined) throw glossaryNotFound(fingerprint);
    seen.add(fingerprint);
  }
}

/** Notes which glossary a new task names, if it names one. */
export function nameGlossary(db: StoreDatabase, seq: number, { options }: TaskSpec): void {
  const fingerprint = glossaryOf(options);
  if (fingerprint !== null) db.sql(NAME).run(seq, fingerprint);
}

export function glossaries(db: StoreDatabase): Pick<StoreOperations, 'keepGlossary' | 'glossary'> {
  return {
    keepGlossary(_now, fingerprint, terms) {
      const row = { fingerprint: checkedId('fingerprint', fingerprint), terms: checkedText('terms', terms) };
      db.sql(KEEP).run(row.fingerprint, row.terms, sumOf('glossaries', row));
    },

    glossary(_now, fingerprint) {
      const row = db.sql<GlossaryRow>(FIND).get(checkedId('fingerprint', fingerprint));
      if (row === undefined) return null;
      const { sum, ...summed } = row;
      assertSum('glossaries', summed, sum, `glossary ${row.fingerprint}`);
      return row.terms;
    },
  };
}
