import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { planThreads } from '../../src/pool/thread-budget.js';

test('a CPU gets one lane a core, one thread each', () => {
  assert.equal(planThreads({ device: 'cpu', cores: 8 }), { lanes: 8, threadsPerLane: 1 });
});

test('fewer jobs leave more threads to each; given threads decide the lanes', () => {
  assert.equal(planThreads({ device: 'cpu', cores: 8, jobs: 2 }), { lanes: 2, threadsPerLane: 4 });
  assert.equal(planThreads({ device: 'cpu', cores: 8, threads: 4 }), { lanes: 2, threadsPerLane: 4 });
  assert.equal(planThreads({ device: 'cpu', cores: 8, jobs: 3, threads: 5 }), { lanes: 3, threadsPerLane: 5 });
});

test('cores are not oversubscribed unless asked for, and there is always one lane of one thread', () => {
  for (let cores = 1; cores <= 64; cores++) {
    for (let threads = 1; threads <= 64; threads++) {
      const plan = planThreads({ device: 'cpu', cores, threads });
      assert.ok(plan.lanes >= 1);
      assert.ok(plan.lanes === 1 || plan.lanes * plan.threadsPerLane <= cores);
    }
    for (let jobs = 1; jobs <= cores; jobs++) {
      const plan = planThreads({ device: 'cpu', cores, jobs });
      assert.ok(plan.lanes * plan.threadsPerLane <= cores);
    }
  }
});

test('a GPU is fed by two lanes', () => {
  assert.equal(planThreads({ device: 'cuda', cores: 16 }), { lanes: 2, threadsPerLane: 1 });
});

test.run();
