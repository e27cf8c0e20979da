import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Blame, type HostDeath, parseCrashReport, type Suspect } from '../../src/pool/host-death.js';

const DEATH: HostDeath = { signal: 'SIGSEGV', exitCode: null, stderr: 'last words', report: null, killedFor: null };

const CALLS = new Map<number, Suspect>([
  [1, { method: 'recognize', group: 'a', label: 'talk', facts: { window: { index: 4 } } }],
  [2, { method: 'nextWindow', group: 'a', label: 'talk' }],
  [3, { method: 'translate', group: 'b', label: 'note' }],
]);

function blame(death: Partial<HostDeath>, calls: ReadonlyMap<number, Suspect> = CALLS): Map<number, string> {
  const judge = new Blame({ ...DEATH, ...death }, calls);
  return new Map([...calls].map(([id, call]) => [id, String(judge.errorFor(call).details.culprit)]));
}

test('the reported call convicts its whole group, with what it was at', () => {
  const report = { signal: 11, call: 1, active: [1, 3] };
  assert.equal(
    [...blame({ report })],
    [
      [1, 'this'],
      [2, 'this'],
      [3, 'other'],
    ],
  );
  const judge = new Blame({ ...DEATH, report }, CALLS);
  const error = judge.errorFor(CALLS.get(2) as Suspect);
  assert.is(error.code, 'ENGINE_CRASHED');
  assert.is(error.retryable, true);
  assert.equal(error.details, {
    culprit: 'this',
    signal: 'SIGSEGV',
    exitCode: null,
    stderr: 'last words',
    method: 'recognize',
    window: { index: 4 },
    label: 'talk',
  });
  assert.match(error.message, /died of SIGSEGV in recognize for "talk"/);
  assert.match(judge.errorFor(CALLS.get(3) as Suspect).message, /in the work of another task/);
});

test('a thread without a mark is the one running call, or nobody known', () => {
  assert.equal([...blame({ report: { signal: 6, call: 0, active: [3] } }).values()], ['other', 'other', 'this']);
  assert.equal(
    [...blame({ report: { signal: 6, call: 0, active: [1, 3] } }).values()],
    ['unknown', 'unknown', 'unknown'],
  );
  assert.equal(
    [...blame({ report: { signal: 6, call: 99, active: [99] } }).values()],
    ['unknown', 'unknown', 'unknown'],
  );
});

test('without a report (SIGKILL from outside) a group that was alone did it', () => {
  assert.equal([...blame({ signal: 'SIGKILL' }).values()], ['unknown', 'unknown', 'unknown']);
  const alone = new Map([...CALLS].filter(([id]) => id !== 3));
  assert.equal([...blame({ signal: 'SIGKILL' }, alone).values()], ['this', 'this']);
});

test('a host that was killed for one group is no fault of the others', () => {
  assert.equal([...blame({ killedFor: 'b' }).values()], ['other', 'other', 'this']);
  const judge = new Blame({ ...DEATH, killedFor: 'b' }, CALLS);
  assert.is(judge.errorFor(CALLS.get(1) as Suspect).details.deliberate, true);
});

test('calls without a group are one group', () => {
  const calls = new Map<number, Suspect>([[1, { method: 'describe' }]]);
  assert.equal([...blame({}, calls).values()], ['this']);
});

test('a report is the last whole line', () => {
  assert.is(parseCrashReport(''), null);
  assert.is(parseCrashReport('{"signal":11,"ca'), null);
  const report = { signal: 11, call: 7, active: [7] };
  assert.equal(parseCrashReport(`${JSON.stringify(report)}\n`), report);
  assert.equal(parseCrashReport(`noise\n${JSON.stringify(report)}\n{"sig`), report);
});

test('of calls that were served together one did it, and nobody else', () => {
  const report = { signal: 11, call: 1000, active: [1000, 2] };
  const judge = new Blame({ ...DEATH, report }, CALLS, new Map([[1000, [1, 3]]]));
  assert.equal(
    [...CALLS.values()].map((call) => judge.errorFor(call).details.culprit),
    ['unknown', 'unknown', 'unknown'],
  );
  assert.equal([...judge.suspects].sort(), ['a', 'b']);
  const others = new Map<number, Suspect>([...CALLS, [4, { method: 'recognize', group: 'c' }]]);
  const three = new Blame({ ...DEATH, report }, others, new Map([[1000, [1, 3]]]));
  assert.is(three.errorFor(others.get(4) as Suspect).details.culprit, 'other');
});

test('calls of one group that were served together convict it', () => {
  const report = { signal: 11, call: 1000, active: [1000] };
  const judge = new Blame({ ...DEATH, report }, CALLS, new Map([[1000, [1, 2]]]));
  assert.is(judge.errorFor(CALLS.get(1) as Suspect).details.culprit, 'this');
  assert.is(judge.errorFor(CALLS.get(3) as Suspect).details.culprit, 'other');
  assert.equal(judge.suspects, []);
});

test('nobody is suspected when the culprit is known, or the process was killed on purpose', () => {
  assert.equal(new Blame({ ...DEATH, report: { signal: 11, call: 1, active: [1, 3] } }, CALLS).suspects, []);
  assert.equal(new Blame({ ...DEATH, killedFor: 'a' }, CALLS).suspects, []);
  assert.equal([...new Blame(DEATH, CALLS).suspects].sort(), ['a', 'b']);
});

test.run();
