/** Recordings with what was said in them. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** An empty transcript means "nobody speaks" only where the note says so; elsewhere nobody wrote one down. */
const SILENT = /\bno speech\b/i;

/**
 * Reads a folder with transcripts.tsv (`file`, `language`, `transcript`, `note` among its columns) or manifest.jsonl
 * (`audio`, `reference_text`, `language` where it is known), or either file itself.
 * @returns recordings with `file`, `path`, `language` (or null), `reference` (or null) and `silent`
 */
export function readRecordings(place) {
  const lists = ['transcripts.tsv', 'manifest.jsonl'].map((name) => join(place, name));
  const list = statSync(place).isDirectory() ? lists.find(existsSync) : place;
  if (list === undefined) throw new Error(`${place} has neither transcripts.tsv nor manifest.jsonl`);
  const rows = list.endsWith('.tsv') ? readTable(list) : readManifest(list);
  return rows.map(({ file, language, transcript, note }) => {
    const silent = transcript === '' && SILENT.test(note);
    return {
      file,
      path: join(dirname(list), file),
      language: language || null,
      reference: silent || transcript !== '' ? transcript : null,
      silent,
    };
  });
}

function readTable(path) {
  const [head, ...lines] = readFileSync(path, 'utf8').split(/\r?\n/).filter(Boolean);
  const names = head.split('\t');
  return lines.map((line) => {
    const cells = line.split('\t');
    return { note: '', ...Object.fromEntries(names.map((name, index) => [name, cells[index] ?? ''])) };
  });
}

function readManifest(path) {
  const entries = readFileSync(path, 'utf8').split(/\r?\n/).filter(Boolean).map(JSON.parse);
  return entries.map((entry) => ({
    file: entry.audio,
    language: entry.language ?? '',
    transcript: entry.reference_text ?? '',
    note: entry.note ?? '',
  }));
}
