import type { CancelToken, NativeBinding, NativeRecognizeOptions } from '../../native/binding.js';
import { segmentInScriptOf } from '../text/chinese-script.js';
import type { LaneModels, ModelRef } from './lane-models.js';
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
      return {
        segments: await Promise.all(segments.map((heard, id) => segmentInScriptOf(script, toSegment(heard, id)))),
      };
    }),
  );
}
