import type { CancelToken, DetectorHandle, NativeBinding } from '../../native/binding.js';
import type { SpeechDetector } from '../ports.js';

/** A detector of the addon: the one that is built in, or Silero's weights through whisper.cpp. */
export class NativeDetector implements SpeechDetector {
  readonly frameSamples: number;
  readonly defaultThreshold: number;
  readonly #native: NativeBinding;
  readonly #handle: DetectorHandle;
  /** Stops what blocks; of the call that is being served. */
  token: CancelToken = 0;

  /** @param model path of Silero's weights as a ggml file; null for the detector that is built in */
  constructor(native: NativeBinding, model: string | null) {
    this.#native = native;
    this.#handle = native.openDetector(model ?? '');
    const { frameSamples, defaultThreshold } = native.detectorInfo(this.#handle);
    this.frameSamples = frameSamples;
    this.defaultThreshold = defaultThreshold;
  }

  detect(samples: Float32Array): Float32Array {
    return this.#native.detectSpeech(this.#handle, samples, this.token);
  }

  flush(): Float32Array {
    return this.#native.flushDetector(this.#handle);
  }

  close(): void {
    this.#native.close(this.#handle);
  }
}
