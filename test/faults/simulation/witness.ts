import type { TaskRecord } from '../../../src/domain/task.js';
import type { ClaimedTask, Lease, TaskStore } from '../../../src/store/task-store.js';
import type { SimProcess } from './sim-clock.js';

interface Held {
  readonly owner: string;
  readonly fencing: number;
  until: number;
  over: boolean;
}

/** Sees every call to the store and says what must never happen. */
export class Witness {
  readonly faults: string[] = [];
  readonly completions = new Map<string, number>();
  readonly acknowledged = new Set<string>();
  readonly dead = new Set<string>();
  refusedLateWrites = 0;
  readonly #held = new Map<string, Held>();

  /** The store as a process sees it: each call may be the last thing it does, before or after the store has done it. */
  storeFor(process: SimProcess, store: TaskStore): TaskStore {
    return new Proxy(store, {
      get: (target, name, receiver) => {
        const method = Reflect.get(target, name, receiver) as unknown;
        if (typeof method !== 'function') return method;
        return async (...args: unknown[]) => {
          await process.step();
          try {
            const result = await (method as (...given: unknown[]) => Promise<unknown>).apply(target, args);
            this.#accepted(process, String(name), args, result);
            await process.step();
            return result;
          } catch (error) {
            if ((error as { code?: unknown }).code === 'LEASE_LOST') this.refusedLateWrites++;
            await process.step();
            throw error;
          }
        };
      },
    });
  }

  #accepted(process: SimProcess, method: string, args: readonly unknown[], result: unknown): void {
    const now = process.clock.now;
    switch (method) {
      case 'submit':
        for (const { id } of result as Array<{ id: string }>) this.acknowledged.add(id);
        return;
      case 'claim': {
        const claimed = result as ClaimedTask | null;
        if (claimed === null) return;
        const { lease } = claimed;
        const before = this.#held.get(lease.taskId);
        if (before !== undefined && !before.over && before.until > now && !this.dead.has(before.owner)) {
          this.faults.push(
            `${lease.taskId} was claimed by ${lease.owner} while ${before.owner} had it until ${before.until}`,
          );
        }
        if (before !== undefined && lease.fencing <= before.fencing)
          this.faults.push(`${lease.taskId}: fencing did not grow`);
        this.#held.set(lease.taskId, {
          owner: lease.owner,
          fencing: lease.fencing,
          until: now + (args[1] as number),
          over: false,
        });
        return;
      }
      case 'rescue':
        for (const held of this.#held.values()) if ((args[0] as string[]).includes(held.owner)) held.over = true;
        return;
      case 'heartbeat':
        this.#writes(args[0] as Lease, method).until = now + (args[1] as number);
        return;
      case 'checkpoint':
      case 'saveWindow':
      case 'saveTranslations':
      case 'saveFacts':
        this.#writes(args[0] as Lease, method);
        return;
      case 'release':
      case 'fail':
        this.#writes(args[0] as Lease, method).over = true;
        return;
      case 'complete': {
        const lease = args[0] as Lease;
        this.#writes(lease, method).over = true;
        this.completions.set(lease.taskId, (this.completions.get(lease.taskId) ?? 0) + 1);
        return;
      }
    }
  }

  /** An accepted write must be the current owner's. */
  #writes(lease: Lease, method: string): Held {
    const held = this.#held.get(lease.taskId);
    if (held === undefined || held.fencing !== lease.fencing || held.over) {
      this.faults.push(`${method} of an old lease ${lease.fencing} on ${lease.taskId} was taken`);
    }
    return held ?? { owner: lease.owner, fencing: lease.fencing, until: 0, over: true };
  }

  check(tasks: readonly TaskRecord[], limits: { retries: number; crashes: number; losses: number }): void {
    const known = new Map(tasks.map((task) => [task.id, task]));
    for (const id of this.acknowledged) {
      const task = known.get(id);
      if (task === undefined) this.faults.push(`${id} is lost`);
      else if (task.status === 'pending' || task.status === 'processing')
        this.faults.push(`${id} is still ${task.status}`);
    }
    for (const task of tasks) {
      const finished = this.completions.get(task.id) ?? 0;
      if (finished > 1) this.faults.push(`${task.id} was finished ${finished} times`);
      if (task.status === 'completed' && finished !== 1)
        this.faults.push(`${task.id} is completed, seen ${finished} times`);
      if (task.retries > limits.retries) this.faults.push(`${task.id} was retried ${task.retries} times`);
      if (task.crashes > limits.crashes) this.faults.push(`${task.id} crashed ${task.crashes} times`);
      if (task.losses > limits.losses) this.faults.push(`${task.id} was lost ${task.losses} times`);
    }
  }
}
