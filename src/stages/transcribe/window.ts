import { type AudioContext, audioContextFor } from '../../domain/audio-context.js';
import { uncoveredSpeech } from '../../domain/coverage.js';
import type { Segment } from '../../domain/segment.js';
import type { Span } from '../../domain/spans.js';
import {
  faultyRate,
  flagged,
  inSilence,
  isHallucination,
  judge,
  modelHeardNothing,
  score,
  type TrustThresholds,
  type Verdict,
} from '../../domain/trust.js';
import { lengthOf } from '../../domain/window-map.js';
import type { PcmWindow, RecognitionOptions, Recognizer, RecognizerInfo } from '../../engines/ports.js';
import { additions } from './additions.js';
import { type Fault, MOST_REDECODINGS, redecoding } from './decodings.js';

export interface WindowSettings {
  readonly engine: RecognizerInfo['engine'];
  readonly thresholds: TrustThresholds;
  /** Whether a window may be decoded again. */
  readonly redecode: boolean;
  readonly audioContext: AudioContext;
}

/** What a window's sound says, as far as it can be trusted. */
export interface WindowOutcome {
  readonly segments: readonly Segment[];
  /** Segments that had the shape of a hallucination and are left out. */
  readonly leftOut: number;
}

/**
 * Recognises a window and looks at the result: text that repeats itself, and speech without text, are decoded again under other
 * settings, at most {@link MOST_REDECODINGS} times together; then every segment gets the flags it deserves.
 */
export async function recognizeWindow(
  recognizer: Recognizer,
  window: PcmWindow,
  options: RecognitionOptions,
  settings: WindowSettings,
  signal: AbortSignal,
  onProgress: (fraction: number) => void,
): Promise<WindowOutcome> {
  const speech = window.spans ?? null;
  const { thresholds, audioContext: wanted } = settings;
  // A number is meant for every decoding.
  const chosen = typeof wanted === 'number' ? { audioContext: contextOf(window, wanted) } : {};
  const decode: Decode = async (how, tell) =>
    inside(window, (await recognizer.recognize(window, { ...how, ...chosen }, signal, tell)).segments);

  const verdictOf = (some: readonly Segment[]) => judge(some, options.language, speech, thresholds);
  let segments = await firstDecoding(decode, window, options, settings, onProgress);
  let verdict = verdictOf(segments);
  let left = settings.redecode ? MOST_REDECODINGS : 0;
  let retried = false;

  for (let attempt = 0; left > 0 && failed(verdict, options); attempt++, left--) {
    const other = await decode(redecoding(options, 'loop' satisfies Fault, attempt, settings.engine));
    // What comes out the same under other settings is in the sound, or no further decoding will change it.
    if (sameText(other, segments)) break;
    const its = verdictOf(other);
    if (score(its) <= score(verdict)) continue;
    segments = other;
    verdict = its;
    retried = true;
  }
  const { looping } = verdict;
  segments = segments.map((segment, index) =>
    flagged(segment, [...(looping[index] ? (['loop'] as const) : []), ...(retried ? (['retried'] as const) : [])]),
  );

  for (let attempt = 0; left > 0; attempt++, left--) {
    const missing = speech === null ? [] : uncoveredSpeech(speech, segments);
    if (missing.length === 0) break;
    const other = await decode(redecoding(options, 'uncovered' satisfies Fault, attempt, settings.engine));
    const found = additions(other, missing, segments).filter(
      (segment) => !verdictOf([segment]).looping.includes(true) && !isHallucination(segment, speech, thresholds),
    );
    segments = inOrder([...segments, ...found.map((segment) => flagged(segment, ['added']))]);
  }

  const kept = segments.filter((segment) => !isHallucination(segment, speech, thresholds));
  return {
    segments: kept.map((segment) => withSilence(segment, speech, thresholds)),
    leftOut: segments.length - kept.length,
  };
}

function contextOf({ pieces, span }: PcmWindow, wanted: AudioContext): number {
  return audioContextFor(pieces === undefined ? span.end - span.start : lengthOf(pieces), wanted);
}

type Decode = (how: RecognitionOptions, tell?: (fraction: number) => void) => Promise<readonly Segment[]>;

/**
 * The first decoding of a window. A model that hears less than the 30 s it was trained on may repeat itself, go on after the
 * sound or leave words out: with a fitted context, what is not beyond doubt is decoded with the full one, as if nothing had been.
 */
async function firstDecoding(
  decode: Decode,
  window: PcmWindow,
  options: RecognitionOptions,
  { audioContext: wanted, thresholds }: WindowSettings,
  onProgress: (fraction: number) => void,
): Promise<readonly Segment[]> {
  const audioContext = contextOf(window, wanted);
  if (wanted !== 'fitted' || audioContext === 0) return decode(options, onProgress);
  // The temperature fallback is for the full context.
  const fitted = await decode({ ...options, audioContext, temperatureIncrement: 0 });
  const speech = window.spans ?? null;
  const { repeated } = judge(fitted, options.language, speech, thresholds);
  const beyondDoubt =
    fitted.length > 0 &&
    repeated === 0 &&
    fitted.every((segment) => segment.avg_logprob >= thresholds.logprob && !faultyRate(segment)) &&
    (speech === null || uncoveredSpeech(speech, fitted).length === 0);
  if (!beyondDoubt) return decode(options, onProgress);
  onProgress(1);
  return fitted;
}

/** Whisper may time a segment past the end of the samples, into its own padding. */
function inside({ span }: PcmWindow, segments: readonly Segment[]): readonly Segment[] {
  return segments
    .filter((segment) => segment.text !== '')
    .map((segment) => {
      const start = Math.min(segment.start, span.end);
      return { ...segment, start, end: Math.min(Math.max(segment.start, segment.end), span.end) };
    });
}

/**
 * Text that compresses too well has been through the engine's own fallback to higher temperatures already; it is decoded again only
 * where that is off. A loop of which the engine knows nothing always is.
 */
function failed({ inARow, looping }: Verdict, { temperatureIncrement }: RecognitionOptions): boolean {
  return inARow || (temperatureIncrement === 0 && looping.includes(true));
}

function sameText(a: readonly Segment[], b: readonly Segment[]): boolean {
  return a.length === b.length && a.every(({ text }, index) => text === b[index]?.text);
}

function withSilence(segment: Segment, speech: readonly Span[] | null, thresholds: TrustThresholds): Segment {
  const silent = inSilence(segment, speech) || modelHeardNothing(segment, thresholds);
  return silent ? flagged(segment, ['no_speech']) : segment;
}

function inOrder(segments: readonly Segment[]): readonly Segment[] {
  return [...segments].sort((a, b) => a.start - b.start).map((segment, id) => ({ ...segment, id }));
}
