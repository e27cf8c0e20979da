/** VoiceLingua as a contender, through its public API. */
import { open } from '../../lib/subjects.mjs';

let batches = 0;

/**
 * An instance with lanes of one thread each.
 * @param lanes as many as the peers have threads
 */
export function openOurs(model, { lanes = 2, device = 'cpu' } = {}) {
  return open({ sttModel: model, device, ...(device === 'cpu' ? { jobs: lanes, threads: 1 } : {}) });
}

/** Seconds for one file, and its text. */
export async function transcribeFile(lingua, file, options = {}) {
  const started = performance.now();
  const { text } = await lingua.transcribe(file, { language: 'en', ...options, textId: `run ${batches++}` });
  return { seconds: (performance.now() - started) / 1000, text };
}

/**
 * Submits files together and works them off.
 * @param models of each file, where it is not the instance's
 * @returns seconds in all, the texts in the order of the files, and the seconds after which each was done
 */
export async function transcribeAll(lingua, files, transcribe = {}, { models = [] } = {}) {
  const batch = batches++;
  const requests = files.map((audio, index) => ({
    audio,
    language: 'en',
    textId: `batch ${batch}, clip ${index}`,
    transcribe,
    ...(models[index] === undefined ? {} : { sttModel: models[index] }),
  }));
  const done = new Map();
  const started = performance.now();
  const ids = (await lingua.submit(requests)).map(({ id }) => id);
  const onTask = ({ id }) => done.set(id, (performance.now() - started) / 1000);
  const { completed } = await lingua.run(ids, { onTask });
  const seconds = (performance.now() - started) / 1000;
  if (completed !== files.length) {
    const [task] = await lingua.tasks({ ids, status: 'failed' });
    throw new Error(`only ${completed} of ${files.length} completed: ${task?.error?.message}`);
  }
  const packages = await lingua.query(ids);
  const texts = packages.map(({ translations }) => translations.en.text.content);
  return { seconds, texts, after: ids.map((id) => done.get(id)) };
}
