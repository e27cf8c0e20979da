import { type ErrorCode, VoiceLinguaError } from '../../domain/errors.js';

/** @param name the file, as the message names it */
export function tmxError(
  code: ErrorCode,
  name: string,
  reason: string,
  details: Readonly<Record<string, unknown>> = {},
  cause?: unknown,
): VoiceLinguaError {
  return new VoiceLinguaError(code, `The translation memory "${name}" cannot be read: ${reason}`, {
    ...(cause === undefined ? {} : { cause }),
    details: { path: name, ...details },
  });
}
