import type { SpeechDetector } from '../ports.js';

/** Takes all sound for speech. */
export class AllSpeech implements SpeechDetector {
  readonly frameSamples = 512;
  readonly defaultThreshold = 0.5;
  #rest = 0;

  detect(samples: Float32Array): Float32Array {
    const all = this.#rest + samples.length;
    this.#rest = all % this.frameSamples;
    return new Float32Array(Math.floor(all / this.frameSamples)).fill(1);
  }

  flush(): Float32Array {
    const begun = this.#rest > 0;
    this.#rest = 0;
    return new Float32Array(begun ? 1 : 0).fill(1);
  }

  close(): void {}
}
