import type { Segment } from '../../domain/segment.js';
import type { NativeRecognizeOptions } from '../../native/binding.js';
import type { BatchRule } from '../../pool/call-batch.js';
import type { LanePoolCall } from '../../pool/lane-pool.js';
import type { ModelRef } from './lane-models.js';

/** What the method `recognize` of a host is given. */
export interface RecognizeParams {
  readonly model: ModelRef;
  readonly window: number;
  /** Whisper's code. */
  readonly language: string;
  /** Language whose script the text is to be in. */
  readonly script: string;
  readonly initialPrompt: string;
  readonly hotwords: string;
  readonly options: NativeRecognizeOptions;
  /** Windows of one call of the engine, at most. */
  readonly rows: number;
  /** How long a call that is not full yet may wait for windows that are being decoded, milliseconds. */
  readonly gatherMs: number;
}

/** One row of a lane's `recognize`, with what is known of it. */
export interface LaneRow extends Pick<RecognizeParams, 'language' | 'script' | 'initialPrompt' | 'hotwords'> {
  /** Number of the samples that the addon keeps. */
  readonly samples: number;
  /** Whose window it is, for tests that have one fail. */
  readonly label?: string | undefined;
}

/** Segments of a row; times are seconds of the row. */
export interface LaneRecognition {
  readonly segments: readonly Segment[];
}

/** Windows of several tasks go into one call of the engine when weights and options are the same, each as a row of its own. */
export function recognitionBatch({ model, options, rows, gatherMs }: RecognizeParams): BatchRule {
  return {
    key: JSON.stringify([model, options, rows]),
    most: rows,
    gatherMs,
    join: (calls) => ({
      params: { model, rows: calls.map(rowOf), options },
      split: (answer) => (answer as readonly LaneRecognition[]).map(({ segments }) => segments),
    }),
  };
}

function rowOf(call: LanePoolCall): LaneRow {
  const { language, script, initialPrompt, hotwords, samples } = call.params as unknown as RecognizeParams & {
    readonly samples: number;
  };
  return { language, script, initialPrompt, hotwords, label: call.label, samples };
}
