import { FRONT, goesFirst, preferred } from '../claim-order.js';
import type { Instant } from '../clock.js';
import type { CheckedClaim } from '../rules.js';
import type { Selections } from './selections.js';
import { lose, overdue, type StoredTask } from './stored-task.js';

/** Makes tasks whose owner fell silent, or whose wait for a retry is over, claimable. */
export function wake(tasks: Iterable<StoredTask>, now: Instant): void {
  for (const task of tasks) {
    if (overdue(task, now)) lose(task, now);
    if (task.notBefore === null || task.notBefore > now.wall) continue;
    task.notBefore = null;
    task.record = { ...task.record, notBefore: null };
  }
}

/** The task that a claim takes. */
export function best(
  tasks: Iterable<StoredTask>,
  selections: Selections,
  { ids, selection, maxCost, type, preferModels }: CheckedClaim,
  now: Instant,
): StoredTask | undefined {
  const wanted = ids === null ? null : new Set(ids);
  const queue = [...tasks].filter(
    (task) =>
      task.record.status === 'pending' &&
      task.notBefore === null &&
      (wanted === null || wanted.has(task.record.id)) &&
      (selection === null || selections.has(selection, task)) &&
      (maxCost === null || (task.record.cost ?? 0) <= maxCost) &&
      (type === null || task.record.type === type),
  );
  queue.sort((a, b) => a.rank - b.rank || a.seq - b.seq);
  const [first] = queue;
  if (first === undefined || preferModels === null || goesFirst(first, preferModels, now.wall)) return first;
  return preferred(queue.slice(0, FRONT), preferModels);
}
