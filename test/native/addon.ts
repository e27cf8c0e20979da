import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as assert from 'uvu/assert';
import type {
  NativeBinding,
  NativeErrorCode,
  NativeRecognition,
  NativeRecognizeOptions,
  NativeTranslateOptions,
  NativeWindow,
  RecognizerHandle,
} from '../../src/native/binding.js';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const SHARED = join(ROOT, '..', 'shared');
export const ADDON_PATH = process.env.VOICELINGUA_NATIVE ?? join(ROOT, 'build', 'Release', 'voicelingua.node');

export class NativeError extends Error {
  constructor(
    readonly code: NativeErrorCode,
    message: string,
  ) {
    super(message);
  }
}

/** The raw addon of this checkout, initialised for the calling thread. */
export function loadAddon(): NativeBinding {
  const binding = createRequire(import.meta.url)(ADDON_PATH) as NativeBinding;
  binding.initialize(NativeError);
  return binding;
}

/** whisper-cli's defaults, on one thread. */
export const RECOGNIZE: NativeRecognizeOptions = {
  translate: false,
  threads: 1,
  beamSize: 5,
  bestOf: 5,
  temperature: 0,
  temperatureIncrement: 0.2,
  patience: 1,
  lengthPenalty: -1,
  repetitionPenalty: 1,
  noRepeatNgramSize: 0,
  compressionRatioThreshold: 2.4,
  logprobThreshold: -1,
  noSpeechThreshold: 0.6,
  suppressTokens: null,
  seed: 0,
  timestamps: true,
  wordTimestamps: false,
  context: false,
  audioContext: 0,
};

/** English, without hints. */
export const HINTS: Omit<NativeWindow, 'samples'> = { language: 'en', initialPrompt: '', hotwords: '' };

/** Options of a call and what belongs to its only window, in one object. */
export type OneWindow = NativeRecognizeOptions & Omit<NativeWindow, 'samples'>;

/** Recognises one window; what is not given is {@link RECOGNIZE} and {@link HINTS}. */
export function recognizeOne(
  addon: NativeBinding,
  recognizer: RecognizerHandle,
  samples: Float32Array,
  given: Partial<OneWindow> = {},
  token = 0,
  onProgress?: (fraction: number) => void,
): NativeRecognition {
  const { language, initialPrompt, hotwords, ...options } = { ...HINTS, ...RECOGNIZE, ...given };
  const windows = [{ samples, language, initialPrompt, hotwords }];
  const [recognition] = addon.recognize(recognizer, windows, options, token, onProgress);
  return recognition as NativeRecognition;
}

/** Python's defaults, on one thread. */
export const TRANSLATE: NativeTranslateOptions = {
  threads: 1,
  beamSize: 2,
  patience: 1,
  lengthPenalty: 1,
  coveragePenalty: 0,
  repetitionPenalty: 1,
  noRepeatNgramSize: 0,
  maxInputLength: 1024,
  maxDecodingLength: 256,
  minDecodingLength: 1,
  numHypotheses: 1,
  returnScores: false,
  maxBatchSize: 0,
  batchType: 'examples',
  shortlists: [],
};

export const CPU = { device: 'cpu', deviceIndex: 0, computeType: 'default' } as const;

/** Runs `call`, which must throw an instance of {@link NativeError} with one of `codes`; gives its message. */
export function failure(call: () => unknown, ...codes: NativeErrorCode[]): string {
  try {
    call();
  } catch (error) {
    assert.instance(error, NativeError);
    const { code, message } = error as NativeError;
    assert.ok(codes.includes(code), `expected ${codes.join(' or ')}, got ${code}: ${message}`);
    assert.ok(message.length > 0);
    return message;
  }
  throw new Error(`The call did not fail; expected ${codes.join(' or ')}.`);
}

/** A folder of this process's own, removed at its end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'voicelingua-addon-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A quiet tone: enough for a model whose output does not depend on it. */
export function tone(seconds: number, frequency = 440): Float32Array {
  return Float32Array.from({ length: Math.round(seconds * 16000) }, (_, i) => {
    return 0.1 * Math.sin((2 * Math.PI * frequency * i) / 16000);
  });
}
