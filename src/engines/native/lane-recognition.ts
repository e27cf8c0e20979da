import type { CancelToken, NativeBinding, NativeRecognizeOptions } from '../../native/binding.js';
import { inScriptOf } from '../text/chinese-script.js';
import type { LaneModels, ModelRef } from './lane-models.js';
import type { LaneSegment, LaneWord } from './packed-row.js';
import type { LaneRecognition, LaneRow } from './recognition-batch.js';
import { toSegment } from './segments.js';

export interface LaneRecognizeParams {
  readonly model: ModelRef;
  readonly rows: readonly LaneRow[];
  readonly options: NativeRecognizeOptions;
  readonly token: CancelToken;
}

/** Recognises rows in one call of the engine. Text and words come in the script that each row asks for. */
export async function recognizeRows(
  native: NativeBinding,
  models: LaneModels,
  { model, rows, options, token }: LaneRecognizeParams,
  onProgress: (fraction: number) => void,
): Promise<LaneRecognition[]> {
  const windows = rows.map(({ samples, language, initialPrompt, hotwords }) => ({
    samples,
    language,
    initialPrompt,
    hotwords,
  }));
  const answers = native.recognize(models.recognizer(model), windows, options, token, onProgress);
  return Promise.all(
    answers.map(async ({ segments }, row) => {
      const { script } = rows[row] as LaneRow;
      return { segments: await Promise.all(segments.map((heard, id) => inScript(script, toSegment(heard, id)))) };
    }),
  );
}

/** The words stand for the text: where the conversion keeps its length they are cut from it, since a word alone may read otherwise. */
async function inScript(script: string, segment: LaneSegment): Promise<LaneSegment> {
  const text = await inScriptOf(script, segment.text);
  const { words } = segment;
  if (text === segment.text || words === undefined) return { ...segment, text };
  return { ...segment, text, words: await wordsInScript(script, words) };
}

async function wordsInScript(script: string, words: readonly LaneWord[]): Promise<LaneWord[]> {
  const joined = words.map(({ word }) => word).join('');
  const converted = await inScriptOf(script, joined);
  if (converted.length !== joined.length) {
    return Promise.all(words.map(async (word) => ({ ...word, word: await inScriptOf(script, word.word) })));
  }
  let at = 0;
  return words.map((word) => {
    const from = at;
    at += word.word.length;
    return { ...word, word: converted.slice(from, at) };
  });
}
