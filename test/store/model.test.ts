import path from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { toVoiceLinguaError } from '../../src/domain/errors.js';
import { SOURCE_TYPES, TASK_STATUSES } from '../../src/domain/task.js';
import { IMPORTED_MODEL, type MemoryKey } from '../../src/domain/translation-memory.js';
import { MemoryStore } from '../../src/store/memory-store.js';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import type { ClaimedTask, Lease, TaskStore } from '../../src/store/task-store.js';
import { type SeededRandom, seededRandom } from '../fixtures/random.js';
import { content, failure, ManualClock, textSpec, withFolder } from './support.js';

const SEQUENCES = 12;
const STEPS = 300;
const LANGUAGES = ['de', 'zh-tw'];
const OWNERS = ['owner', 'other', 'third'];
const SELECTIONS = ['run', 'again'];
const MEMORY_LIMIT = 3;
const MODELS = ['m1', 'm2', 'm3'];
const WORDS = ['Haus', 'HAUS', 'rot', '天气', '%', 'a_b', '😀', 'ΟΔΟΣ', '\0', '"', 'x'.repeat(70)];

/** Two stores in step: each call goes to both, and whatever comes back must be the same but for the ids. */
class Twins {
  readonly #names: [Map<string, string>, Map<string, string>] = [new Map(), new Map()];
  /** Ids of the tasks submitted, as pairs. */
  readonly ids: Array<readonly [string, string]> = [['no-such-task', 'no-such-task']];
  readonly leases: Array<readonly [Lease, Lease]> = [];

  constructor(
    private readonly stores: readonly [TaskStore, TaskStore],
    private readonly log: string[],
  ) {}

  async both<T>(name: string, call: (store: TaskStore, side: 0 | 1) => Promise<T>): Promise<readonly [T, T] | null> {
    const outcomes = await Promise.all(
      ([0, 1] as const).map((side) =>
        call(this.stores[side], side).then(
          (value) => ({ value }),
          (error) => ({ error: toVoiceLinguaError(error).toJSON() }),
        ),
      ),
    );
    const [one, two] = outcomes as [(typeof outcomes)[number], (typeof outcomes)[number]];
    this.#learn(one, two);
    const shown = [this.#shown(0, one), this.#shown(1, two)] as const;
    this.log.push(`${name} → ${shown[0].slice(0, 300)}`);
    assert.is(shown[1], shown[0], `${this.log.slice(-25).join('\n')}\n`);
    return 'value' in one && 'value' in two ? [one.value, two.value] : null;
  }

  /** New ids come from submissions; both stores name them in the same order. */
  #learn(one: object, two: object): void {
    const find = (outcome: object) =>
      'value' in outcome && Array.isArray(outcome.value)
        ? outcome.value.filter((entry) => entry?.created === true).map((entry) => entry.id as string)
        : [];
    const [first, second] = [find(one), find(two)];
    assert.is(second.length, first.length);
    for (const [index, id] of first.entries()) {
      const twin = second[index] as string;
      const name = `task#${this.ids.length}`;
      this.#names[0].set(id, name);
      this.#names[1].set(twin, name);
      this.ids.push([id, twin]);
    }
  }

  #shown(side: 0 | 1, outcome: object): string {
    return JSON.stringify(outcome, (_key, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    ).replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (id) => this.#names[side].get(id) ?? id);
  }
}

/** Few enough that keys meet again, more than the memory takes. */
function memoryKey(random: SeededRandom): MemoryKey {
  return {
    text: random.pick(WORDS),
    source: 'en',
    target: random.pick(LANGUAGES),
    model: random.pick(['m1', 'm2', IMPORTED_MODEL]),
    options: random.pick(['', 'beam']),
  };
}

