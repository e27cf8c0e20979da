/**
 * Child process of the probe: loads the addon named by the first argument and, when the second names a model, recognises
 * a second of a rising tone with it. Exit code 0 says that it works; else the reason is on stderr.
 */
import { existsSync } from 'node:fs';
import type { NativeBinding } from './binding.js';
import { openBinary } from './load.js';

const [path, model] = process.argv.slice(2);

function tryBinary(native: NativeBinding, modelPath: string | undefined): void {
  native.describe();
  if (modelPath === undefined || !existsSync(modelPath)) return;
  const handle = native.openModel(modelPath, { device: 'cpu', deviceIndex: 0, computeType: 'default' });
  const recognizer = native.openRecognizer(handle);
  const samples = new Float32Array(16_000);
  for (let i = 0; i < samples.length; i++) samples[i] = 0.1 * Math.sin(i * i * 1e-5);
  const options = {
    translate: false,
    threads: 1,
    beamSize: 1,
    bestOf: 1,
    temperature: 0,
    temperatureIncrement: 0,
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
  native.recognize(recognizer, [{ samples, language: 'en', initialPrompt: '', hotwords: '' }], options, 0);
  native.close(recognizer);
  native.close(handle);
}

try {
  if (path === undefined) throw new Error('no addon was named');
  tryBinary(openBinary(path), model);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
