import { rmSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import type { Package, VoiceLingua } from '../api.js';
import { Batch } from '../batch/outcome.js';
import { type Context, withLibrary } from '../context.js';
import { overview, percent, seconds, taskTable } from '../demo/report.js';
import { type DemoTask, demoWork } from '../demo/work.js';
import { batchExitCode } from '../exit-codes.js';
import { openProgress } from '../progress/progress.js';
import { taskRecord } from '../task-record.js';

const FORMATS = ['json', 'srt', 'vtt', 'txt'];
const QUERIED = { language: 'de', textId: 'train-platform' } as const;

/** `voicelingua demo`: the main job on the recordings of the project, with the embedded demo models. */
export async function demo(context: Context): Promise<number> {
  const { io, ui, settings } = context;
  const out = resolve(io.cwd, settings.out ?? 'demo-output');
  const store = join(out, 'demo.sqlite');
  const { CORE_LANGUAGES } = await context.library();
  const work = demoWork(out, CORE_LANGUAGES);
  // A demo that finds its own work done would show nothing.
  for (const suffix of ['', '-wal', '-shm']) rmSync(store + suffix, { force: true });

  ui.result(
    ui.out.bold('VoiceLingua demo: recordings and a text to transcripts, accuracy, translations and packages.'),
  );
  ui.result(
    [
      'The embedded models know a phrasebook only: digits, times, dates, and short meeting, travel and help sentences.',
      'The recordings are such sentences, said by synthetic voices that the models were not trained on, in combinations',
      'that they were not trained on. Outside the phrasebook the models are no use: "human-voice" shows it.',
      '',
    ].join('\n'),
  );

  const batch = new Batch(ui);
  await withLibrary(
    { ...context, settings: { ...settings, store, sttModel: 'demo-stt', mtModel: 'demo-mt' } },
    async (lingua) => {
      const ids = await workOff(context, lingua, work, batch);
      const shown = await showResults(context, lingua, work, ids, out, batch);
      await showQueries(context, lingua, store);
      if (shown.length > 0) ui.result(overviewOf(work, shown));
    },
  );
  ui.result(`Packages, subtitles and texts are in ${relative(io.cwd, out) || '.'}.`);
  ui.summary(batch.summary());
  return batchExitCode(batch.completed, batch.failures);
}

async function workOff(
  { io, ui, signal }: Context,
  lingua: VoiceLingua,
  work: readonly DemoTask[],
  batch: Batch,
): Promise<string[]> {
  const stored = await lingua.submit(work.map(({ request }) => request));
  const ids = stored.map(({ id }) => id);
  const names = new Map(ids.map((id, index) => [id, work[index]?.request.textId ?? id]));
  const expected = new Map(ids.map((id, index) => [id, work[index]?.inPhrasebook === true]));
  const progress = await openProgress(io, ui, names);
  progress.found(ids.length, true);
  try {
    await lingua.run(ids, {
      signal,
      onEvent: (event) => progress.event(event),
      onTask: (task, error) => {
        progress.ended(error === null ? 'completed' : 'failed', task.id, task.audioDuration);
        if (error === null) return;
        if (expected.get(task.id)) batch.failed(error, task.textId, task.id);
        else ui.warning(`${task.textId}: ${error.message}`);
      },
    });
  } finally {
    progress.stop();
  }
  return ids;
}

interface Shown {
  readonly task: DemoTask;
  readonly made: Package | null;
  readonly status: string;
}

async function showResults(
  { io, ui }: Context,
  lingua: VoiceLingua,
  work: readonly DemoTask[],
  ids: readonly string[],
  out: string,
  batch: Batch,
): Promise<Shown[]> {
  const shown: Shown[] = [];
  for (const [index, id] of ids.entries()) {
    const task = work[index];
    if (task === undefined) continue;
    const record = await lingua.task(id);
    ui.record(taskRecord(record));
    if (record.status !== 'completed') {
      shown.push({ task, made: null, status: record.status });
      continue;
    }
    const made = await lingua.packageTask(id, { out, formats: FORMATS });
    if (task.inPhrasebook) batch.done();
    ui.result(taskTable(ui, made, io.stdout.columns ?? 110));
    shown.push({ task, made, status: record.status });
  }
  return shown;
}

async function showQueries({ io, ui }: Context, lingua: VoiceLingua, store: string): Promise<void> {
  ui.result(`\n${ui.out.bold('Queries by language, text id and source:')}`);
  for (const source of ['AUDIO', 'TEXT'] as const) {
    const found = await lingua.query({ ...QUERIED, source });
    const { language, textId } = QUERIED;
    const file = relative(io.cwd, store);
    ui.record({ type: 'result', ...found });
    ui.result(
      `  voicelingua query --language ${language} --text-id ${textId} --source ${source.toLowerCase()} --store ${file}`,
    );
    ui.result(`  ${ui.out.cyan(found.content)}\n`);
  }
}

function overviewOf(work: readonly DemoTask[], shown: readonly Shown[]): string {
  const rows = shown.map(({ task, made, status }) => [
    task.request.textId,
    task.request.audio === undefined ? 'text' : basename(task.request.audio),
    seconds(made?.metadata.audio_duration ?? null),
    seconds(made?.metadata.processing_time ?? null),
    made?.source_language ?? '',
    percent(made?.accuracy ?? null),
    task.inPhrasebook ? status : `${status}, outside the phrasebook`,
  ]);
  const known = shown.filter(({ task, made }) => task.inPhrasebook && made !== null && made.accuracy !== null);
  const sum = known.reduce((all, { made }) => all + (made?.accuracy ?? 0), 0);
  const mean =
    known.length === 0
      ? ''
      : `\nMean accuracy of ${known.length} phrasebook recordings: ${percent(sum / known.length)}`;
  return `${overview(rows)}${mean}\n${work.length} tasks`;
}
