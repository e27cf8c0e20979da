/** Endings of files that keep their structure when they are translated, lower case; the library's formats have the same. */
export const STRUCTURED_ENDINGS: ReadonlySet<string> = new Set(['.html', '.htm', '.xhtml', '.srt', '.vtt']);
/** Endings of files of plain text. */
export const TEXT_ENDINGS: ReadonlySet<string> = new Set(['.txt', '.text', '.md']);
