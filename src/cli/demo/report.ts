import Table from 'cli-table3';
import type { Package } from '../api.js';
import type { Ui } from '../ui.js';

/** Longest text of a cell; the files hold all of it. */
const CELL = 150;
const LABEL_WIDTH = 12;

/** A task's package as a table: transcript, accuracy and times, then its translations. */
export function taskTable(ui: Ui, made: Package, width: number): string {
  const { bold, cyan, dim } = ui.out;
  const table = new Table({
    colWidths: [LABEL_WIDTH, Math.max(40, Math.min(width, 120) - LABEL_WIDTH - 3)],
    wordWrap: true,
    style: { head: [], border: [], compact: true },
  });
  const { metadata, source_language: spoken } = made;
  const kind = made.task_type === 'text' ? 'text' : `${metadata.audio_format}, ${seconds(metadata.audio_duration)}`;
  table.push([
    bold('content'),
    `${bold(made.text_id)} ${dim(`(${kind}, done in ${seconds(metadata.processing_time)})`)}`,
  ]);
  const own = made.translations[spoken];
  const heard = own?.text;
  if (heard !== undefined) {
    table.push([
      bold('heard'),
      `${cut(heard.content) || dim('(nothing)')} ${dim(`(${spoken}, confidence ${heard.confidence.toFixed(2)})`)}`,
    ]);
  } else if (own?.reference_text !== undefined) {
    table.push([bold('text'), `${cut(own.reference_text.content)} ${dim(`(${spoken})`)}`]);
  }
  if (made.accuracy !== null) {
    const wer = metadata.wer === undefined ? '' : `, word error rate ${percent(metadata.wer)}`;
    table.push([bold('accuracy'), `${percent(made.accuracy)}${wer}`]);
  }
  for (const language of made.languages) {
    if (language === spoken) continue;
    const entry = made.translations[language];
    const content = entry?.text ?? entry?.reference_text;
    if (content !== undefined) table.push([cyan(language), cut(content.content)]);
  }
  return table.toString();
}

/** One line a task. */
export function overview(rows: ReadonlyArray<readonly string[]>): string {
  const table = new Table({
    head: ['text id', 'input', 'length', 'time', 'language', 'accuracy', 'state'],
    style: { head: [], border: [], compact: true },
  });
  table.push(...rows.map((row) => [...row]));
  return table.toString();
}

export const seconds = (value: number | null): string => (value === null ? '' : `${value.toFixed(1)} s`);
export const percent = (share: number | null): string => (share === null ? '' : `${(share * 100).toFixed(1)} %`);

function cut(text: string): string {
  const letters = [...text];
  return letters.length <= CELL ? text : `${letters.slice(0, CELL).join('')} … (${letters.length} characters)`;
}
