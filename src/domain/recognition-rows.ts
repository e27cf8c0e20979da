/** Positions of 30 s that the encoder gives and the decoder attends to. */
const AUDIO_POSITIONS = 1500;
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
  return 2 * textLayers * AUDIO_POSITIONS * textState * FLOAT;
}

/**
 * How many windows a lane recognises in one call. whisper.cpp takes them one by one. In CTranslate2 a step of a search costs about the
 * same for one window as for several, so that a batch of eight takes three quarters of the time of eight alone (Whisper small, int8);
 * on a CPU memory is the limit.
 */
export function recognitionRows(size: WhisperSize, device: 'cpu' | 'cuda'): number {
  if (size.format !== 'ct2-whisper') return 1;
  if (device === 'cuda') return MOST.cuda;
  return Math.min(MOST.cpu, Math.max(FEWEST, Math.floor(BATCH_MEMORY / crossAttentionBytes(size))));
}
