import { FULL_CONTEXT } from './audio-context.js';

/** Windows of a recording in front of a lane whose engine takes several at once. */
export const WINDOWS_A_LANE = { cpu: 4, cuda: 16 } as const;
const FLOAT = 4;
/** Memory of one lane for what the decoder keeps of the windows of a batch, bytes. */
const BATCH_MEMORY = 448e6;
const FEWEST = 2;
/** A decoding step of so many windows fills the device. */
const MOST = { cpu: 8, cuda: 16 } as const;

export interface WhisperSize {
  readonly format: string;
  readonly dimensions: Readonly<Record<string, number>>;
}

/** Bytes that CTranslate2's decoder keeps of a window: keys and values of each layer for each position. */
export function crossAttentionBytes({ dimensions }: WhisperSize): number {
  const { textLayers = 6, textState = 512 } = dimensions;
  return 2 * textLayers * FULL_CONTEXT * textState * FLOAT;
}

/** A tenth of what one window takes, on a core that does 150 GFLOP a second. */
const GATHER_MS_PER_FLOP = 0.1 / 150e6;

/**
 * How long a call that is not full yet may wait for windows that are being decoded, milliseconds: a batch of four takes a quarter
 * less than four alone (Whisper small, int8), so it pays to wait for a small share of the time of one.
 */
export function recognitionGatherMs({ format, dimensions }: WhisperSize, audioContext = 0): number {
  if (format !== 'ct2-whisper') return 0;
  const { audioLayers = 6, audioState = 512 } = dimensions;
  const positions = audioContext === 0 ? FULL_CONTEXT : audioContext;
  // Weights of a layer: 12 times the square of its width; two operations each.
  return Math.round(positions * audioLayers * 24 * audioState ** 2 * GATHER_MS_PER_FLOP);
}

/**
 * How many windows a lane recognises in one call. whisper.cpp takes them one by one. In CTranslate2 a step of a search costs about the
 * same for one window as for several, so that a batch of eight takes three quarters of the time of eight alone (Whisper small, int8);
 * on a CPU memory is the limit.
 * @param audioContext positions of each window; 0 is all
 */
export function recognitionRows(size: WhisperSize, device: 'cpu' | 'cuda', audioContext = 0): number {
  if (size.format !== 'ct2-whisper') return 1;
  if (device === 'cuda') return MOST.cuda;
  const share = audioContext === 0 ? 1 : audioContext / FULL_CONTEXT;
  return Math.min(MOST.cpu, Math.max(FEWEST, Math.floor(BATCH_MEMORY / (crossAttentionBytes(size) * share))));
}
