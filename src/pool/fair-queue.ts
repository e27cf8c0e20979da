interface Entry<T> {
  readonly item: T;
  readonly priority: number;
}

/**
 * A queue that serves groups in turn: higher priority first, then the group that was served longest ago, then its
 * oldest entry. So the one window of a short clip never waits behind all windows of a long recording.
 */
export class FairQueue<T> {
  readonly #groups = new Map<string, Entry<T>[]>();
  readonly #served = new Map<string, number>();
  #clock = 0;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** All that waits, group by group. */
  *items(): Generator<T> {
    for (const entries of this.#groups.values()) for (const { item } of entries) yield item;
  }

  count(matches: (item: T) => boolean): number {
    let count = 0;
    for (const item of this.items()) if (matches(item)) count++;
    return count;
  }

  push(item: T, group: string, priority: number): void {
    const entries = this.#groups.get(group);
    if (entries === undefined) this.#groups.set(group, [{ item, priority }]);
    else entries.push({ item, priority });
    this.#size++;
  }

  /** @param matches takes the first that does, group by group in their turn; all do when absent */
  shift(matches: (item: T) => boolean = () => true): T | undefined {
    let best: string | undefined;
    let bestPriority = Number.NEGATIVE_INFINITY;
    let bestServed = Number.POSITIVE_INFINITY;
    for (const [group, entries] of this.#groups) {
      const entry = entries.find(({ item }) => matches(item));
      if (entry === undefined) continue;
      const { priority } = entry;
      const served = this.#served.get(group) ?? 0;
      if (priority > bestPriority || (priority === bestPriority && served < bestServed)) {
        best = group;
        bestPriority = priority;
        bestServed = served;
      }
    }
    if (best === undefined) return undefined;
    const entries = this.#groups.get(best) as Entry<T>[];
    const [entry] = entries.splice(
      entries.findIndex(({ item }) => matches(item)),
      1,
    ) as [Entry<T>];
    this.#size--;
    this.#served.set(best, ++this.#clock);
    if (entries.length === 0) this.#groups.delete(best);
    if (this.#size === 0) this.#served.clear();
    return entry.item;
  }

  /**
   * Takes the first of these that `matches` and still waits out of the queue; its group counts as served. They are taken off the
   * list as far as they were looked at.
   */
  shiftFirst(items: T[], matches: (item: T) => boolean): T | undefined {
    for (let item = items.shift(); item !== undefined; item = items.shift()) {
      if (!matches(item)) continue;
      const wanted = item;
      for (const [group, entries] of this.#groups) {
        if (!entries.some((entry) => entry.item === wanted)) continue;
        this.remove((other) => other === wanted);
        this.#served.set(group, ++this.#clock);
        if (this.#size === 0) this.#served.clear();
        return wanted;
      }
    }
    return undefined;
  }

  /** Takes out the first entry that `matches`; false when there is none. */
  remove(matches: (item: T) => boolean): boolean {
    for (const [group, entries] of this.#groups) {
      const index = entries.findIndex((entry) => matches(entry.item));
      if (index < 0) continue;
      entries.splice(index, 1);
      if (entries.length === 0) this.#groups.delete(group);
      this.#size--;
      return true;
    }
    return false;
  }

  /** Takes out all entries of a group, in order. */
  take(group: string): T[] {
    const entries = this.#groups.get(group) ?? [];
    this.#groups.delete(group);
    this.#size -= entries.length;
    return entries.map((entry) => entry.item);
  }

  drain(): T[] {
    const items = [...this.#groups.values()].flat().map((entry) => entry.item);
    this.#groups.clear();
    this.#served.clear();
    this.#size = 0;
    return items;
  }
}
