import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { TaskSpec } from '../../src/domain/task.js';
import { DEFAULT_LIMITS } from '../../src/pipeline/limits.js';
import { Scheduler } from '../../src/pipeline/scheduler.js';
import { StoredGlossaries } from '../../src/pipeline/stored-glossaries.js';
import { DEFAULT_RETRIES } from '../../src/pipeline/verdict.js';
import { MemoryStore } from '../../src/store/memory-store.js';
import { randomOf, testSeed } from '../fixtures/random.js';
import { SimClock, SimProcess } from './simulation/sim-clock.js';
import { type Fate, simStage } from './simulation/sim-engines.js';
import { Witness } from './simulation/witness.js';

const SCHEDULES = Number(process.env.VOICELINGUA_SCHEDULES ?? (process.env.VOICELINGUA_SOAK ? 100_000 : 10_000));
const FATES: readonly Fate[] = ['sound', 'sound', 'sound', 'sound', 'flaky', 'poison', 'unreadable', 'broken'];
const LEASE_MS = 4_000;
/** Shorter than in real life only so that a schedule is not mostly waiting. */
const DELAYS = { baseMs: 2_000, capMs: 6_000 };
/** Virtual, and far longer than any schedule may take. */
const LONGEST_MS = 3_600_000;

interface Outcome {
  readonly faults: readonly string[];
  readonly crashes: number;
  readonly stops: number;
  readonly refused: number;
  readonly statuses: readonly string[];
}

/** One schedule: a few processes on one store, each of which may crash or be stopped at any of its awaits. */
async function schedule(seed: number): Promise<Outcome> {
  const random = randomOf(seed);
  const clock = new SimClock();
  const store = new MemoryStore({ clock: clock.read });
  const witness = new Witness();
  const computed = new Map<string, number>();
  let budget = Math.floor(random() * 12);
  let crashes = 0;
  let stops = 0;
  const danger = 0.002 + random() * 0.02;
  const onAwait = (process: SimProcess): void => {
    if (budget <= 0 || random() >= danger) return;
    budget--;
    if (random() < 0.25) {
      stops++;
      process.stopFor(random() * 3 * LEASE_MS);
      return;
    }
    crashes++;
    process.crash();
    witness.dead.add(process.owner);
  };

  const specs: TaskSpec[] = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, index) => ({
    type: 'text',
    textId: `t${index}`,
    text: 'x',
    languages: [],
    sourceLanguage: 'en',
    priority: Math.floor(random() * 3),
    options: { windows: 1 + Math.floor(random() * 4), fate: FATES[Math.floor(random() * FATES.length)] as string },
    idempotencyKey: `k${index}`,
    cost: random() < 0.3 ? 4_000 : 3,
  }));

  let started = 0;
  let finished = 0;
  /** A process as a caller runs it: submits everything (what is there already stays), works it off; when it dies, another one comes. */
  const spawn = (): void => {
    const process = new SimProcess(clock, `process-${++started}`, onAwait);
    const seen = witness.storeFor(process, store);
    const scheduler = new Scheduler({
      store: seen,
      stages: [simStage(process, random, computed)],
      engines: { portsFor: () => ({}) as never, kill: () => undefined, release: () => undefined },
      glossaries: new StoredGlossaries(seen),
      admit: () => Promise.resolve(() => undefined),
      emit: () => undefined,
      observe: () => undefined,
      owner: process.owner,
      // A process on another machine cannot be seen to be dead: its lease has to run out.
      isDead: (owner) => witness.dead.has(owner) && (Number(owner.split('-')[1]) + seed) % 3 !== 0,
      room: { any: 1 + (seed % 3), short: seed % 2, brief: seed % 3, text: seed % 4 },

      leaseMs: LEASE_MS,
      limits: DEFAULT_LIMITS,
      retries: { ...DEFAULT_RETRIES, ...DELAYS, random },
      timing: process.timing,
    });
    const work = async (): Promise<void> => {
      const ids = (await seen.submit(specs)).map(({ id }) => id);
      await scheduler.drain({ ids, onAbort: 'release' });
      finished++;
    };
    work().catch((error: unknown) => witness.faults.push(`a process rejected: ${String(error)}`));
    const watch = (): void => {
      if (process.alive) clock.at(1_000, watch);
      else clock.at(random() * 2_000, spawn);
    };
    clock.at(1_000, watch);
  };
  const processes = 1 + Math.floor(random() * 3);
  for (let index = 0; index < processes; index++) clock.at(random() * 1_000, spawn);
  const ended = await clock.run(() => finished >= processes, LONGEST_MS);
  if (!ended) witness.faults.push('the work did not end');
  const tasks = await store.list();
  witness.check(tasks, {
    retries: DEFAULT_RETRIES.maxRetries,
    crashes: DEFAULT_RETRIES.maxCrashes,
    losses: DEFAULT_RETRIES.maxLosses,
  });
  return {
    faults: witness.faults,
    crashes,
    stops,
    refused: witness.refusedLateWrites,
    statuses: tasks.map(({ status }) => status),
  };
}

test(`R14: ${SCHEDULES} schedules with crashes at every await`, async () => {
  const seed = testSeed('R14');
  const sums = { crashes: 0, stops: 0, refused: 0, completed: 0, failed: 0 };
  for (let index = 0; index < SCHEDULES; index++) {
    const outcome = await schedule(seed + index);
    assert.equal(outcome.faults, [], `schedule ${seed + index}`);
    sums.crashes += outcome.crashes;
    sums.stops += outcome.stops;
    sums.refused += outcome.refused;
    for (const status of outcome.statuses) if (status === 'completed' || status === 'failed') sums[status]++;
  }
  console.log(
    `R14: ${SCHEDULES} schedules: ${sums.crashes} crashes, ${sums.stops} stops, ${sums.refused} late writes refused, ${sums.completed} tasks completed, ${sums.failed} failed, none lost or doubled`,
  );
  // The simulation must have had something to survive.
  assert.ok(sums.crashes > SCHEDULES / 2 && sums.stops > 0 && sums.refused > 0);
  assert.ok(sums.completed > 0 && sums.failed > 0);
});

test.run();
