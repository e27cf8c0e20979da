import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { doneOf, figureWords } from '../../src/cli/progress/lines.js';
import { Meter } from '../../src/cli/progress/meter.js';
import { cli, inFolder, RecordingLingua } from './support.js';

async function runOnTerminal(env: Record<string, string>): Promise<{ stdout: string; stderr: string }> {
  return await inFolder(async (cwd) => {
    writeFileSync(join(cwd, 'a.wav'), 'sound');
    writeFileSync(join(cwd, 'b.wav'), 'sound');
    const lingua = new RecordingLingua();
    // One redraw of the bar at least.
    lingua.work = () => new Promise((resolve) => setTimeout(resolve, 300));
    const result = await cli(['run', 'a.wav', 'b.wav'], { cwd, lingua: lingua.api(), env, terminal: true });
    assert.is(result.code, 0);
    return result;
  });
}

test('a terminal gets a bar in place of lines, and colours', async () => {
  const { stdout, stderr } = await runOnTerminal({});
  assert.match(stderr, /[█░]+ +\d+ % \| \d of 2 \| /);
  assert.not.match(stderr, /started/);
  assert.ok(stdout.includes('\u001b['));
  assert.is(stdout.split('\n').length, 3);
  // A cursor that is put back would write over the results.
  assert.not(stderr.includes('\u001b8'));
});

test('NO_COLOR is honoured', async () => {
  const { stdout } = await runOnTerminal({ NO_COLOR: '1' });
  assert.not(stdout.includes('\u001b['));
});

test('a dumb terminal gets lines', async () => {
  const { stderr, stdout } = await runOnTerminal({ TERM: 'dumb' });
  assert.match(stderr, /^0 of 2 done; a\.wav started$/m);
  assert.not((stdout + stderr).includes('\u001b'));
});

/** A meter whose clock the test moves, in seconds. */
function meterAt(): { meter: Meter; at: (seconds: number) => void } {
  let now = 0;
  return {
    meter: new Meter(() => now * 1000),
    at: (seconds) => {
      now = seconds;
    },
  };
}

test('rate, speed and time left come from what was done in the last two minutes', () => {
  const { meter, at } = meterAt();
  meter.found(100, true);
  for (let task = 0; task < 40; task += 1) {
    at(task * 6);
    meter.event({ type: 'started', taskId: `t${task}` });
    at(task * 6 + 3);
    meter.event({ type: 'progress', taskId: `t${task}`, progress: 0.5, processed: 15, total: 30 });
    at(task * 6 + 6);
    meter.event({ type: 'done', taskId: `t${task}`, status: 'completed', error: null });
    meter.ended('completed', `t${task}`, 30);
  }
  const { done, perMinute, speed, left, share } = meter.figures();
  assert.is(done, 40);
  assert.is(share, 0.4);
  assert.ok(Math.abs((perMinute ?? 0) - 10) < 0.5, `${perMinute} a minute`);
  assert.ok(Math.abs((speed ?? 0) - 5) < 0.3, `${speed}x`);
  assert.ok(Math.abs((left ?? 0) - 360) < 15, `${left} s left`);
});

test('what an earlier call did counts as done, not as speed', () => {
  const { meter, at } = meterAt();
  meter.found(1000, true);
  for (let task = 0; task < 900; task += 1) meter.ended('before', `b${task}`, 60);
  meter.event({ type: 'started', taskId: 'long' });
  at(10);
  // A long recording that goes on from its checkpoint at one hour.
  meter.event({ type: 'progress', taskId: 'long', progress: 0.5, processed: 3600, total: 7200 });
  at(20);
  meter.event({ type: 'progress', taskId: 'long', progress: 0.51, processed: 3660, total: 7200 });
  const { done, perMinute, speed } = meter.figures();
  assert.is(done, 900);
  assert.is(perMinute, null);
  assert.ok((speed ?? 0) <= 6.5, `${speed}x`);
});

test('a task that is handed back counts no part; failures count', () => {
  const { meter } = meterAt();
  meter.found(4, true);
  meter.event({ type: 'progress', taskId: 'a', progress: 0.5 });
  assert.is(meter.figures().share, 0.125);
  meter.event({ type: 'done', taskId: 'a', status: 'pending', error: null });
  assert.is(meter.figures().share, 0);
  meter.ended('failed', 'a');
  meter.ended('failed');
  assert.is(meter.figures().share, 0.5);
  assert.is(meter.figures().failed, 2);
});

test('words for figures: a plus while more may be found, and nothing that is not known', () => {
  const { meter } = meterAt();
  meter.found(1200, false);
  assert.is(doneOf(meter.figures()), '0 of 1,200+');
  assert.equal(figureWords(meter.figures()), []);
  const figures = { ...meter.figures(), failed: 3, perMinute: 4.25, speed: 8.31, left: 920 };
  assert.equal(figureWords(figures), ['3 failed', '4.3 a minute', '8.3x real time', '15m20s left']);
});

test.run();
