import type { DocumentFormat } from './document.js';
import { htmlDocument } from './html.js';
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
