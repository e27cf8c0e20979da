import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { openVoiceLingua } from '../../src/index.js';
import { toneFile } from '../library/support.js';
import { hostsOf, inspectStore, temporaryFolder } from './support.js';

test('R3: the engine host is killed in mid-task; the task goes on from its last window', async () => {
  const home = temporaryFolder('r03');
  const store = join(home, 'store.sqlite');
  const lingua = await openVoiceLingua({ store });
  try {
    const recording = toneFile('r03.wav', 400);
    const job = lingua.transcribe(recording, { language: 'en' });
    let killedAt = 0;
    let againAt = 0;
    let before = 0;
    const progress: number[] = [];
    for await (const event of job.events()) {
      if (event.type === 'started' && killedAt > 0 && againAt === 0) againAt = performance.now();
      if (event.type !== 'progress') continue;
      if (killedAt === 0 && event.progress > 0.2) {
        before = event.progress;
        const [host] = hostsOf(process.pid);
        assert.ok(host, 'the engines run in a process of their own');
        process.kill(host as number, 'SIGKILL');
        killedAt = performance.now();
      } else if (againAt > 0) progress.push(event.progress);
    }
    const transcript = await job;
    assert.ok(Math.abs(transcript.duration - 400) < 1);
    assert.ok(killedAt > 0 && againAt > 0);
    // What was finished before is there at once: the first news of the second attempt is no earlier place than that.
    assert.ok((progress[0] ?? 0) >= before - 0.15, `went on at ${progress[0]}, was at ${before}`);
    const attempts = await lingua.attempts(job.id);
    assert.equal(
      attempts.map(({ outcome }) => outcome),
      ['lost', 'completed'],
    );
    assert.is(attempts[0]?.error?.code, 'ENGINE_CRASHED');
    assert.is(attempts[0]?.error?.details.signal, 'SIGKILL');
    const seconds = (againAt - killedAt) / 1000;
    console.log(`R3: in work again ${seconds.toFixed(2)} s after the kill`);
    assert.ok(seconds < 5);
  } finally {
    await lingua.close();
  }
  assert.is(inspectStore(store).integrity, 'ok');
});

test.run();
