import { TextDecoder } from 'node:util';
import { tmxError } from './failures.js';

/** Bytes in which an XML declaration names its encoding. */
const DECLARATION = 256;

/**
 * The text of an XML file: by its byte order mark, else by what its declaration says, else UTF-8. Many tools write UTF-16.
 * @throws {VoiceLinguaError} `INPUT_CORRUPT` for bytes that are no text in that encoding, `INPUT_UNSUPPORTED_FORMAT` for an
 * encoding that nobody knows, `INPUT_TOO_LARGE` above `maxBytes`
 */
export async function* decodedXml(
  chunks: AsyncIterable<Uint8Array>,
  name: string,
  maxBytes: number,
): AsyncGenerator<string> {
  let decoder: TextDecoder | null = null;
  let head = Buffer.alloc(0);
  let bytes = 0;
  const decode = (chunk?: Uint8Array): string => {
    try {
      return (decoder as TextDecoder).decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      const { encoding } = decoder as TextDecoder;
      throw tmxError(
        'INPUT_CORRUPT',
        name,
        `it is not ${encoding} text within its first ${bytes} bytes. Save it as UTF-8, or correct the encoding that its first line names.`,
        { encoding, bytes },
        cause,
      );
    }
  };
  for await (const chunk of chunks) {
    bytes += chunk.byteLength;
    if (bytes > maxBytes) {
      throw tmxError('INPUT_TOO_LARGE', name, `it has more than ${maxBytes} bytes. Split it, or raise the limit.`, {
        maxBytes,
      });
    }
    if (decoder !== null) {
      yield decode(chunk);
      continue;
    }
    head = Buffer.concat([head, chunk]);
    if (head.length < DECLARATION) continue;
    decoder = decoderOf(head, name);
    yield decode(head);
  }
  if (decoder === null) {
    decoder = decoderOf(head, name);
    yield decode(head);
  }
  yield decode();
}

function decoderOf(head: Buffer, name: string): TextDecoder {
  const encoding = encodingOf(head);
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (cause) {
    throw tmxError(
      'INPUT_UNSUPPORTED_FORMAT',
      name,
      `its encoding "${encoding}" is not known. Save it as UTF-8.`,
      { encoding },
      cause,
    );
  }
}

function encodingOf(head: Buffer): string {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0x3c && head[1] === 0)) return 'utf-16le';
  if ((head[0] === 0xfe && head[1] === 0xff) || (head[0] === 0 && head[1] === 0x3c)) return 'utf-16be';
  const declared = /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/i.exec(
    head.toString('latin1', 0, DECLARATION),
  )?.[1];
  // What can be read as bytes of one letter each is not UTF-16, whatever it says.
  return declared === undefined || /^utf-?16/i.test(declared) ? 'utf-8' : declared;
}
