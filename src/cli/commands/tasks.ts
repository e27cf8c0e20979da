import type { TaskRecord, VoiceLingua } from '../api.js';
import { type Context, withLibrary } from '../context.js';
import { batchExitCode, EXIT_OK } from '../exit-codes.js';
import { defined, displayName } from '../io.js';
import { Batch } from './batch.js';
import { filterOptions } from './filter.js';
import { taskRecord } from './task-record.js';

/** `voicelingua tasks list`: tasks, newest first, one a line; a table on a terminal. */
export async function list(context: Context): Promise<number> {
  const { io, ui, settings, flags } = context;
  const filter = defined({ ...filterOptions(flags), textId: settings.textId });
  const tasks = await withLibrary(context, (lingua) => lingua.tasks(filter));
  for (const task of tasks) ui.record(taskRecord(task));
  ui.record({ type: 'summary', total: tasks.length, ...countByOutcome(tasks) });
  if (ui.json) return EXIT_OK;
  if (tasks.length === 0) ui.message('no tasks');
  const rows = tasks.map((task) => [
    task.id,
    task.status,
    task.type,
    displayName(task.textId),
    task.languages.join(','),
    task.createdAt,
    displayName(task.error?.message ?? ''),
  ]);
  if (io.stdout.isTTY === true && rows.length > 0) {
    const { default: Table } = await import('cli-table3');
    const style = { head: [], border: [], compact: true };
    const table = new Table({ head: ['task', 'status', 'type', 'text id', 'languages', 'created', 'error'], style });
    table.push(...rows);
    ui.result(table.toString());
  } else {
    for (const row of rows) ui.result(row.join('\t'));
  }
  return EXIT_OK;
}

/** `voicelingua tasks show`: all that is stored about tasks, as JSON. */
export async function show(context: Context, ids: readonly string[]): Promise<number> {
  return await each(
    context,
    ids,
    (lingua, id) => lingua.task(id),
    (task) =>
      JSON.stringify(
        { ...taskRecord(task), text: task.text ?? null, reference_text: task.referenceText ?? null },
        null,
        2,
      ),
  );
}

/** `voicelingua tasks cancel` */
export async function cancel(context: Context, ids: readonly string[]): Promise<number> {
  return await each(
    context,
    ids,
    (lingua, id) => lingua.cancel(id),
    (task) => `${task.status}  ${task.id}`,
  );
}

async function each(
  context: Context,
  ids: readonly string[],
  act: (lingua: VoiceLingua, id: string) => Promise<TaskRecord>,
  line: (task: TaskRecord) => string,
): Promise<number> {
  const { ui } = context;
  const batch = new Batch(ui);
  await withLibrary(context, async (lingua) => {
    for (const id of ids) {
      try {
        const task = await act(lingua, id);
        batch.done();
        ui.record(taskRecord(task));
        ui.result(line(task));
      } catch (error) {
        batch.failed(error, id);
      }
    }
  });
  ui.summary(batch.summary());
  return batchExitCode(batch.completed, batch.failures);
}

function countByOutcome(tasks: readonly TaskRecord[]) {
  const count = (status: string) => tasks.filter((task) => task.status === status).length;
  return { completed: count('completed'), failed: count('failed'), cancelled: count('cancelled') };
}
