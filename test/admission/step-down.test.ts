import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { type CallPlan, planSteps, type StepChange, StepDown } from '../../src/admission/step-down.js';
import { VoiceLinguaError } from '../../src/domain/errors.js';
import { seededRandom } from '../fixtures/random.js';
import { ManualClock, settle } from './manual-clock.js';

const BEST: CallPlan = { batch: 32, computeType: 'default', device: 'cuda' };
const STEPS = planSteps(BEST, true);
const RETRY_MS = 600_000;

const show = ({ batch, computeType, device }: CallPlan): string => `${device} ${computeType} ${batch}`;
const outOfMemory = (): VoiceLinguaError => new VoiceLinguaError('OUT_OF_MEMORY', 'CUDA failed: out of memory');

/** A device that holds so much: each row costs, and so do weights that are not 8-bit. The CPU has more. */
class Engine {
  capacity: { cuda: number; cpu: number };
  readonly made: string[] = [];

  constructor(cuda: number, cpu = 1000) {
    this.capacity = { cuda, cpu };
  }

  call = async (plan: CallPlan): Promise<string> => {
    this.made.push(show(plan));
    await settle();
    const need = (plan.computeType.startsWith('int8') ? 10 : 40) + plan.batch;
    if (need > this.capacity[plan.device]) throw outOfMemory();
    return show(plan);
  };
}

function setUp() {
  const clock = new ManualClock();
  const changes: StepChange[] = [];
  const steps = new StepDown({ now: clock.now, onStep: (change) => changes.push(change) });
  return { clock, changes, steps };
}

test('steps: half the batch down to one, then 8-bit weights, then the CPU', () => {
  assert.equal(planSteps({ ...BEST, batch: 4 }, true).map(show), [
    'cuda default 4',
    'cuda default 2',
    'cuda default 1',
    'cuda int8_float16 4',
    'cuda int8_float16 2',
    'cuda int8_float16 1',
    'cpu int8 4',
    'cpu int8 2',
    'cpu int8 1',
  ]);
});

test('steps leave out what the engine or the model cannot do', () => {
  assert.equal(planSteps({ batch: 1, computeType: 'default', device: 'cuda' }, false).map(show), [
    'cuda default 1',
    'cpu default 1',
  ]);
  assert.equal(planSteps({ batch: 2, computeType: 'int8_float16', device: 'cuda' }, true).map(show), [
    'cuda int8_float16 2',
    'cuda int8_float16 1',
    'cpu int8 2',
    'cpu int8 1',
  ]);
  assert.equal(planSteps({ batch: 3, computeType: 'default', device: 'cpu' }, true).map(show), [
    'cpu default 3',
    'cpu default 1',
    'cpu int8 3',
    'cpu int8 1',
  ]);
  assert.equal(planSteps({ batch: 1, computeType: 'default', device: 'cpu' }, false).map(show), ['cpu default 1']);
});

test('what fits at once is done once and nothing is said', async () => {
  const { steps, changes } = setUp();
  const engine = new Engine(1000);
  assert.is(await steps.run('m', STEPS, engine.call), 'cuda default 32');
  assert.equal(engine.made, ['cuda default 32']);
  assert.equal(changes, []);
});

test('a call steps down until it fits; later calls start there', async () => {
  const { steps, changes } = setUp();
  const engine = new Engine(50);
  assert.is(await steps.run('m', STEPS, engine.call), 'cuda default 8');
  assert.equal(engine.made, ['cuda default 32', 'cuda default 16', 'cuda default 8']);
  assert.is(changes.length, 1);
  assert.is(show(changes[0]?.from as CallPlan), 'cuda default 32');
  assert.is(show(changes[0]?.to as CallPlan), 'cuda default 8');
  assert.is(changes[0]?.error?.code, 'OUT_OF_MEMORY');
  engine.made.length = 0;
  await steps.run('m', STEPS, engine.call);
  assert.equal(engine.made, ['cuda default 8']);
  await steps.run('other', STEPS, engine.call);
  assert.is(engine.made.length, 4, 'another key starts at the best');
});

test('weights that do not fit step down to 8 bits, then to the CPU', async () => {
  const { steps } = setUp();
  assert.is(await steps.run('a', STEPS, new Engine(20).call), 'cuda int8_float16 8');
  assert.is(await steps.run('b', STEPS, new Engine(5).call), 'cpu int8 32');
});

test('when nothing fits the last error comes out and nothing is remembered', async () => {
  const { steps, changes } = setUp();
  const engine = new Engine(0, 0);
  for (let i = 0; i < 2; i++) {
    engine.made.length = 0;
    try {
      await steps.run('m', STEPS, engine.call);
      assert.unreachable();
    } catch (error) {
      assert.is((error as VoiceLinguaError).code, 'OUT_OF_MEMORY');
    }
    assert.equal(engine.made, STEPS.map(show));
  }
  assert.equal(changes, []);
});

