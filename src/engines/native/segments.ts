import type { Segment, SegmentFlag } from '../../domain/segment.js';
import type { NativeSegment } from '../../native/binding.js';

/** Below these, Whisper's own decoder would rather try again or keep silent (openai/whisper `transcribe`). */
const LOW_AVERAGE_LOGPROB = -1;
const LOW_CONFIDENCE = 0.5;
const NO_SPEECH = 0.6;

/** A native segment in the terms of the library. */
export function toSegment(native: NativeSegment, id: number): Segment {
  const { averageLogprob, probabilities } = native;
  const sum = probabilities.reduce((total, probability) => total + probability, 0);
  const confidence =
    probabilities.length > 0 ? sum / probabilities.length : native.tokens.length > 0 ? Math.exp(averageLogprob) : 0;
  const flags: SegmentFlag[] = [];
  if (averageLogprob < LOW_AVERAGE_LOGPROB || confidence < LOW_CONFIDENCE) flags.push('low_confidence');
  if (native.noSpeechProbability > NO_SPEECH) flags.push('no_speech');
  return {
    id,
    start: milliseconds(native.start),
    end: milliseconds(native.end),
    text: native.text.trim(),
    confidence,
    avg_logprob: averageLogprob,
    no_speech_prob: native.noSpeechProbability,
    tokens: Array.from(native.tokens),
    ...(Number.isFinite(native.temperature) ? { temperature: native.temperature } : {}),
    compression_ratio: Math.round(native.compressionRatio * 1000) / 1000,
    ...(native.words.length === 0
      ? {}
      : {
          words: native.words.map((word) => ({
            word: word.word,
            start: milliseconds(word.start),
            end: milliseconds(word.end),
            probability: word.probability,
          })),
        }),
    ...(flags.length === 0 ? {} : { flags }),
  };
}

function milliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}
