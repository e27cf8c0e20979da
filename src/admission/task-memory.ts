/** What a model takes in the engine host. Bytes. */
export interface ModelMemory {
  /** Tells models apart that share nothing: path, device and compute type. */
  readonly key: string;
  /** For messages. */
  readonly name: string;
  /** Once, however many lanes use it. */
  readonly weights: number;
  /** Scratch memory of each lane that works with it. */
  readonly perLane: number;
  /** Lanes that one task keeps busy with it. */
  readonly lanes: number;
}

/** What a task takes in the engine host, in the parts that it shares with others and its own. Bytes. */
export interface TaskMemory {
  /** The host itself: shared by all tasks. */
  readonly base: number;
  /** Shared by the tasks that use the same ones. */
  readonly models: readonly ModelMemory[];
  /** The task's own: decoding, windows in flight. */
  readonly task: number;
  /** Peak of the host while the task runs alone. */
  readonly total: number;
}

/** Peak of a host of `lanes` lanes in which all of these tasks run. */
export function combinedMemory(needs: readonly Omit<TaskMemory, 'total'>[], lanes: number): number {
  let base = 0;
  let own = 0;
  const models = new Map<string, ModelMemory>();
  for (const need of needs) {
    base = Math.max(base, need.base);
    own += need.task;
    for (const model of need.models) {
      const known = models.get(model.key);
      models.set(model.key, {
        ...model,
        weights: Math.max(model.weights, known?.weights ?? 0),
        perLane: Math.max(model.perLane, known?.perLane ?? 0),
        lanes: model.lanes + (known?.lanes ?? 0),
      });
    }
  }
  let shared = 0;
  for (const model of models.values()) shared += model.weights + model.perLane * Math.min(lanes, model.lanes);
  return base + shared + own;
}
