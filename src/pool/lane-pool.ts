import { VoiceLinguaError } from '../domain/errors.js';
import { type BatchRule, CallBatch, type QueuedCall, rowsOf } from './call-batch.js';
import { FairQueue } from './fair-queue.js';
import { Lane } from './lane.js';
import type { PoolCall } from './pool.js';

/** The process-wide table of cancel tokens that native abort callbacks read while a lane is blocked. */
export interface CancelTokens {
  create(deadlineMs: number): number;
  cancel(token: number): void;
  release(token: number): void;
}

export interface LanePoolOptions {
  /** Entry file of a lane's worker thread. */
  readonly worker: URL;
  readonly lanes: number;
  readonly workerData?: unknown;
  readonly tokens: CancelTokens;
  /** Told the marks of calls that are about to be served together; answers the mark that they have as one. */
  readonly onShared?: ((marks: readonly number[]) => number) | undefined;
  /** Whether more calls are about to come that may share a call of a lane; {@link LanePool.dispatch} tells when it changes. */
  readonly expecting?: (() => boolean) | undefined;
}

/** A call for the lanes of this process. */
export interface LanePoolCall extends PoolCall {
  /** What the call leaves on its lane for later ones, by name: a lane that holds it goes first. */
  readonly holds?: string | undefined;
  /** Number of the call among all of the process, for the report of a crash. */
  readonly mark?: number | undefined;
  /** Called when a lane takes the call; `fresh` when that lane does not hold yet what the call needs. */
  readonly onStart?: ((fresh: boolean) => void) | undefined;
  /** Whether and how it may share one call of a lane with others. */
  readonly batch?: BatchRule | undefined;
}

/** What a killed call may still take to come back by its cancelled token before its lane is given up, milliseconds. */
const COME_BACK_MS = 300;

/** A fixed number of lanes that serve calls fairly; each lane runs one blocking call at a time. */
export class LanePool {
  readonly #options: LanePoolOptions;
  readonly #lanes: Set<Lane>;
  readonly #idle: Lane[];
  readonly #running = new Map<Lane, CallBatch>();
  readonly #queue = new FairQueue<QueuedCall>();
  #closed = false;
  #gathering: NodeJS.Timeout | null = null;

  constructor(options: LanePoolOptions) {
    this.#options = options;
    this.#lanes = new Set(Array.from({ length: options.lanes }, () => this.#newLane()));
    this.#idle = [...this.#lanes];
  }

  get lanes(): number {
    return this.#lanes.size;
  }

  /** Starts the first lane's thread, so that the first call does not wait for it. */
  warmUp(): void {
    this.#idle[0]?.start();
  }

