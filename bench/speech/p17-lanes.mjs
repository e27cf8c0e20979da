/** P17: two lanes against one, one thread each, on a batch of recordings. */
import { interleave } from '../lib/measure.mjs';
import { speechFile } from '../lib/recordings.mjs';
import { open, speechModel } from '../lib/subjects.mjs';

const CLIPS = 8;

export const id = 'P17';
export const title = '2 lanes against 1 lane, 1 thread each';

export async function run({ rounds }) {
  const model = speechModel('tiny');
  const file = speechFile(20);
  const lanes = {};
  for (const jobs of [1, 2]) lanes[jobs] = await open({ sttModel: model.path, jobs, threads: 1 });
  let batch = 0;
  const drain = (jobs) => async () => {
    const name = batch++;
    const requests = Array.from({ length: CLIPS }, (_, index) => ({
      audio: file,
      language: 'en',
      textId: `batch ${name}, clip ${index}`,
    }));
    const ids = (await lanes[jobs].submit(requests)).map((task) => task.id);
    const started = performance.now();
    const { completed } = await lanes[jobs].run(ids);
    if (completed !== CLIPS) throw new Error(`only ${completed} of ${CLIPS} completed`);
    return (performance.now() - started) / 1000;
  };
  try {
    const figures = await interleave({ '1 lane': drain(1), '2 lanes': drain(2) }, rounds);
    const gain = figures['1 lane'].median / figures['2 lanes'].median;
    return {
      subject: `${CLIPS} clips of 20 s, ${model.name}, beam 5`,
      figures,
      unit: 's',
      ratio: gain,
      goal: '≥ 1.7 ×',
      met: gain >= 1.7,
    };
  } finally {
    await Promise.all(Object.values(lanes).map((lingua) => lingua.close()));
  }
}
