import type { SpeechDetector } from '../ports.js';

const SAMPLE_RATE = 16_000;
const FRAME = 320;
/** Speech is looked for between these levels, dB full scale: below is silence whatever the floor, above is sound. */
const QUIETEST_THRESHOLD = -60;
const LOUDEST_THRESHOLD = -40;
const ABOVE_FLOOR_DB = 9;
/** A recording at a low level keeps its speech: the threshold stays this far below its loudest frame. */
const BELOW_PEAK_DB = 20;
/** Sound this close to a loud frame belongs to it (breath, unvoiced ends of words). */
const MARGIN_SECONDS = 0.2;
const SHORTEST_SPEECH_FRAMES = 2;

/** Mean power of each 20 ms frame, dB full scale; the last frame may be shorter. */
export function frameLevels(samples: Float32Array): Float32Array {
  const count = Math.ceil(samples.length / FRAME);
  const levels = new Float32Array(count);
  for (let frame = 0; frame < count; frame++) {
    const start = frame * FRAME;
    const end = Math.min(samples.length, start + FRAME);
    let sum = 0;
    for (let i = start; i < end; i++) {
      const sample = samples[i] as number;
      sum += sample * sample;
    }
    levels[frame] = 10 * Math.log10(sum / (end - start) + 1e-12);
  }
  return levels;
}

/**
 * Marks what may be speech by its level over the noise floor. It errs on the side of speech: constant loud noise
 * counts as speech and is left to the recognizer, digital and near silence does not.
 */
export class EnergyDetector implements SpeechDetector {
  detect(samples: Float32Array): Array<{ start: number; end: number }> {
    const levels = frameLevels(samples);
    if (levels.length === 0) return [];
    const sorted = Float32Array.from(levels).sort();
    const floor = sorted[Math.floor(sorted.length / 10)] as number;
    const peak = sorted[sorted.length - 1] as number;
    if (peak < QUIETEST_THRESHOLD - 5) return [];
    const clamped = Math.min(LOUDEST_THRESHOLD, Math.max(QUIETEST_THRESHOLD, floor + ABOVE_FLOOR_DB));
    const threshold = Math.min(clamped, peak - BELOW_PEAK_DB);
    const margin = Math.round(MARGIN_SECONDS * SAMPLE_RATE);

    const ranges: Array<{ start: number; end: number }> = [];
    let run = 0;
    for (let frame = 0; frame <= levels.length; frame++) {
      if (frame < levels.length && (levels[frame] as number) > threshold) {
        run++;
        continue;
      }
      if (run >= SHORTEST_SPEECH_FRAMES) {
        const start = Math.max(0, (frame - run) * FRAME - margin);
        const end = Math.min(samples.length, frame * FRAME + margin);
        const last = ranges.at(-1);
        if (last !== undefined && start <= last.end) last.end = end;
        else ranges.push({ start, end });
      }
      run = 0;
    }
    return ranges;
  }
}
