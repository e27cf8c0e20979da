import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CostLedger, costOf } from '../../../src/engines/llm/cost.js';
import { seededRandom } from '../../fixtures/random.js';

const PRICES = { input: 2, cachedInput: 0.5, output: 8 };
const near = (value: number | null, wanted: number): void =>
  assert.ok(value !== null && Math.abs(value - wanted) < 1e-12, `${value} is not ${wanted}`);

test('cached input has its own price, or that of input', () => {
  const usage = { inputTokens: 1000, cachedInputTokens: 400, outputTokens: 100 };
  near(costOf(usage, PRICES), (600 * 2 + 400 * 0.5 + 100 * 8) / 1e6);
  near(costOf(usage, { input: 2, output: 8 }), (1000 * 2 + 100 * 8) / 1e6);
});

test('the ledger counts what was used, not what was put aside', () => {
  const ledger = new CostLedger(PRICES, 1);
  ledger.reserve({ inputTokens: 10_000, outputTokens: 10_000 }).settle({
    inputTokens: 100,
    cachedInputTokens: 0,
    outputTokens: 10,
  });
  ledger.reserve({ inputTokens: 10_000, outputTokens: 10_000 }).cancel();
  const { cost, ...totals } = ledger.totals();
  near(cost, (100 * 2 + 10 * 8) / 1e6);
  assert.equal(totals, {
    requests: 1,
    inputTokens: 100,
    cachedInputTokens: 0,
    outputTokens: 10,
    currency: 'USD',
    guessedRequests: 0,
  });
});

test('a request of unknown usage counts with the most it can have cost', () => {
  const ledger = new CostLedger({ ...PRICES, currency: 'EUR' });
  ledger.reserve({ inputTokens: 1000, outputTokens: 500 }).settle(null);
  const { cost, currency, guessedRequests } = ledger.totals();
  near(cost, (1000 * 2 + 500 * 8) / 1e6);
  assert.equal([currency, guessedRequests], ['EUR', 1]);
});

test('without prices tokens are counted and money is not', () => {
  const ledger = new CostLedger();
  ledger.reserve({ inputTokens: 10, outputTokens: 10 }).settle(null);
  assert.is(ledger.totals().cost, null);
  assert.is(ledger.totals().inputTokens, 10);
  assert.throws(
    () => new CostLedger(null, 1),
    (error: { code: string }) => error.code === 'INVALID_ARGUMENT',
  );
});

test('no order of requests takes the sum above the budget', () => {
  const random = seededRandom('budgets');
  let refused = 0;
  for (let round = 0; round < 200; round++) {
    const budget = random.next() * 0.05;
    const ledger = new CostLedger(PRICES, budget);
    const open: Array<() => void> = [];
    for (let step = 0; step < 50; step++) {
      const bound = { inputTokens: random.below(3000), outputTokens: random.below(1000) };
      try {
        const reservation = ledger.reserve(bound);
        const usage = {
          inputTokens: random.below(bound.inputTokens + 1),
          cachedInputTokens: 0,
          outputTokens: random.below(bound.outputTokens + 1),
        };
        open.push(() => (random.below(3) === 0 ? reservation.settle(null) : reservation.settle(usage)));
      } catch (thrown) {
        assert.is((thrown as { code: string }).code, 'BUDGET_EXCEEDED');
        refused += 1;
      }
      if (random.below(2) === 0) open.splice(random.below(open.length), 1)[0]?.();
    }
    for (const settle of open) settle();
    assert.ok((ledger.totals().cost as number) <= budget + 1e-12);
  }
  assert.ok(refused > 100, 'budgets were never short');
});

test('a part has totals of its own, and counts within the budget of the whole', () => {
  const ledger = new CostLedger(PRICES, 0.001);
  const [one, other] = [ledger.part(), ledger.part()];
  const first = one.reserve({ inputTokens: 100, outputTokens: 50 });
  assert.throws(
    () => other.reserve({ inputTokens: 300, outputTokens: 0 }),
    (error: { code?: string }) => error.code === 'BUDGET_EXCEEDED',
  );
  first.settle({ inputTokens: 100, cachedInputTokens: 0, outputTokens: 10 });
  other.reserve({ inputTokens: 300, outputTokens: 0 }).settle(null);
  other.reserve({ inputTokens: 10, outputTokens: 0 }).cancel();
  near(one.totals().cost, (100 * 2 + 10 * 8) / 1e6);
  near(other.totals().cost, (300 * 2) / 1e6);
  near(ledger.totals().cost, (400 * 2 + 10 * 8) / 1e6);
  assert.equal(
    [one, other, ledger].map((part) => [part.totals().requests, part.totals().guessedRequests]),
    [
      [1, 0],
      [1, 1],
      [2, 1],
    ],
  );
});

test.run();
