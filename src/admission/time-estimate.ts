import type { ModelFacts } from './memory-estimate.js';

export interface TimeEstimateOptions {
  /** Seconds of work for a second of audio that a store has seen with these models; null when it has seen none. */
  readonly realTimeFactor: number | null;
  /** Null for a text. */
  readonly speech: { readonly facts: ModelFacts; readonly beamSize?: number | undefined } | null;
  /** Null when nothing is translated. */
  readonly translation: {
    readonly facts: ModelFacts;
    readonly languages: number;
    readonly beamSize?: number | undefined;
  } | null;
}

const WINDOW_SECONDS = 30;
/** Tokens of a second of speech. */
const TOKENS_PER_SECOND = 3;

/*
 * One core with AVX-512, as measured for the Whisper tiny and small and the M2M100-418M shapes: an order of magnitude for a machine
 * that has done nothing yet, no more.
 */
const WHISPER_FLOPS = 45e9;
/** How much longer whisper.cpp takes with weights that it has to unpack (q4, q5). */
const UNPACKING = 1.4;
/** What each token of each beam costs whisper.cpp besides: sampling over the vocabulary, and starting and stopping a graph. */
const SECONDS_PER_STEP = 0.006;
const SEQ2SEQ_FLOPS = { int8: 200e9, other: 60e9 };

/**
 * About how many seconds of work on one lane a task is: from what was seen, else from the sizes of its models.
 * @param audioSeconds length of the recording; of a text, of speech that long
 */
export function estimateSeconds(audioSeconds: number, options: TimeEstimateOptions): number {
  const { realTimeFactor, speech, translation } = options;
  if (realTimeFactor !== null) return audioSeconds * realTimeFactor;
  return (
    (speech === null ? 0 : recognition(audioSeconds, speech.facts, speech.beamSize ?? 5)) +
    (translation === null
      ? 0
      : seq2seq(audioSeconds, translation.facts, translation.beamSize ?? 4) * translation.languages)
  );
}

/** Whatever is said in a window, the encoder works on 30 s. */
function recognition(audioSeconds: number, { dimensions, quantization }: ModelFacts, beamSize: number): number {
  const { audioContext: context = 1500, audioState: audio = 512, audioLayers = 6, melBands = 80 } = dimensions;
  const { textState: text = 512, textLayers = 6, vocabulary = 51_865 } = dimensions;
  const windows = Math.max(1, Math.ceil(audioSeconds / WINDOW_SECONDS));
  const convolutions = 6 * context * audio * (2 * melBands + audio);
  const encoder = audioLayers * context * (24 * audio * audio + 4 * context * audio);
  const step = textLayers * (28 * text * text + 4 * context * text) + 2 * vocabulary * text;
  const steps = audioSeconds * TOKENS_PER_SECOND * beamSize;
  const unpacking = /^q[45]/.test(quantization) ? UNPACKING : 1;
  return ((windows * (convolutions + encoder) + steps * step) / WHISPER_FLOPS) * unpacking + steps * SECONDS_PER_STEP;
}

function seq2seq(audioSeconds: number, { dimensions, quantization }: ModelFacts, beamSize: number): number {
  const { state = 512, encoderLayers = 6, decoderLayers = 6, targetVocabulary = 32_000 } = dimensions;
  const tokens = audioSeconds * TOKENS_PER_SECOND;
  const encoder = encoderLayers * 24 * state * state;
  const decoder = decoderLayers * 28 * state * state + 2 * targetVocabulary * state;
  return (
    (tokens * (encoder + beamSize * decoder)) /
    (quantization.startsWith('int8') ? SEQ2SEQ_FLOPS.int8 : SEQ2SEQ_FLOPS.other)
  );
}
