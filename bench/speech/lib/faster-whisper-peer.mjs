/** faster-whisper as a contender. */
import { join } from 'node:path';
import { LinePeer } from '../../lib/line-peer.mjs';

const SCRIPT = join(import.meta.dirname, 'faster_whisper_peer.py');

export class FasterWhisperPeer {
  #peer;

  /** @param settings of faster_whisper.WhisperModel */
  static async start(python, model, settings) {
    const peer = new FasterWhisperPeer();
    const args = [SCRIPT, model, JSON.stringify(settings)];
    peer.#peer = await LinePeer.start('faster-whisper', python, args, { HF_HUB_OFFLINE: '1' });
    return peer;
  }

  /** Seconds and texts; with `batchSize` by BatchedInferencePipeline, else file by file. */
  transcribe(files, { batchSize = null, ...options } = {}) {
    return this.#peer.ask({ files, batch_size: batchSize, options });
  }

  stop() {
    return this.#peer.stop();
  }
}
