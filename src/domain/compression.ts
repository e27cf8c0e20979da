import { deflateSync } from 'node:zlib';

/**
 * Bytes of a text by its bytes compressed, as Whisper measures it (openai/whisper `utils.py`): ordinary text of a window
 * stays below 2.4, text that repeats itself does not. 0 for an empty text.
 */
export function compressionRatio(text: string): number {
  const bytes = Buffer.from(text);
  return bytes.length === 0 ? 0 : bytes.length / deflateSync(bytes).length;
}
