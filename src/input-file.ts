import { createHash } from 'node:crypto';
import { open, stat } from 'node:fs/promises';
import { VoiceLinguaError } from './domain/errors.js';

const REASONS: Readonly<Record<string, 'INPUT_NOT_FOUND' | 'INPUT_PERMISSION'>> = {
  ENOENT: 'INPUT_NOT_FOUND',
  ENOTDIR: 'INPUT_NOT_FOUND',
  ENAMETOOLONG: 'INPUT_NOT_FOUND',
  EACCES: 'INPUT_PERMISSION',
  EPERM: 'INPUT_PERMISSION',
};

/** What a task needs to know of a recording before it is decoded. */
export interface InputFacts {
  /** SHA-256 of its bytes. */
  readonly hash: string;
  readonly bytes: number;
}

/**
 * Hash and size of a recording, read as a stream.
 * @throws {VoiceLinguaError} `INPUT_*` when it cannot be read: missing, a folder, a device or pipe, not permitted
 */
export async function inputFacts(path: string, signal?: AbortSignal): Promise<InputFacts> {
  try {
    const facts = await stat(path);
    if (facts.isDirectory()) {
      throw new VoiceLinguaError(
        'INPUT_IS_DIRECTORY',
        `${path} is a folder. Give a recording, or use "run" for folders.`,
      );
    }
    if (!facts.isFile()) {
      throw new VoiceLinguaError('INPUT_NOT_REGULAR', `${path} is a device, socket or pipe. Give a regular file.`);
    }
    return { hash: await hashOf(path, signal), bytes: facts.size };
  } catch (error) {
    if (error instanceof VoiceLinguaError) throw error;
    if (signal?.aborted) throw signal.reason;
    const errno = error as NodeJS.ErrnoException;
    const code = REASONS[errno.code ?? ''] ?? 'INPUT_READ_FAILED';
    const reason = {
      INPUT_NOT_FOUND: 'was not found',
      INPUT_PERMISSION: 'may not be read',
      INPUT_READ_FAILED: 'could not be read',
    }[code];
    throw new VoiceLinguaError(code, `${path} ${reason} (${errno.code ?? errno.message}).`, {
      cause: error,
      details: { path },
    });
  }
}

/** Bytes read at once: about a millisecond of hashing. */
const CHUNK = 1 << 19;

/** SHA-256 of a file's bytes. One buffer takes all of it in turn, since a new one for each part would leave a caller's heap tens of megabytes larger. */
async function hashOf(path: string, signal: AbortSignal | undefined): Promise<string> {
  const file = await open(path);
  try {
    const hash = createHash('sha256');
    const buffer = Buffer.allocUnsafeSlow(CHUNK);
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, CHUNK, null);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
