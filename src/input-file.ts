import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
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
    const hash = createHash('sha256');
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal ? { signal } : {}) })) {
      hash.update(chunk as Buffer);
    }
    return { hash: hash.digest('hex'), bytes: facts.size };
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
