/**
 * A process of R11: has both kinds of engines at work and then ends in the way that its arguments name, or as a worker
 * thread is ended. Says `busy` on stdout when it is about to.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { isMainThread, parentPort, workerData } from 'node:worker_threads';
import { openVoiceLingua } from '../../src/index.js';
import { startWorker } from '../../src/threads/start-worker.js';

export interface ExitPlan {
  readonly way: 'exit' | 'throw' | 'terminate';
  readonly isolation: 'process' | 'thread';
  /** Milliseconds at work before the end. */
  readonly afterMs: number;
  readonly model: string;
  readonly recording: string;
}

const plan = (isMainThread ? JSON.parse(process.argv[2] as string) : workerData) as ExitPlan;

async function work(): Promise<void> {
  const { isolation, model, recording } = plan;
  const lingua = await openVoiceLingua({ store: ':memory:', sttModel: model, isolation, jobs: 2 });
  const sentences = Array.from({ length: 2000 }, (_, i) => `The train to Beijing leaves from platform ${i}.`);
  lingua.translate(sentences, { from: 'en', to: ['de', 'fr'] }).catch(() => undefined);
  const job = lingua.transcribe(recording, { language: 'en' });
  job.catch(() => undefined);
  for await (const event of job.events()) if (event.type === 'progress') break;
}

if (!isMainThread) {
  await work();
  parentPort?.postMessage('busy');
} else if (plan.way === 'terminate') {
  const worker = startWorker(new URL(import.meta.url), { workerData: plan });
  worker.once('message', async () => {
    await delay(plan.afterMs);
    process.stdout.write('busy\n');
    await worker.terminate();
    process.exitCode = 7;
  });
} else {
  await work();
  await delay(plan.afterMs);
  process.stdout.write('busy\n');
  setImmediate(() => {
    if (plan.way === 'exit') process.exit(7);
    throw new Error('an error that nobody catches');
  });
}
