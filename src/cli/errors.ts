import type { ErrorCategory } from './api.js';

/** A failure that the command line itself finds, before or around the library's calls. */
export class CliError extends Error {
  override readonly name = 'CliError';

  constructor(
    readonly code: string,
    readonly category: ErrorCategory,
    message: string,
  ) {
    super(message);
  }
}

export const usageError = (message: string): CliError => new CliError('INVALID_ARGUMENT', 'usage', message);

/** Whether an error is about this file, as its details say; false when there is none. */
export function isAbout(error: unknown, path: string | undefined): boolean {
  return path !== undefined && toFailure(error).details.path === path;
}

/** Any thrown value as the command line reports it. */
export interface Failure {
  readonly code: string;
  readonly category: ErrorCategory;
  readonly message: string;
  readonly retryable: boolean;
  readonly details: Record<string, unknown>;
  readonly stack: string | undefined;
}

// By shape, not by class: an instanceof would need the library loaded even to report a usage error.
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof Error) {
    const coded = thrown as Partial<Failure> & Error;
    const known = typeof coded.code === 'string' && typeof coded.category === 'string';
    return {
      code: known ? (coded.code as string) : 'INTERNAL',
      category: known ? (coded.category as ErrorCategory) : 'internal',
      message: thrown.message || thrown.name,
      retryable: coded.retryable === true,
      details: typeof coded.details === 'object' && coded.details !== null ? { ...coded.details } : {},
      stack: thrown.stack,
    };
  }
  return {
    code: 'INTERNAL',
    category: 'internal',
    message: String(thrown),
    retryable: false,
    details: {},
    stack: undefined,
  };
}

const FS_CODES: Readonly<Record<string, { code: string; says: string }>> = {
  ENOENT: { code: 'INPUT_NOT_FOUND', says: 'no such file or folder; check the path' },
  ENOTDIR: { code: 'INPUT_NOT_FOUND', says: 'a part of the path is not a folder; check the path' },
  ENAMETOOLONG: { code: 'INPUT_NOT_FOUND', says: 'the name is longer than the file system allows' },
  EACCES: { code: 'INPUT_PERMISSION', says: 'no permission to read it; change its mode or owner' },
  EPERM: { code: 'INPUT_PERMISSION', says: 'no permission to read it; change its mode or owner' },
  EISDIR: { code: 'INPUT_IS_DIRECTORY', says: 'a folder, where a file is needed' },
};

/** An error of `node:fs` about an input, as an input error that names the path. */
export function inputError(path: string, thrown: unknown): CliError {
  const errno = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  const known = FS_CODES[errno];
  const reason = known?.says ?? (thrown instanceof Error ? thrown.message : String(thrown));
  return new CliError(known?.code ?? 'INPUT_READ_FAILED', 'input', `Cannot read "${path}": ${reason}.`);
}
