import { type MessagePort, parentPort } from 'node:worker_threads';
import { type DocumentParts, documentParts } from './document-parts.js';
import type { DocumentAnswer, DocumentRequest } from './document-reader.js';
import { toVoiceLinguaError } from './domain/errors.js';

/** Takes documents apart beside the caller's thread: a page of some megabytes takes seconds. */
const port = parentPort as MessagePort;
const documents = new Map<number, DocumentParts>();

async function answer(request: DocumentRequest): Promise<unknown> {
  if (request.call === 'open') {
    const parts = await documentParts(request.format, request.text);
    documents.set(request.document, parts);
    return parts.sample;
  }
  const parts = documents.get(request.document) as DocumentParts;
  return request.call === 'units'
    ? await parts.units(request.language)
    : await parts.written(request.units, request.language);
}

port.on('message', (request: DocumentRequest) => {
  answer(request).then(
    (value) => port.postMessage({ id: request.id, value } satisfies DocumentAnswer),
    (error: unknown) =>
      port.postMessage({ id: request.id, error: toVoiceLinguaError(error).toJSON() } satisfies DocumentAnswer),
  );
});
