import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  Admission,
  type AdmissionOptions,
  type Candidate,
  checkThresholds,
  DEFAULT_THRESHOLDS,
  decide,
  refuseNewWork,
} from '../../src/admission/admission.js';
import { combinedMemory, type ModelMemory, type TaskMemory } from '../../src/admission/task-memory.js';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import type { MemoryState } from '../../src/domain/memory.js';
import { seededRandom } from '../fixtures/random.js';

const MIB = 2 ** 20;
const TOTAL = 1000 * MIB;

function memory(usedMib: number, limit: MemoryState['limit'] = 'machine'): MemoryState {
  return { total: TOTAL, available: TOTAL - usedMib * MIB, used: usedMib / 1000, limit };
}

function candidate(usedMib: number, more: Partial<Candidate> = {}): Candidate {
  return {
    memory: memory(usedMib),
    thresholds: DEFAULT_THRESHOLDS,
    running: 1,
    reserved: 0,
    predicted: 0,
    alone: 100 * MIB,
    models: 'small',
    ...more,
  };
}

const model = (key: string, weightsMib: number, perLaneMib = 0, lanes = 1): ModelMemory => ({
  key,
  name: key,
  weights: weightsMib * MIB,
  perLane: perLaneMib * MIB,
  lanes,
});

function need(models: readonly ModelMemory[], taskMib: number, baseMib = 50): TaskMemory {
  const parts = { base: baseMib * MIB, models, task: taskMib * MIB };
  return { ...parts, total: combinedMemory([parts], 2) };
}