async function step(random: SeededRandom, twins: Twins, clock: ManualClock): Promise<void> {
  const id = random.pick(twins.ids);
  const textId = `text ${random.below(3)}`;
  const language = random.pick(LANGUAGES);
  const source = random.pick(SOURCE_TYPES);
  const page = { ...(random.below(2) === 0 ? {} : { limit: random.below(5) }), offset: random.below(3) };
  const status = random.pick(TASK_STATUSES);
  const lease = twins.leases.length === 0 ? undefined : random.pick(twins.leases.slice(-6));
  const number = random.below(1_000);
  const piece = random.pick(WORDS);
  const owner = random.pick(OWNERS);
  const selection = random.pick(SELECTIONS);
  const statuses = random.below(2) === 0 ? {} : { status: [status, random.pick(TASK_STATUSES)] };

  const work: ReadonlyArray<() => Promise<unknown>> = [
    () => {
      const specs = Array.from({ length: 1 + random.below(3) }, () => {
        const key = random.below(40);
        return textSpec(`k${key}`, {
          textId,
          priority: random.below(3),
          options: { key },
          ...(random.below(2) === 0 ? {} : { cost: random.below(20) }),
          ...(random.below(2) === 0 ? {} : { sttModel: random.pick(MODELS) }),
          ...(random.below(2) === 0 ? {} : { mtModel: random.pick(MODELS) }),
          ...(random.below(3) === 0 ? { type: 'audio' as const, audioPath: '/a.wav' } : {}),
        });
      });
      return twins.both(`submit ${specs.map((spec) => spec.idempotencyKey)}`, (store) => store.submit(specs));
    },
    async () => {
      const some = random.below(3) === 0 ? [id, random.pick(twins.ids)] : null;
      const options = {
        ...(random.below(3) === 0 ? { selection: random.pick(SELECTIONS) } : {}),
        ...(random.below(3) === 0 ? { maxCost: random.below(20) } : {}),
        ...(random.below(4) === 0 ? { type: random.pick(['audio', 'text'] as const) } : {}),
        ...(random.below(3) === 0 ? { preferModels: [random.pick(MODELS)] } : {}),
      };
      const claimed = await twins.both(`claim ${some ?? ''} ${JSON.stringify(options)}`, (store, side) =>
        store.claim(owner, 1_000, some === null ? options : { ...options, ids: some.map((pair) => pair[side]) }),
      );
      if (claimed?.[0] && claimed[1]) twins.leases.push([claimed[0].lease, claimed[1].lease]);
    },
    async () => {
      const claimed = await twins.both('claim to complete', (store) => store.claim('owner', 1_000));
      if (claimed === null) return;
      const changes = { language, source, content: `${piece} ${number}` };
      const on = <T>(side: 0 | 1, use: (task: ClaimedTask) => Promise<T>): Promise<T | null> => {
        const task = claimed[side];
        return task === null ? Promise.resolve(null) : use(task);
      };
      await twins.both('translations', (store, side) =>
        on(side, ({ task, lease: own }) => store.saveTranslations(own, [], [content(task, changes)])),
      );
      await twins.both('complete', (store, side) => on(side, ({ lease: own }) => store.complete(own, {}, 1)));
    },
    () => twins.both('cancel', (store, side) => store.cancel(id[side])),
    () => twins.both('retry', (store, side) => store.retry(id[side])),
    () => (random.below(2) === 0 ? twins.both('delete', (store, side) => store.delete(id[side])) : Promise.resolve()),
    () => twins.both('get', (store, side) => store.get(id[side])),
    () => twins.both('owners', (store) => store.owners()),
    () => twins.both(`rescue ${owner}`, (store) => store.rescue(number % 3 === 0 ? [owner] : [])),
    () => {
      const some = [id, random.pick(twins.ids), random.pick(twins.ids)];
      return twins.both(`select ${some}`, (store, side) =>
        store.select(
          selection,
          some.map((pair) => pair[side]),
        ),
      );
    },
    () => twins.both(`settled ${selection}`, (store) => store.settled(selection, number % 4)),
    () => (number % 5 === 0 ? twins.both('deselect', (store) => store.deselect(selection)) : Promise.resolve()),
    () => {
      const filter = {
        ...statuses,
        ...(number % 2 === 0 ? { keep: number % 6 } : {}),
        ...(number % 3 === 0 ? { olderThanMs: number * 100 } : {}),
        limit: number % 3,
        dryRun: number % 11 === 0,
      };
      return twins.both(`prune ${JSON.stringify(filter)}`, (store) => store.prune(filter));
    },
    () => twins.both('attempts', (store, side) => store.attempts(id[side])),
    () =>
      twins.both('add outputs', (store, side) => store.addOutputs(id[side], [`/out/${number % 7}`, `/out/${piece}`])),
    () => twins.both('outputs', (store, side) => store.outputs(id[side])),
    () =>
      twins.both('stats', (store) =>
        store.stats(number % 2 === 0 ? {} : { since: new Date(clock.wall - number * 50).toISOString() }),
      ),
    () => twins.both('list ended', (store) => store.list({ order: 'ended', ...statuses, ...page })),
    () => twins.both('count ended', (store) => store.count({ order: 'ended', type: 'audio' })),
    () => twins.both('list', (store) => store.list({ status, ...page })),
    () => twins.both('list by text', (store) => store.list({ textId, order: 'oldest', ...page })),
    () => twins.both('count', (store) => store.count({ status: [status, 'pending'] })),
    () => twins.both('checkpoints', (store, side) => store.checkpoints(id[side])),
    () => twins.both('segments', (store, side) => store.segments(id[side])),
    () => twins.both('contents', (store) => store.translations({ language, ...page })),
    () => twins.both(`search ${piece}`, (store) => store.translations({ contains: piece.toLowerCase(), ...page })),
    () => twins.both('contents of', (store, side) => store.translations({ taskId: id[side] })),
    () => twins.both('content', (store) => store.content({ textId, language, source })),
    () => twins.both('near', (store) => store.content({ textId: `Text_${number}`, language, source })),
    () => {
      const entries = Array.from({ length: random.below(6) }, () => ({
        ...memoryKey(random),
        translation: `${piece} ${random.below(9)}`,
        confidence: number / 1_000,
      }));
      return twins.both(`remember ${JSON.stringify(entries)}`, (store) => store.rememberTranslations(entries));
    },
    () => {
      const keys = Array.from({ length: random.below(5) }, () => memoryKey(random));
      return twins.both(`recall ${JSON.stringify(keys)}`, (store) => store.recallTranslations(keys));
    },
    () => {
      const filter = {
        ...(number % 2 === 0 ? { keep: number % 4 } : {}),
        ...(number % 3 === 0 ? { olderThanMs: number } : {}),
        ...(number % 5 === 0 ? { model: memoryKey(random).model } : {}),
        limit: number % 4,
        dryRun: number % 7 === 0,
      };
      return twins.both(`prune memory ${JSON.stringify(filter)}`, (store) => store.pruneMemory(filter));
    },
    async () => clock.advance(random.pick([0, 1, 300, 1_000, 60_000])),
  ];
  const leased: ReadonlyArray<(held: readonly [Lease, Lease]) => Promise<unknown>> = [
    (held) => twins.both('heartbeat', (store, side) => store.heartbeat(held[side], 1_000)),
    (held) => twins.both('release', (store, side) => store.release(held[side])),
    (held) =>
      twins.both('checkpoint', (store, side) =>
        store.checkpoint(held[side], [
          { stage: `s${number % 2}`, piece: `p${number % 3}`, fingerprint: 'f', result: { number } },
        ]),
      ),
    (held) =>
      twins.both('window', (store, side) =>
        store.saveWindow(
          held[side],
          { stage: 'w', piece: `${number % 4}`, fingerprint: 'f', result: number },
          {
            window: { index: number % 4, start: number % 4, end: (number % 4) + 1 },
            segments: [
              {
                id: number,
                start: 0,
                end: 1,
                text: piece,
                confidence: 0.5,
                avg_logprob: -1,
                no_speech_prob: 0,
                tokens: [],
              },
            ],
          },
        ),
      ),
    async (held) => {
      const tasks = await twins.both('get', (store, side) => store.get(held[side].taskId));
      await twins.both('translations', (store, side) => {
        const known = tasks?.[side] ?? { id: held[side].taskId, textId };
        const changes = { language, source, content: `${piece} ${number}` };
        return store.saveTranslations(held[side], [], [content(known as Parameters<typeof content>[0], changes)]);
      });
    },
    (held) =>
      twins.both('facts', (store, side) =>
        store.saveFacts(held[side], { progress: number / 900, models: { [language]: piece }, warnings: [piece] }),
      ),
    (held) =>
      twins.both('complete', (store, side) =>
        store.complete(
          held[side],
          { accuracy: { accuracy: number / 1_000, wer: 0, cer: 0 }, audioDuration: number / 7 },
          number / 10,
        ),
      ),
    (held) =>
      twins.both('fail', (store, side) =>
        store.fail(
          held[side],
          failure(number % 3 === 0 ? 'ENGINE_FAILED' : 'INPUT_EMPTY'),
          1,
          number % 3 === 0
            ? undefined
            : { afterMs: number % 4 === 0 ? 0 : number, counts: number % 2 === 0 ? 'retry' : 'crash' },
        ),
      ),
  ];
  const action = lease !== undefined && random.below(2) === 0 ? () => random.pick(leased)(lease) : random.pick(work);
  await action();
}

