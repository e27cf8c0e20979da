import type { ModelFacts } from '../../src/admission/memory-estimate.js';

const WHISPER_SIZES = {
  tiny: { state: 384, layers: 4, bytes: 77_111_040 },
  base: { state: 512, layers: 6, bytes: 147_372_032 },
  small: { state: 768, layers: 12, bytes: 487_000_000 },
  medium: { state: 1024, layers: 24, bytes: 1_533_000_000 },
  large: { state: 1280, layers: 32, bytes: 3_094_000_000 },
} as const;

/** The published Whisper sizes, as `inspectModel` describes them. */
export function whisperFacts(size: keyof typeof WHISPER_SIZES, quantization = 'f16'): ModelFacts {
  const { state, layers, bytes } = WHISPER_SIZES[size];
  return {
    format: 'whisper-ggml',
    bytes,
    quantization,
    dimensions: {
      vocabulary: 51_865,
      melBands: 80,
      audioContext: 1500,
      audioState: state,
      audioLayers: layers,
      textContext: 448,
      textState: state,
      textLayers: layers,
    },
  };
}

/** M2M100-418M for CTranslate2. */
export function m2mFacts(quantization = 'int8', bytes = 493_552_084): ModelFacts {
  return {
    format: 'ct2-seq2seq',
    bytes,
    quantization,
    dimensions: {
      encoderLayers: 12,
      decoderLayers: 12,
      state: 1024,
      sourceVocabulary: 128_112,
      targetVocabulary: 128_112,
    },
  };
}