  /** As {@link Pool.run}. */
  run<T>(call: LanePoolCall): Promise<T> {
    if (this.#closed) return Promise.reject(new VoiceLinguaError('CLOSED', 'The worker pool is closed.'));
    if (call.signal?.aborted) return Promise.reject(call.signal.reason);
    return new Promise<unknown>((resolve, reject) => {
      this.#enqueue(call, resolve, reject);
      this.dispatch();
    }) as Promise<T>;
  }

  /**
   * Rejects the calls of a group at once. A lane that does not let go of its call soon after is left behind, for nothing
   * can end a thread in native code, and a new one takes its place.
   */
  kill(group: string, reason: unknown): void {
    for (const queued of this.#queue.take(group)) this.#refuse(queued, reason);
    for (const [lane, running] of this.#running) {
      if (!running.has(group)) continue;
      this.#again(running.kill(group, reason));
      setTimeout(() => this.#replace(lane, running), COME_BACK_MS);
    }
    this.dispatch();
  }

  /** Has every lane that holds `name` serve a call that lets go of it: now, or after its call in progress. */
  async letGo(name: string, call: Pick<LanePoolCall, 'method' | 'params'>): Promise<void> {
    const holders = [...this.#lanes].filter((lane) => lane.holds.delete(name));
    await Promise.all(
      holders.map((lane) => {
        const done = lane.call(call).catch(() => undefined);
        // A busy lane may take minutes; it lets go before its next call in any case.
        return this.#running.has(lane) ? undefined : done;
      }),
    );
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#stopGathering();
    for (const queued of this.#queue.drain()) {
      this.#refuse(queued, new VoiceLinguaError('CLOSED', 'The worker pool was closed before this call was started.'));
    }
    for (const running of this.#running.values()) running.cancel();
    await Promise.all([...this.#lanes].map((lane) => lane.close()));
  }

  #newLane(): Lane {
    return new Lane(this.#options.worker, this.#options.workerData);
  }

  #enqueue(call: LanePoolCall, resolve: QueuedCall['resolve'], reject: QueuedCall['reject']): void {
    const queued: QueuedCall = {
      call,
      since: performance.now(),
      resolve,
      reject,
      onAbort: () => {
        if (this.#queue.remove((other) => other === queued)) reject(call.signal?.reason);
      },
    };
    call.signal?.addEventListener('abort', queued.onAbort, { once: true });
    this.#queue.push(queued, call.group ?? '', call.priority ?? 0);
  }

  /** Calls that were served together, and are to be served each alone. */
  #again(members: readonly QueuedCall[]): void {
    for (const { call, resolve, reject } of members) {
      if (this.#closed) reject(new VoiceLinguaError('CLOSED', 'The worker pool was closed.'));
      else if (call.signal?.aborted) reject(call.signal.reason);
      else this.#enqueue({ ...call, alone: true }, resolve, reject);
    }
  }

  #refuse({ call, onAbort, reject }: QueuedCall, reason: unknown): void {
    call.signal?.removeEventListener('abort', onAbort);
    reject(reason);
  }

  #replace(lane: Lane, running: CallBatch): void {
    if (this.#closed || this.#running.get(lane) !== running) return;
    lane.abandon();
    this.#lanes.delete(lane);
    const fresh = this.#newLane();
    this.#lanes.add(fresh);
    this.#idle.push(fresh);
    this.dispatch();
  }

  /** Has idle lanes take what waits. */
  dispatch(): void {
    this.#stopGathering();
    while (this.#idle.length > 0 && this.#queue.size > 0) {
      const now = performance.now();
      const gathering = this.#gatheringKeys(now);
      const first = this.#queue.shift(({ call }) => call.batch === undefined || !gathering.has(call.batch.key));
      if (first === undefined) {
        this.#gathering = setTimeout(() => this.dispatch(), Math.max(1, Math.min(...gathering.values()) - now));
        return;
      }
      const members = this.#companions(first);
      void this.#execute(this.#takeLane(first.call.holds), members);
    }
  }

  #stopGathering(): void {
    if (this.#gathering !== null) clearTimeout(this.#gathering);
    this.#gathering = null;
  }

  /** Batches that wait to become fuller, each with the time when it is started as it is. */
  #gatheringKeys(now: number): Map<string, number> {
    const gathering = new Map<string, number>();
    const expecting = this.#options.expecting?.() ?? false;
    const waiting = new Map<string, { rule: BatchRule; count: number; until: number }>();
    for (const { call, since } of this.#queue.items()) {
      const { batch: rule, alone } = call;
      if (rule?.gatherMs === undefined || !(expecting || rule.gather === 'always')) continue;
      const entry = waiting.get(rule.key) ?? { rule, count: 0, until: Number.POSITIVE_INFINITY };
      // What is served alone has nothing to wait for.
      const until = alone ? now : since + rule.gatherMs;
      waiting.set(rule.key, { rule, count: entry.count + rowsOf(call), until: Math.min(entry.until, until) });
    }
    for (const [key, { rule, count, until }] of waiting) {
      if (until > now && count < rule.most * this.#idle.length) gathering.set(key, until);
    }
    return gathering;
  }

  /** The calls that go along with `first`; what waits is shared out among all lanes, which will soon be idle too. */
  #companions(first: QueuedCall): QueuedCall[] {
    const members = [first];
    const { batch, alone } = first.call;
    if (batch === undefined || alone) return members;
    const waiting = [...this.#queue.items()].filter(({ call }) => !call.alone && call.batch?.key === batch.key);
    let rows = rowsOf(first.call);
    const share = Math.ceil(waiting.reduce((sum, { call }) => sum + rowsOf(call), rows) / this.#lanes.size);
    const most = Math.min(share, batch.most);
    const fits = ({ call }: QueuedCall): boolean =>
      !call.alone && call.batch?.key === batch.key && rows + rowsOf(call) <= most;
    const order = batch.length === undefined ? null : nearest(waiting, first);
    for (;;) {
      const next = order === null ? this.#queue.shift(fits) : this.#queue.shiftFirst(order, fits);
      if (next === undefined) return members;
      rows += rowsOf(next.call);
      members.push(next);
    }
  }

  /** A lane that holds what the call needs, else one that has started, else any. */
  #takeLane(needed: string | undefined): Lane {
    let index = needed === undefined ? -1 : this.#idle.findIndex((lane) => lane.holds.has(needed));
    if (index < 0) index = this.#idle.findIndex((lane) => lane.started);
    const [lane] = this.#idle.splice(Math.max(0, index), 1);
    return lane as Lane;
  }

  async #execute(lane: Lane, members: readonly QueuedCall[]): Promise<void> {
    const { tokens } = this.#options;
    for (const { call, onAbort } of members) call.signal?.removeEventListener('abort', onAbort);
    const token = tokens.create(shortest(members.map(({ call }) => call.deadlineMs ?? 0)));
    const batch = new CallBatch(members, () => tokens.cancel(token));
    this.#running.set(lane, batch);
    for (const { call } of members) {
      call.onStart?.(call.holds !== undefined && !lane.holds.has(call.holds));
      if (call.holds !== undefined) lane.holds.add(call.holds);
    }
    let again: readonly QueuedCall[] = [];
    try {
      const { params, ...request } = batch.request;
      const mark = batch.shared ? this.#sharedMark(batch) : request.mark;
      batch.settle(await lane.call({ ...request, mark, params: { ...(params as object), token } }));
    } catch (error) {
      again = batch.fail(error);
    } finally {
      batch.end();
      tokens.release(token);
      this.#running.delete(lane);
      if (this.#lanes.has(lane)) this.#idle.push(lane);
      // It was left behind and has come back after all.
      else if (!this.#closed) void lane.close();
      this.#again(again);
      this.dispatch();
    }
  }

  #sharedMark(batch: CallBatch): number | undefined {
    const marks = batch.calls.map(({ mark }) => mark).filter((mark) => mark !== undefined);
    return this.#options.onShared?.(marks);
  }
}

/** Those that go before others, then those nearest in length to the first. */
function nearest(waiting: readonly QueuedCall[], first: QueuedCall): QueuedCall[] {
  const distance = ({ call }: QueuedCall): number =>
    Math.abs((call.batch?.length ?? 0) - (first.call.batch?.length ?? 0));
  const priority = ({ call }: QueuedCall): number => call.priority ?? 0;
  return [...waiting].sort((a, b) => priority(b) - priority(a) || distance(a) - distance(b));
}

/** The nearest deadline; 0 is none. */
function shortest(deadlines: readonly number[]): number {
  const set = deadlines.filter((deadline) => deadline > 0);
  return set.length === 0 ? 0 : Math.min(...set);
}
