import type { VoiceLingua } from '../api.js';
import type { Context } from '../context.js';
import { CliError, toFailure, usageError } from '../errors.js';
import { displayName } from '../io.js';
import { taskRecord } from '../task-record.js';
import { eachTask } from './each-task.js';
import { taskPages } from './task-pages.js';

/** `voicelingua tasks cancel` */
export async function cancel(context: Context, ids: readonly string[]): Promise<number> {
  const { ui } = context;
  return await eachTask(context, ids, async (lingua, id, batch) => {
    const task = await lingua.cancel(id);
    batch.done();
    ui.record(taskRecord(task));
    ui.result(`${task.status}  ${task.id}`);
  });
}

/** `voicelingua tasks retry` */
export async function retry(context: Context, ids: readonly string[]): Promise<number> {
  const { ui, flags } = context;
  const failed = flags.failed === true;
  if (failed && ids.length > 0) throw usageError('tasks retry takes task ids or --failed, not both.');
  if (!failed && ids.length === 0) throw usageError('tasks retry needs task ids, or --failed for all failed tasks.');
  let retried = 0;
  const code = await eachTask(context, failed ? failedIds : ids, async (lingua, id, batch) => {
    try {
      const task = await lingua.retry(id);
      retried += 1;
      batch.done();
      ui.record(taskRecord(task));
      ui.result(`${task.status}  ${displayName(task.textId)}  ${task.id}`);
    } catch (error) {
      // Asked for all failed tasks, one whose work was submitted again meanwhile needs no retry.
      if (!failed || toFailure(error).code !== 'TASK_STATE') throw error;
      ui.message(`${id} is left as it is: ${toFailure(error).message}`);
    }
  });
  if (retried > 0) ui.message('next: the command that submitted them, such as voicelingua run, works them off');
  else if (failed && code === 0) ui.message('no failed tasks');
  return code;
}

/** `voicelingua tasks delete` */
export async function remove(context: Context, ids: readonly string[]): Promise<number> {
  const { ui, flags } = context;
  const outputs = flags.outputs === true;
  return await eachTask(context, ids, async (lingua, id, batch) => {
    if (!(await lingua.delete(id, { outputs }))) {
      throw new CliError('TASK_NOT_FOUND', 'usage', `There is no task "${id}" in the store.`);
    }
    batch.done();
    ui.record({ type: 'deleted', task_id: id, outputs });
    ui.result(`deleted  ${id}`);
  });
}

/** All of them before the first is changed: what leaves a list while it is paged through moves the rest. */
async function failedIds(lingua: VoiceLingua): Promise<string[]> {
  const ids: string[] = [];
  for await (const tasks of taskPages(lingua, { status: 'failed' })) ids.push(...tasks.map((task) => task.id));
  return ids;
}
