import type { StoreDatabase } from './database.js';

const NOTE = `
  UPDATE translation_memory SET last_used = max(last_used, @at), uses = uses + @times
  WHERE id IN (SELECT value FROM json_each(@ids))`;

interface Use {
  readonly times: number;
  readonly at: number;
}

/**
 * Uses of entries that are not written yet. A recall of 1,000 sentences takes some milliseconds; to write down their use would take
 * ten times as long, for all the pages that they lie on, with a lock and a flush to the disk. So the uses wait for the next commit
 * that changes the memory, or for the end of the connection. A process that is killed before loses them, and nothing else.
 */
export class MemoryUses {
  readonly #uses = new Map<number, Use>();
  #reused = 0;

  constructor(private readonly db: StoreDatabase) {}

  /** Translations given back that are not counted in the store yet. */
  get reused(): number {
    return this.#reused;
  }

  /**
   * @param ids entries that a recall gave back, each once
   * @param reused for how many keys
   */
  note(ids: Iterable<number>, reused: number, at: number): void {
    for (const id of ids) this.#uses.set(id, { times: (this.#uses.get(id)?.times ?? 0) + 1, at });
    this.#reused += reused;
  }

  /** An entry's row as it is once its uses are written. */
  applied<R extends { readonly id: number; readonly last_used: number; readonly uses: number }>(row: R): R {
    const use = this.#uses.get(row.id);
    if (use === undefined) return row;
    return { ...row, last_used: Math.max(row.last_used, use.at), uses: row.uses + use.times };
  }

  /** Writes them, in the caller's transaction. */
  write(): void {
    const alike = new Map<string, { readonly use: Use; readonly ids: number[] }>();
    for (const [id, use] of this.#uses) {
      const group = alike.get(`${use.at} ${use.times}`);
      if (group === undefined) alike.set(`${use.at} ${use.times}`, { use, ids: [id] });
      else group.ids.push(id);
    }
    this.#uses.clear();
    this.#reused = 0;
    for (const { use, ids } of alike.values()) this.db.sql(NOTE).run({ ...use, ids: JSON.stringify(ids) });
  }
}
