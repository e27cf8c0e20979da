import { type ErrorCode, VoiceLinguaError } from '../../domain/errors.js';

/** Where in a glossary file something is. Lines count from 1. */
export interface GlossaryPlace {
  readonly name: string;
  readonly line?: number;
  /** A column's heading, or its number. */
  readonly column?: string;
}

/** @param reason what is wrong, and the way out */
export function glossaryError(
  code: ErrorCode,
  { name, line, column }: GlossaryPlace,
  reason: string,
  cause?: unknown,
): VoiceLinguaError {
  const place = [line === undefined ? [] : `line ${line}`, column === undefined ? [] : `column ${column}`].flat();
  return new VoiceLinguaError(
    code,
    `The glossary "${name}" cannot be used${place.map((one) => `, ${one}`).join('')}: ${reason}`,
    {
      ...(cause === undefined ? {} : { cause }),
      details: {
        path: name,
        ...(line === undefined ? {} : { line }),
        ...(column === undefined ? {} : { column }),
      },
    },
  );
}
