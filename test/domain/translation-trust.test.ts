import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { CheckName, Finding } from '../../src/domain/translation-checks/index.js';
import {
  betterTranslation,
  calibratedConfidence,
  retryPlan,
  SUSPECT_FROM,
  suspicionOf,
  type TranslationCandidate,
} from '../../src/domain/translation-trust.js';
import { randomOf, testSeed } from '../fixtures/random.js';

const CHECKS: readonly CheckName[] = [
  'length',
  'repetition',
  'numbers',
  'names',
  'placeholders',
  'copied',
  'script',
  'empty',
];

const finding = (check: CheckName, weight: number, detail = 'seen'): Finding => ({ check, weight, detail });

const next = randomOf(testSeed('translation trust'));
const someFindings = (): Finding[] =>
  Array.from({ length: Math.floor(next() * 4) }, () =>
    finding(CHECKS[Math.floor(next() * CHECKS.length)] as CheckName, Math.max(0.01, next())),
  );

test('no finding is no suspicion, one is its weight, and different checks add up', () => {
  assert.equal(suspicionOf([]), { level: 0, suspect: false, reason: '' });
  assert.ok(Math.abs(suspicionOf([finding('names', 0.35)]).level - 0.35) < 1e-9);
  assert.is(suspicionOf([finding('names', 0.35)]).suspect, false);
  assert.is(suspicionOf([finding('length', SUSPECT_FROM)]).suspect, true);
  const both = suspicionOf([finding('names', 0.35), finding('numbers', 0.5)]);
  assert.ok(Math.abs(both.level - (1 - 0.65 * 0.5)) < 1e-9);
  assert.is(both.reason, 'numbers: seen; names: seen');
});

test('several findings of one check count as its heaviest', () => {
  const one = suspicionOf([finding('numbers', 0.7)]);
  const two = suspicionOf([finding('numbers', 0.5, 'missing'), finding('numbers', 0.7, 'added')]);
  assert.is(two.level, one.level);
  assert.is(two.reason, 'numbers: added; numbers: missing');
});

test('the better of two: fewer doubts first, then the more probable, then the earlier', () => {
  const likely: TranslationCandidate = { meanTokenProbability: 0.9, findings: [] };
  const unlikely: TranslationCandidate = { meanTokenProbability: 0.5, findings: [] };
  const doubtful: TranslationCandidate = { meanTokenProbability: 0.9, findings: [finding('length', 0.5)] };
  const hopeless: TranslationCandidate = { meanTokenProbability: 0.95, findings: [finding('empty', 1)] };
  assert.is(betterTranslation([unlikely, likely]), likely);
  assert.is(betterTranslation([doubtful, unlikely]), unlikely);
  assert.is(betterTranslation([hopeless, doubtful]), doubtful);
  const same = { ...likely };
  assert.is(betterTranslation([likely, same]), likely);
  assert.is(betterTranslation([same, likely]), same);
  assert.is(betterTranslation([hopeless]), hopeless);
  const broken: TranslationCandidate = { meanTokenProbability: Number.NaN, findings: [] };
  assert.is(betterTranslation([broken, unlikely]), unlikely);
});

test('the choice does not depend on the order, but among equals', () => {
  const some = (): TranslationCandidate => ({ meanTokenProbability: next(), findings: someFindings() });
  for (let round = 0; round < 500; round++) {
    const [first, second, third] = [some(), some(), some()];
    assert.is(betterTranslation([first, second, third]), betterTranslation([third, first, second]));
  }
});

test('confidence grows with the token score, falls with length and findings, and never exceeds the score', () => {
  for (let round = 0; round < 2_000; round++) {
    const [a, b] = [next(), next()].sort((x, y) => x - y) as [number, number];
    const findings = someFindings();
    const sourceLength = Math.floor(next() * 500);
    const of = (meanTokenProbability: number, length = sourceLength, found: readonly Finding[] = findings): number =>
      calibratedConfidence({ meanTokenProbability, findings: found, sourceLength: length });
    assert.ok(of(a) <= of(b));
    assert.ok(of(a) >= 0 && of(a) <= a);
    assert.ok(of(a, sourceLength + 50) <= of(a));
    assert.ok(of(a, sourceLength, [...findings, finding('script', 0.4)]) <= of(a));
  }
});

test('the formula, by hand', () => {
  const of = (meanTokenProbability: number, sourceLength: number, findings: readonly Finding[] = []): number =>
    calibratedConfidence({ meanTokenProbability, sourceLength, findings });
  const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-9, `${actual}`);
  near(of(0.8, 0), 0.8);
  near(of(0.8, 30), 0.8 ** (1 + Math.LN2));
  near(of(0.8, 30, [finding('numbers', 0.5)]), 0.8 ** (1 + Math.LN2) / 2);
  near(of(1, 400), 1);
  near(of(0.9, 100, [finding('empty', 1)]), 0);
  near(of(Number.NaN, 10), 0);
  near(of(7, -3), 1);
});

test('a plan for each finding: the remedy that fits comes first', () => {
  const first = (check: CheckName) => retryPlan({ beamSize: 4 }, [finding(check, 0.6)])[0];
  assert.equal(first('length'), { beamSize: 4, splitAtClauses: true, because: 'length' });
  assert.equal(first('repetition'), { beamSize: 4, noRepeatNgramSize: 3, because: 'repetition' });
  assert.equal(first('copied'), { beamSize: 8, because: 'copied' });
  assert.equal(retryPlan({ beamSize: 4 }, [finding('numbers', 0.5)]), [
    { beamSize: 8, because: 'numbers' },
    { beamSize: 4, splitAtClauses: true, because: 'numbers' },
    { beamSize: 4, otherModel: true, because: 'numbers' },
  ]);
  assert.equal(retryPlan({}, []), []);
});

test('the heaviest finding leads, the others add what it lacks, and nothing is tried twice', () => {
  const plan = retryPlan({ beamSize: 1 }, [finding('length', 0.5), finding('repetition', 0.9)]);
  assert.equal(plan, [
    { beamSize: 1, noRepeatNgramSize: 3, because: 'repetition' },
    { beamSize: 4, noRepeatNgramSize: 3, because: 'repetition' },
    { beamSize: 1, noRepeatNgramSize: 3, splitAtClauses: true, because: 'repetition' },
    { beamSize: 1, noRepeatNgramSize: 3, otherModel: true, because: 'repetition' },
  ]);
});

test('a plan never repeats the attempt, whatever it was', () => {
  const without = ({ because, ...settings }: { readonly because: CheckName }): string =>
    JSON.stringify(settings, Object.keys(settings).sort());
  for (let round = 0; round < 500; round++) {
    const attempt = {
      ...(next() < 0.7 ? { beamSize: 1 + Math.floor(next() * 9) } : {}),
      ...(next() < 0.5 ? { noRepeatNgramSize: Math.floor(next() * 4) } : {}),
      ...(next() < 0.5 ? { splitAtClauses: next() < 0.5 } : {}),
      ...(next() < 0.5 ? { otherModel: next() < 0.5 } : {}),
    };
    const findings = someFindings();
    const steps = retryPlan(attempt, findings).map(without);
    assert.is(new Set(steps).size, steps.length);
    assert.not.ok(steps.includes(without({ ...attempt, because: 'empty' })), JSON.stringify(attempt));
    if (findings.length > 0) assert.ok(steps.length >= 1);
  }
});

test.run();
