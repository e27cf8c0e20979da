/** The ctranslate2 wheel as a contender. */
import { join } from 'node:path';
import { LinePeer } from '../../lib/line-peer.mjs';

const SCRIPT = join(import.meta.dirname, 'wheel_peer.py');

export class WheelPeer {
  #peer;

  /** @param settings of ctranslate2.Translator */
  static async start(python, model, settings) {
    const peer = new WheelPeer();
    peer.#peer = await LinePeer.start('the wheel', python, [SCRIPT, model, JSON.stringify(settings)]);
    return peer;
  }

  /**
   * Seconds and tokens.
   * @param calls `one`, `each` or `together`, see the script
   * @param options of translate_batch
   */
  translate(rows, calls, options) {
    const tokens = rows.map((row) => row.tokens);
    const prefixes = rows.map((row) => row.prefix);
    return this.#peer.ask({ rows: tokens, prefixes, calls, options });
  }

  stop() {
    return this.#peer.stop();
  }
}