test('another failure is no reason to step down', async () => {
  const { steps } = setUp();
  let calls = 0;
  for (const error of [new VoiceLinguaError('ENGINE_FAILED', 'no'), new VoiceLinguaError('CANCELLED', 'stop')]) {
    try {
      await steps.run('m', STEPS, async () => {
        calls++;
        throw error;
      });
      assert.unreachable();
    } catch (thrown) {
      assert.is(thrown, error);
    }
  }
  assert.is(calls, 2);
});

test('after ten minutes one call tries the next better step, and fails without harm', async () => {
  const { steps, clock, changes } = setUp();
  const engine = new Engine(50);
  await steps.run('m', STEPS, engine.call);
  await clock.move(RETRY_MS - 1);
  engine.made.length = 0;
  await steps.run('m', STEPS, engine.call);
  assert.equal(engine.made, ['cuda default 8']);
  await clock.move(1);
  engine.made.length = 0;
  const both = await Promise.all([steps.run('m', STEPS, engine.call), steps.run('m', STEPS, engine.call)]);
  assert.equal(both, ['cuda default 8', 'cuda default 8']);
  assert.equal(engine.made.filter((plan) => plan === 'cuda default 16').length, 1);
  engine.made.length = 0;
  await steps.run('m', STEPS, engine.call);
  assert.equal(engine.made, ['cuda default 8'], 'the next try is ten minutes away again');
  assert.is(changes.length, 1);
});

test('when memory is there again it climbs call by call to the best, and says so', async () => {
  const { steps, clock, changes } = setUp();
  const engine = new Engine(20);
  await steps.run('m', STEPS, engine.call);
  const low = STEPS.findIndex((plan) => show(plan) === 'cuda int8_float16 8');
  engine.capacity.cuda = 1000;
  await clock.move(RETRY_MS);
  for (let step = low - 1; step >= 0; step--) {
    assert.is(await steps.run('m', STEPS, engine.call), show(STEPS[step] as CallPlan));
  }
  assert.is(await steps.run('m', STEPS, engine.call), 'cuda default 32');
  assert.is(changes.length, 1 + low);
  assert.ok(changes.slice(1).every(({ error }) => error === null));
});

test('a try of a better step that fails otherwise leaves the way open for the next', async () => {
  const { steps, clock } = setUp();
  const engine = new Engine(50);
  await steps.run('m', STEPS, engine.call);
  await clock.move(RETRY_MS);
  const cancelled = new VoiceLinguaError('CANCELLED', 'stop');
  const error = await steps.run('m', STEPS, () => Promise.reject(cancelled)).catch((thrown: unknown) => thrown);
  assert.is(error, cancelled);
  engine.capacity.cuda = 1000;
  assert.is(await steps.run('m', STEPS, engine.call), 'cuda default 16');
});

test('calls at once that all run out of memory end at what fits, and so does what is remembered', async () => {
  const random = seededRandom('step down');
  for (let round = 0; round < 60; round++) {
    const { steps, clock } = setUp();
    const engine = new Engine(random.below(90), 12 + random.below(60));
    const fits = (plan: CallPlan): boolean =>
      (plan.computeType.startsWith('int8') ? 10 : 40) + plan.batch <= engine.capacity[plan.device];
    for (let wave = 0; wave < 5; wave++) {
      const best = STEPS.find(fits);
      const results = await Promise.allSettled(Array.from({ length: 4 }, () => steps.run('m', STEPS, engine.call)));
      for (const result of results) {
        if (result.status === 'fulfilled') assert.ok(STEPS.some((plan) => show(plan) === result.value && fits(plan)));
        else assert.is(best, undefined);
      }
      if (random.below(2) === 0) engine.capacity.cuda = random.below(90);
      await clock.move(random.below(2) * RETRY_MS);
    }
    // Left alone, with time, it comes back to the best that fits.
    for (let i = 0; i <= STEPS.length; i++) {
      await clock.move(RETRY_MS);
      await steps.run('m', STEPS, engine.call).catch(() => undefined);
    }
    const best = STEPS.find(fits);
    if (best === undefined) continue;
    const reached = await steps.run('m', STEPS, engine.call);
    const position = STEPS.findIndex((plan) => show(plan) === reached);
    assert.ok(fits(STEPS[position] as CallPlan));
    assert.not.ok(position > 0 && fits(STEPS[position - 1] as CallPlan), 'the next better step does not fit');
  }
});

test.run();
