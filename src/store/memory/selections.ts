import { isEnded } from '../rules.js';
import type { StoredTask } from './stored-task.js';

interface Member {
  readonly id: string;
  /** Null for an id that was unknown when it was selected. */
  readonly task: StoredTask | null;
  told: boolean;
}

/** Named sets of tasks and which of their ends were told. */
export class Selections {
  readonly #members = new Map<string, Map<string, Member>>();

  constructor(private readonly tasks: ReadonlyMap<string, StoredTask>) {}

  add(selection: string, ids: readonly string[]): void {
    let members = this.#members.get(selection);
    if (members === undefined) {
      members = new Map();
      this.#members.set(selection, members);
    }
    for (const id of ids) {
      if (!members.has(id)) members.set(id, { id, task: this.tasks.get(id) ?? null, told: false });
    }
  }

  has(selection: string, task: StoredTask): boolean {
    const member = this.#members.get(selection)?.get(task.record.id);
    return member?.task === task && !member.told;
  }

  /** Members that have ended or are gone, in the order in which they were selected, each once. */
  settle(selection: string, limit: number): { readonly members: Member[]; readonly open: number } {
    const untold = [...(this.#members.get(selection)?.values() ?? [])].filter((member) => !member.told);
    const members = untold
      .filter(({ task }) => task === null || this.#gone(task) || isEnded(task.record.status))
      .slice(0, limit);
    for (const member of members) member.told = true;
    return { members, open: untold.length - members.length };
  }

  delete(selection: string): void {
    this.#members.delete(selection);
  }

  #gone(task: StoredTask): boolean {
    return this.tasks.get(task.record.id) !== task;
  }
}
