/** Documents that keep their structure when they are translated. */
export const DOCUMENT_FORMATS = ['html', 'srt', 'vtt', 'txt'] as const;
export type DocumentFormatName = (typeof DOCUMENT_FORMATS)[number];
