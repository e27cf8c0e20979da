import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { type ErrorCode, VoiceLinguaError } from '../../domain/errors.js';

/** Parsing takes some times as much memory, and a page or the subtitles of a film have a hundredth of it. */
export const MAX_DOCUMENT_BYTES = 16 * 1024 * 1024;
const BOM = '\ufeff';

/** The text of a document, and how it is written again. */
export interface DocumentText {
  /** Without byte order mark. */
  readonly text: string;
  /** Whether it began with a byte order mark, which its translations then do too; all are written as UTF-8. */
  readonly marked: boolean;
}

/**
 * The text of a document's file: UTF-8, or UTF-16 with a byte order mark.
 * @throws {VoiceLinguaError} `INPUT_NOT_FOUND`, `INPUT_PERMISSION`, `INPUT_IS_DIRECTORY`, `INPUT_NOT_REGULAR`, `INPUT_READ_FAILED`,
 * `INPUT_TOO_LARGE` above {@link MAX_DOCUMENT_BYTES}, `INPUT_EMPTY`, `INPUT_CORRUPT` for what is no text in these encodings
 */
export async function readDocumentFile(path: string): Promise<DocumentText> {
  let file: FileHandle | null = null;
  try {
    // Without it opening a pipe waits for somebody to write to it.
    file = await open(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    const facts = await file.stat();
    if (facts.isDirectory()) throw refused('INPUT_IS_DIRECTORY', path, 'it is a folder. Name a file.');
    if (!facts.isFile()) {
      throw refused('INPUT_NOT_REGULAR', path, 'it is a device, socket or pipe. Give a regular file.');
    }
    checkDocumentSize(facts.size, path);
    return decodedDocument(await file.readFile(), path);
  } catch (error) {
    if (error instanceof VoiceLinguaError) throw error;
    const [code, reason] = FAILURES[(error as NodeJS.ErrnoException).code ?? ''] ?? [
      'INPUT_READ_FAILED' as const,
      `${(error as Error).message}.`,
    ];
    throw refused(code, path, reason, error);
  } finally {
    await file?.close();
  }
}

/** The text that bytes of a document stand for; see {@link readDocumentFile}. */
export function decodedDocument(bytes: Uint8Array, name: string): DocumentText {
  checkDocumentSize(bytes.byteLength, name);
  const encoding =
    bytes[0] === 0xff && bytes[1] === 0xfe ? 'utf-16le' : bytes[0] === 0xfe && bytes[1] === 0xff ? 'utf-16be' : 'utf-8';
  let text: string;
  try {
    text = new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw refused(
      'INPUT_CORRUPT',
      name,
      `it is not ${encoding.toUpperCase()} text. Convert it first: iconv -f windows-1252 -t utf-8, or whatever it is in.`,
      cause,
    );
  }
  return documentText(text, name);
}

/** A document that was given as a text; see {@link readDocumentFile}. */
export function documentText(given: string, name: string): DocumentText {
  const marked = given.startsWith(BOM);
  const text = marked ? given.slice(1) : given;
  if (text.trim() === '') throw refused('INPUT_EMPTY', name, 'it is empty.');
  if (text.includes('\0')) {
    throw refused(
      'INPUT_CORRUPT',
      name,
      'it holds NUL characters, which no text does: it is a binary file, or UTF-16 without a byte order mark.',
    );
  }
  return { text, marked };
}

/** A document as it is written, from its text and what stood before that of its original. */
export function markedAs({ marked }: DocumentText, text: string): string {
  return marked ? BOM + text : text;
}

/** @throws {VoiceLinguaError} `INPUT_TOO_LARGE` above {@link MAX_DOCUMENT_BYTES} */
export function checkDocumentSize(bytes: number, name: string): void {
  if (bytes <= MAX_DOCUMENT_BYTES) return;
  const most = MAX_DOCUMENT_BYTES / 1024 / 1024;
  throw refused('INPUT_TOO_LARGE', name, `it has more than ${most} MiB, the most that a document may have. Split it.`);
}

function refused(code: ErrorCode, name: string, reason: string, cause?: unknown): VoiceLinguaError {
  return new VoiceLinguaError(code, `The document ${JSON.stringify(name)} cannot be used: ${reason}`, {
    ...(cause === undefined ? {} : { cause }),
    details: { path: name },
  });
}

const FAILURES: Readonly<Record<string, readonly [ErrorCode, string]>> = {
  ENOENT: ['INPUT_NOT_FOUND', 'there is no such file.'],
  ENOTDIR: ['INPUT_NOT_FOUND', 'there is no such file.'],
  ENAMETOOLONG: ['INPUT_NOT_FOUND', 'its name is longer than file systems allow.'],
  EACCES: ['INPUT_PERMISSION', 'there is no permission to read it.'],
  EPERM: ['INPUT_PERMISSION', 'there is no permission to read it.'],
  EISDIR: ['INPUT_IS_DIRECTORY', 'it is a folder. Name a file.'],
  ENXIO: ['INPUT_NOT_REGULAR', 'it is a device, socket or pipe. Give a regular file.'],
};
