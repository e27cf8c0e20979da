import { DOCUMENT_FORMATS, type DocumentFormatName } from '../../domain/document-format.js';
import { VoiceLinguaError } from '../../domain/errors.js';
import type { DocumentFormat } from './document.js';
import { htmlDocument } from './html.js';
import { plainText } from './plain-text.js';
import { srtDocument, vttDocument } from './subtitles.js';

const FORMATS: readonly DocumentFormat[] = [htmlDocument, srtDocument, vttDocument];

const BY_EXTENSION: ReadonlyMap<string, DocumentFormat> = new Map(
  FORMATS.flatMap((format) => format.extensions.map((extension) => [extension, format])),
);

/** Endings of all files that keep their structure when they are translated, without the stop. */
export const DOCUMENT_EXTENSIONS: readonly string[] = [...BY_EXTENSION.keys()];

/** The format of a file by its name, whatever the case of its ending; null for plain text and everything else. */
export function documentFormatOf(fileName: string): DocumentFormat | null {
  const extension = /\.([^./\\]+)$/.exec(fileName)?.[1]?.toLowerCase();
  return extension === undefined ? null : (BY_EXTENSION.get(extension) ?? null);
}

/**
 * The format of that name, else that of the file by its ending, plain text among them.
 * @throws {VoiceLinguaError} `INPUT_UNSUPPORTED_FORMAT` where neither tells
 */
export function documentFormat(fileName: string, name?: DocumentFormatName): DocumentFormat {
  const isText = plainText.extensions.some((extension) => fileName.toLowerCase().endsWith(`.${extension}`));
  const found =
    name === undefined
      ? (documentFormatOf(fileName) ?? (isText ? plainText : undefined))
      : [...FORMATS, plainText].find((format) => format.name === name);
  if (found !== undefined) return found;
  throw new VoiceLinguaError(
    'INPUT_UNSUPPORTED_FORMAT',
    `The ending of ${JSON.stringify(fileName)} does not tell what kind of document it is. Name its format: ${DOCUMENT_FORMATS.join(', ')}.`,
    { details: { path: fileName } },
  );
}
