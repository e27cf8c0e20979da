/**
 * How much of the 30 s that Whisper hears the encoder works out: `full` all, `fitted` what a short window's sound takes and a margin,
 * a number so many positions of 20 ms (whisper-cli's `--audio-ctx`), but never fewer than the sound has.
 */
export type AudioContext = 'full' | 'fitted' | number;

/** All positions of the encoder. */
export const FULL_CONTEXT = 1500;

const POSITIONS_PER_SECOND = 50;
/**
 * Silence that a model needs after the sound to know that it ends: with none, one that was trained on 30 s says its text again.
 * The figure is that of whisper.cpp's issue 1855.
 */
const MARGIN = 128;
/** Contexts come in steps, so that windows of about one length can be one batch. */
const STEP = 100;
const LEAST = 300;
/** A window that needs more is heard whole: there is little to save. */
const MOST = 800;

/** Positions for a window of so many seconds; 0 is all of them. */
export function audioContextFor(seconds: number, wanted: AudioContext): number {
  const needed = Math.ceil(seconds * POSITIONS_PER_SECOND);
  if (wanted === 'full' || needed >= FULL_CONTEXT) return 0;
  if (wanted !== 'fitted') return wanted >= needed ? wanted % FULL_CONTEXT : inSteps(needed);
  const context = inSteps(Math.max(LEAST, needed + MARGIN));
  return context > MOST ? 0 : context;
}

function inSteps(positions: number): number {
  const context = Math.ceil(positions / STEP) * STEP;
  return context >= FULL_CONTEXT ? 0 : context;
}
