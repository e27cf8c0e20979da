/** P13: how late the caller's event loop is while both cores infer. */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { interleave } from '../lib/measure.mjs';
import { speechFile } from '../lib/recordings.mjs';
import { open, speechModel } from '../lib/subjects.mjs';

const CLIPS = 8;
const RESOLUTION_MS = 1;

export const id = 'P13';
export const title = "delay of the caller's event loop while both cores infer, 99th percentile";

export async function run({ rounds }) {
  const model = speechModel('tiny');
  const file = speechFile(20);
  const callers = {};
  for (const isolation of ['process', 'thread']) callers[isolation] = await open({ sttModel: model.path, isolation });
  let batch = 0;
  const delay = (isolation) => async () => {
    const name = batch++;
    const requests = Array.from({ length: CLIPS }, (_, index) => ({
      audio: file,
      language: 'en',
      textId: `batch ${name}, clip ${index}`,
    }));
    const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    histogram.enable();
    // Submitting, storing and reporting belong to what the caller's loop has to bear.
    const ids = (await callers[isolation].submit(requests)).map((task) => task.id);
    const { completed } = await callers[isolation].run(ids);
    histogram.disable();
    if (completed !== CLIPS) throw new Error(`only ${completed} of ${CLIPS} completed`);
    // The histogram counts the whole time between two ticks, of which one resolution is meant to be.
    return Math.max(0, histogram.percentile(99) / 1e6 - RESOLUTION_MS);
  };
  try {
    const figures = await interleave({ process: delay('process'), thread: delay('thread') }, rounds);
    const worst = Math.max(figures.process.median, figures.thread.median);
    return {
      subject: `${CLIPS} clips of 20 s, ${model.name}, both isolations`,
      figures,
      unit: 'ms',
      ratio: worst,
      ratioUnit: ' ms',
      goal: '≤ 20 ms',
      met: worst <= 20,
    };
  } finally {
    await Promise.all(Object.values(callers).map((lingua) => lingua.close()));
  }
}
