import type { JobEvent } from '../api-types.js';

/** Delivers the events of running tasks to whoever listens to a task. */
export class EventHub {
  readonly #listeners = new Map<string, Set<(event: JobEvent) => void>>();

  emit(event: JobEvent): void {
    for (const listener of this.#listeners.get(event.taskId) ?? []) listener(event);
  }

  /** @returns the function that ends the subscription */
  subscribe(taskId: string, listener: (event: JobEvent) => void): () => void {
    const listeners = this.#listeners.get(taskId) ?? new Set();
    this.#listeners.set(taskId, listeners);
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.#listeners.get(taskId) === listeners) this.#listeners.delete(taskId);
    };
  }
}
