const SAMPLE_RATE = 16_000;
const FRAME = 320;
/** Length over which a cut point is judged: long enough that the closure of a plosive is no pause. */
const PAUSE_FRAMES = 15;
/** A cut this much earlier than the limit must be one dB quieter. */
const DB_PER_SECOND_EARLIER = 0.5;
/** Differences below this level are not heard, dB full scale. */
const INAUDIBLE = -70;

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

/** Middle of the quietest pause in the last half of the samples; late ones are preferred. Their end when there are too few. */
export function quietestPause(samples: Float32Array): number {
  const levels = frameLevels(samples);
  const first = Math.floor(levels.length / 2);
  const last = levels.length - PAUSE_FRAMES;
  if (last < first) return samples.length;
  let best = last;
  let bestScore = Number.POSITIVE_INFINITY;
  for (let frame = first; frame <= last; frame++) {
    let loudest = Number.NEGATIVE_INFINITY;
    for (let i = frame; i < frame + PAUSE_FRAMES; i++) loudest = Math.max(loudest, levels[i] as number);
    const earlier = ((last - frame) * FRAME) / SAMPLE_RATE;
    const score = Math.max(loudest, INAUDIBLE) + earlier * DB_PER_SECOND_EARLIER;
    if (score <= bestScore) {
      bestScore = score;
      best = frame;
    }
  }
  return (best + Math.floor(PAUSE_FRAMES / 2)) * FRAME;
}
