import type { Attempt, TaskRecord } from '../api.js';
import type { Context } from '../context.js';
import { displayName } from '../io.js';
import { printFacts } from '../table.js';
import { attemptRecord, realTimeFactor, secondsBetween, taskRecord } from '../task-record.js';
import type { Ui } from '../ui.js';
import { formatDuration, formatOwner, formatPercent, formatTime } from '../units.js';
import { eachTask } from './each-task.js';

/** Of a text, what fits on a line. */
const EXCERPT = 100;

/** `voicelingua tasks show`: all that is stored about tasks, with the attempts at them. */
export async function show(context: Context, ids: readonly string[]): Promise<number> {
  const { ui } = context;
  let shown = 0;
  return await eachTask(context, ids, async (lingua, id, batch) => {
    const [task, attempts] = [await lingua.task(id), await lingua.attempts(id)];
    batch.done();
    ui.record({
      ...taskRecord(task),
      text: task.text ?? null,
      reference_text: task.referenceText ?? null,
      options: task.options,
      attempt_list: attempts.map(attemptRecord),
    });
    if (ui.json) return;
    if (shown > 0) ui.result('');
    shown += 1;
    printTask(ui, task);
    for (const attempt of attempts) printAttempt(ui, attempt);
  });
}

function printTask(ui: Ui, task: TaskRecord): void {
  const rtf = realTimeFactor(task);
  const took = secondsBetween(task.createdAt, task.completedAt);
  const { accuracy, audio } = task;
  const waits =
    task.status === 'pending' && task.notBefore !== null ? ` (not before ${formatTime(task.notBefore)})` : '';
  printFacts(ui, [
    ['task', task.id],
    ['status', colored(ui, task.status) + waits],
    ['text id', displayName(task.textId)],
    ['type', task.type],
    ['recording', task.audioPath === undefined ? null : displayName(task.audioPath)],
    ['text', task.text === undefined ? null : excerpt(task.text)],
    ['reference', task.referenceText === undefined ? null : excerpt(task.referenceText)],
    [
      'language',
      task.detectedLanguage === null ? task.sourceLanguage : `${task.detectedLanguage} (${task.sourceLanguage} given)`,
    ],
    ['targets', task.languages.join(', ')],
    ['priority', String(task.priority)],
    ['progress', formatPercent(task.progress)],
    ['owner', task.owner === null ? null : displayName(formatOwner(task.owner))],
    ['submitted', formatTime(task.createdAt)],
    ['started', task.startedAt === null ? null : formatTime(task.startedAt)],
    [
      'ended',
      task.completedAt === null
        ? null
        : `${formatTime(task.completedAt)}, ${formatDuration(took ?? 0)} after it was submitted`,
    ],
    [
      'audio',
      task.audioDuration === null
        ? null
        : `${formatDuration(task.audioDuration)}${audio === null ? '' : `, ${audio.format}, ${audio.codec}, ${audio.sample_rate} Hz, ${audio.channels} channel(s)`}`,
    ],
    ['work', `${formatDuration(task.processingTime)}${rtf === null ? '' : `, real-time factor ${rtf.toFixed(3)}`}`],
    [
      'models',
      Object.entries(task.models)
        .map(([kind, model]) => `${kind}: ${model}`)
        .join(', '),
    ],
    [
      'accuracy',
      accuracy === null
        ? null
        : `${formatPercent(accuracy.accuracy)}, WER ${formatPercent(accuracy.wer)}, CER ${formatPercent(accuracy.cer)}`,
    ],
    ['warnings', task.warnings.map(displayName).join('; ')],
    ['error', task.error === null ? null : displayName(`${task.error.code}: ${task.error.message}`)],
    ['attempts', `${task.attempts}; ${task.retries} retries, ${task.crashes} crashes, ${task.losses} lost owners`],
  ]);
}

function printAttempt(ui: Ui, attempt: Attempt): void {
  const { number, owner, startedAt, endedAt, outcome, error } = attempt;
  const took = secondsBetween(startedAt, endedAt);
  const time = took === null ? `since ${formatTime(startedAt)}` : `${formatTime(startedAt)}, ${formatDuration(took)}`;
  ui.result(`  #${number}  ${colored(ui, outcome)}  ${time}  ${ui.out.dim(displayName(formatOwner(owner)))}`);
  if (error === null) return;
  ui.result(`      ${displayName(`${error.code}: ${error.message}`)}`);
  for (const [name, value] of Object.entries(error.details))
    if (value !== null && value !== '') printDetail(ui, name, value);
}

/** A fact about a failure; the lines that an engine host left behind stand below each other. */
function printDetail(ui: Ui, name: string, value: unknown): void {
  const lines = Array.isArray(value) ? value.map(String) : typeof value === 'string' ? value.trimEnd().split('\n') : [];
  if (lines.length < 2) {
    ui.result(
      `      ${displayName(`${name}: ${typeof value === 'string' ? value.trimEnd() : JSON.stringify(value)}`)}`,
    );
    return;
  }
  ui.result(`      ${displayName(name)}:`);
  for (const line of lines) ui.result(`        ${displayName(line)}`);
}

function colored(ui: Ui, word: TaskRecord['status'] | Attempt['outcome']): string {
  if (word === 'completed') return ui.out.green(word);
  return word === 'failed' || word === 'crash' ? ui.out.red(word) : ui.out.yellow(word);
}

function excerpt(text: string): string {
  const characters = [...text];
  return displayName(characters.length > EXCERPT ? `${characters.slice(0, EXCERPT).join('')}…` : text);
}
