/** Transcribes recordings with the library, as a program of a user's would. */
import { performance } from 'node:perf_hooks';

/**
 * @param lingua an instance with the contender's model
 * @param detect whether the language is detected, not given
 * @param onDone told of each recording that is done
 * @returns for each recording its transcript or error, and the seconds that all took
 */
export async function transcribeAll(lingua, recordings, { transcribe, detect, atOnce, onDone }) {
  const outcomes = new Array(recordings.length);
  const next = recordings.entries();
  const work = async () => {
    for (const [index, { path, language, reference }] of next) {
      const options = {
        ...transcribe,
        language: detect || language === null ? 'auto' : language,
        ...(reference === null ? {} : { referenceText: reference, edits: false }),
        textId: String(index),
      };
      try {
        outcomes[index] = { transcript: await lingua.transcribe(path, options) };
      } catch (error) {
        outcomes[index] = { error: `${error.code ?? error.name}: ${error.message}` };
      }
      onDone();
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: atOnce }, work));
  return { outcomes, seconds: (performance.now() - started) / 1000 };
}