test('tasks start below the hold and wait from it on', () => {
  assert.is(decide(candidate(849)).kind, 'start');
  const held = decide(candidate(850));
  assert.is(held.kind, 'hold');
  assert.match(held.kind === 'hold' ? held.reason : '', /85 % of the memory of this machine are in use \(150 MiB of/);
});

test('tasks wait when their prediction and what is spoken for would pass the refusal', () => {
  const fits = { reserved: 200 * MIB, predicted: 300 * MIB };
  assert.is(decide(candidate(400, fits)).kind, 'start', 'exactly 90 %');
  const held = decide(candidate(401, fits));
  assert.is(held.kind, 'hold');
  assert.match(held.kind === 'hold' ? held.reason : '', /200 MiB are spoken for, and small would take 300 MiB more/);
});

test('with nothing of ours in work a task starts, however full the memory is', () => {
  assert.is(decide(candidate(990, { running: 0, predicted: 500 * MIB })).kind, 'start');
});

test('a task that alone needs more than there is never starts, and says what would', () => {
  for (const running of [0, 1]) {
    const decision = decide(candidate(100, { running, alone: 1500 * MIB, models: 'large and m2m' }));
    if (decision.kind !== 'refuse') throw new Error('it was not refused');
    const { code, retryable, message, details } = decision.error;
    assert.is(code, 'OUT_OF_MEMORY');
    assert.not.ok(retryable);
    assert.is(
      message,
      'A task with large and m2m needs about 1.5 GiB, but this machine has 1000 MiB in all. Use a smaller model or fewer jobs.',
    );
    assert.equal(details, { models: 'large and m2m', needed: 1500 * MIB, total: TOTAL, limit: 'machine' });
  }
  assert.is(decide(candidate(0, { running: 0, alone: TOTAL })).kind, 'start');
});

test('new work is refused from the third threshold on, with the numbers', () => {
  assert.is(refuseNewWork(memory(899)), null);
  const error = refuseNewWork(memory(930, 'container'));
  assert.is(error?.code, 'OVERLOADED');
  assert.ok(error?.retryable);
  assert.match(
    error?.message ?? '',
    /^93 % of the memory of this container are in use \(70 MiB of 1000 MiB left\); no new/,
  );
  assert.is(error?.details.available, 70 * MIB);
  assert.is(refuseNewWork(memory(930), { warn: 0.9, hold: 0.95, refuse: 0.97 }), null);
});

test('thresholds must be shares in ascending order', () => {
  checkThresholds({ warn: 0.5, hold: 0.5, refuse: 1 });
  const wrong = [
    { warn: 0.9, hold: 0.85, refuse: 0.9 },
    { warn: 0.8, hold: 0.95, refuse: 0.9 },
    { warn: 0.8, hold: 0.85, refuse: 1.1 },
    { warn: 0, hold: 0.85, refuse: 0.9 },
    { warn: Number.NaN, hold: 0.85, refuse: 0.9 },
  ];
  for (const thresholds of wrong) {
    assert.throws(
      () => checkThresholds(thresholds),
      (error: unknown) => error instanceof VoiceLinguaError && error.code === 'INVALID_ARGUMENT',
    );
  }
});

test('tasks share the host, the weights of a model and its lanes', () => {
  const small = model('small', 400, 100, 2);
  assert.is(combinedMemory([], 2), 0);
  assert.is(combinedMemory([need([small], 30)], 2), (50 + 400 + 200 + 30) * MIB);
  assert.is(combinedMemory([need([small], 30), need([small], 40)], 2), (50 + 400 + 200 + 70) * MIB);
  const clip = model('small', 400, 100, 1);
  assert.is(combinedMemory([need([clip], 10), need([clip], 10)], 4), (50 + 400 + 200 + 20) * MIB);
  const other = model('other', 300, 10, 4);
  assert.is(combinedMemory([need([small], 0), need([other], 0)], 2), (50 + 600 + 320) * MIB);
});

interface Setting {
  usedMib: number;
  residentMib: number;
  loaded: string[];
}

function setUp(options: Partial<AdmissionOptions> = {}) {
  const now: Setting = { usedMib: 100, residentMib: 0, loaded: [] };
  const warnings: string[] = [];
  const admission = new Admission({
    readMemory: () => memory(now.usedMib),
    lanes: 2,
    resident: () => now.residentMib * MIB,
    loadedModels: () => now.loaded,
    warn: (message) => warnings.push(message),
    ...options,
  });
  return { admission, now, warnings };
}

test('a task that started reserves what it has not taken yet', () => {
  const { admission, now } = setUp();
  const first = need([model('small', 400)], 50);
  const second = need([model('other', 300)], 50);
  assert.is(admission.decide(first).kind, 'start');
  admission.started('1', first);
  // 100 used, 500 reserved, 350 more: 950 of 1000.
  assert.is(admission.decide(second).kind, 'hold');
  // The first has taken all that it was predicted to: 600 used, nothing reserved, 350 more.
  now.usedMib = 600;
  now.residentMib = 500;
  assert.is(admission.decide(second).kind, 'hold');
  // It needs less than predicted by others' leaving: the sum decides.
  now.usedMib = 540;
  assert.is(admission.decide(second).kind, 'start');
  now.usedMib = 600;
  admission.ended('1');
  assert.is(admission.decide(second).kind, 'start', 'nothing runs any more');
});

test('half taken is half reserved', () => {
  const { admission, now } = setUp();
  admission.started('1', need([model('small', 400)], 50));
  now.residentMib = 250;
  now.usedMib = 350;
  // 350 used, 250 reserved: 300 more fit, 301 do not.
  assert.is(admission.decide(need([model('small', 400)], 300)).kind, 'start');
  assert.is(admission.decide(need([model('small', 400)], 301)).kind, 'hold');
});

test('a second task of the same models adds its own part only', () => {
  const { admission, now } = setUp();
  const task = need([model('small', 600, 50, 2)], 20);
  admission.started('1', task);
  now.residentMib = 770;
  now.usedMib = 840;
  assert.is(admission.decide(task).kind, 'start', '20 MiB more');
  admission.started('2', task);
  assert.is(admission.decide(need([model('other', 100)], 20)).kind, 'hold');
});

test('a model that stays loaded is there already, and is not taken for the growth of another', () => {
  const { admission, now } = setUp();
  const big = need([model('big', 300)], 10);
  const small = need([model('small', 100)], 10);
  admission.started('1', big);
  admission.ended('1');
  now.loaded = ['big', 'unknown'];
  now.residentMib = 350;
  now.usedMib = 450;
  admission.started('2', small);
  // 450 used, 110 of the second to come, 330 free up to the refusal: what the idle model holds is not the second's.
  assert.is(admission.decide(need([model('third', 330)], 10)).kind, 'start');
  assert.is(admission.decide(need([model('third', 331)], 10)).kind, 'hold');
  // The idle one itself needs no weights again.
  assert.is(admission.decide(need([model('big', 300)], 340)).kind, 'start');
  now.loaded = [];
  assert.is(admission.decide(need([model('big', 300)], 340)).kind, 'hold');
});

test('the warning comes once a crossing, and again only after memory had clearly fallen', () => {
  const { admission, now, warnings } = setUp();
  const levels = [790, 800, 820, 790, 810, 760, 805, 750, 740, 801, 900];
  const counts = levels.map((level) => {
    now.usedMib = level;
    admission.refuseNewWork();
    return warnings.length;
  });
  assert.equal(counts, [0, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2]);
  assert.match(warnings[0] ?? '', /^80 % of the memory of this machine are in use/);
});

test('refusal looks at the memory of now', () => {
  const { admission, now } = setUp();
  assert.is(admission.refuseNewWork(), null);
  now.usedMib = 950;
  assert.is(admission.refuseNewWork()?.code, 'OVERLOADED');
  now.usedMib = 100;
  assert.is(admission.refuseNewWork(), null);
});

test('tasks that take what was predicted never bring the machine over the refusal, and all end', () => {
  const random = seededRandom('admission');
  for (let round = 0; round < 200; round++) {
    const { admission, now } = setUp();
    const others = random.below(300);
    const models = ['a', 'b', 'c'].map((key) =>
      model(key, 50 + random.below(250), random.below(60), 1 + random.below(2)),
    );
    const waiting = Array.from({ length: 8 }, (_, index) => ({
      id: String(index),
      need: need([random.pick(models)], random.below(60)),
    }));
    const running: typeof waiting = [];
    let resident = 0;
    for (let step = 0; waiting.length + running.length > 0; step++) {
      if (step > 500) throw new Error('tasks wait for ever');
      const held = combinedMemory(
        running.map((task) => task.need),
        2,
      );
      // The host comes nearer to what its tasks need; what ended is given back.
      resident = Math.min(held, resident + random.below(200) * MIB);
      now.residentMib = resident / MIB;
      now.usedMib = others + resident / MIB;
      assert.ok(now.usedMib <= 900 || running.length === 1);
      const next = waiting[0];
      if (next !== undefined && admission.decide(next.need).kind === 'start') {
        admission.started(next.id, next.need);
        running.push(...waiting.splice(0, 1));
      } else if (running.length > 0 && random.below(3) === 0) {
        const [ended] = running.splice(random.below(running.length), 1);
        admission.ended(ended?.id as string);
      }
    }
  }
});

test.run();
