import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { covered, overlap, totalLength, union, without } from '../../src/domain/spans.js';
import { seededRandom } from '../fixtures/random.js';

const span = (start: number, end: number) => ({ start, end });

test('spans that overlap or touch become one; those without length go', () => {
  assert.equal(union([span(3, 4), span(1, 2), span(2, 2.5), span(9, 9)]), [span(1, 2.5), span(3, 4)]);
});

test('what is left of spans begins and ends where others end and begin', () => {
  assert.equal(without([span(0, 10)], [span(2, 3), span(2.5, 4), span(9, 12)]), [span(0, 2), span(4, 9)]);
  assert.equal(without([span(0, 1), span(5, 6)], [span(0, 6)]), []);
  assert.equal(without([span(0, 1)], []), [span(0, 1)]);
});

test('of what is left short pieces may be left out; what has no length takes nothing away', () => {
  assert.equal(without([span(0, 10)], [span(1, 2), span(4, 4), span(6, 9)], 2), [span(2, 6)]);
  assert.equal(without([span(0, 1), span(5, 7)], [span(6, 6.5)], 1), [span(0, 1), span(5, 6)]);
  assert.equal(without([span(0, 10)], [span(1, 8), span(2, 3), span(4, 9)]), [span(0, 1), span(9, 10)]);
});

test('overlaps add up', () => {
  assert.is(overlap(span(0, 2), span(1, 5)), 1);
  assert.is(overlap(span(0, 1), span(2, 3)), 0);
  assert.is(covered(span(0, 10), [span(1, 2), span(9, 20)]), 2);
});

test('taking spans away and what is shared make the whole, for any spans', () => {
  const { below } = seededRandom('spans');
  for (let round = 0; round < 300; round++) {
    const some = () =>
      Array.from({ length: below(6) }, () => {
        const start = below(50);
        return span(start, start + below(10));
      });
    const [a, b] = [some(), some()];
    const shared = union(a).reduce((sum, one) => sum + covered(one, union(b)), 0);
    assert.ok(Math.abs(totalLength(without(a, b)) + shared - totalLength(union(a))) < 1e-9);
  }
});

test('the work grows with the number of spans, not with its square', () => {
  let reads = 0;
  const counted = (start: number, end: number) => ({
    get start() {
      reads++;
      return start;
    },
    get end() {
      reads++;
      return end;
    },
  });
  const count = 5000;
  const speech = Array.from({ length: count }, (_, at) => counted(10 * at, 10 * at + 8));
  const text = Array.from({ length: count }, (_, at) => counted(10 * at + 1, 10 * at + 7));
  assert.is(without(speech, text).length, 2 * count);
  assert.ok(reads < 40 * count, `${reads} reads`);
});

test.run();
