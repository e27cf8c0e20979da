import type { ModelInspection } from '../../native/binding.js';

/** Layers of large-v3-turbo: the encoder of large-v3, and what pruning left of its decoder. */
const TURBO = { encoder: 32, decoder: 4 };
/** A distilled model keeps its teacher's encoder and two layers of the decoder; no model that OpenAI trained has so few. */
const DISTILLED = { encoder: 12, decoder: 2 };

/**
 * Why a Whisper model cannot do the task `translate`; null when it can. Such models take the task all the same, and then write
 * in the spoken language, or nonsense (openai/whisper discussion 2363; huggingface/distil-whisper README).
 */
export function cannotTranslate({ multilingual, dimensions }: ModelInspection): string | null {
  if (!multilingual) return 'it knows English only';
  const { audioLayers = 0, textLayers = 0 } = dimensions;
  if (audioLayers === TURBO.encoder && textLayers === TURBO.decoder) {
    return 'it is a large-v3-turbo, which was trained without translation';
  }
  const distilled = audioLayers >= DISTILLED.encoder && textLayers <= DISTILLED.decoder;
  return distilled ? 'it is a distilled model, which was trained without translation' : null;
}