test('both stores answer every sequence of calls alike', () =>
  withFolder(async (folder) => {
    const random = seededRandom('store sequences');
    let completions = 0;
    let evictions = 0;
    for (let sequence = 0; sequence < SEQUENCES; sequence += 1) {
      const clock = new ManualClock();
      const memory = new MemoryStore({ clock: clock.read, memoryLimit: MEMORY_LIMIT });
      const sqlite = await openSqliteStore(path.join(folder, `${sequence}.sqlite`), {
        clock: clock.read,
        memoryLimit: MEMORY_LIMIT,
      });
      const twins = new Twins([memory, sqlite], []);
      for (let count = 0; count < STEPS; count += 1) await step(random, twins, clock);
      completions += await memory.count({ status: 'completed' });
      await twins.both('everything', (store) => store.list());
      await twins.both('every content', (store) => store.translations({}));
      await twins.both(
        'all of the memory',
        async (store) => (await store.memoryEntries({ limit: MEMORY_LIMIT + 1 })).entries,
      );
      evictions += (await memory.stats()).memory.evicted;
      await twins.both('every number', (store) => store.stats());
      for (const selection of SELECTIONS) await twins.both('every end', (store) => store.settled(selection, 1_000));
      await Promise.all([memory.close(), sqlite.close()]);
    }
    assert.ok(completions > SEQUENCES, `${completions} tasks were completed: the sequences reach every state`);
    assert.ok(evictions > SEQUENCES, `${evictions} entries had to leave the memory`);
  }));

test.run();
