import { open, stat } from 'node:fs/promises';
import type { Library, TaskRecord } from '../api.js';

/** The beginning of a package, in which its task id stands. */
const HEAD_BYTES = 512;

/**
 * Formats in the order in which they are written: the package itself first. So a file of another format that is older
 * than the package belongs to an earlier task, or to a call that was killed before it got there.
 */
export function packageFormats(formats: readonly string[] | undefined): readonly string[] {
  const named = formats ?? ['json'];
  return named.includes('json') ? ['json', ...named.filter((format) => format !== 'json')] : named;
}

/**
 * Whether all files of a completed task are in `out` already, written for this very task. Without the package itself, which
 * alone names its task, they count as missing; and so do those that a format cannot make of the task.
 */
export async function isPackaged(
  { outputPath }: Pick<Library, 'outputPath'>,
  task: TaskRecord,
  out: string,
  formats: readonly string[],
): Promise<boolean> {
  if (!formats.includes('json')) return false;
  const written = await packageTime(outputPath(out, task.textId, '.json'), task.id);
  if (written === null) return false;
  const spoken = task.sourceLanguage === 'auto' ? (task.detectedLanguage ?? 'und') : task.sourceLanguage;
  // Whisper's own translation is English whatever was spoken.
  const own = task.options.task === 'translate' ? 'en' : spoken;
  const languages = new Set([own, ...task.languages]);
  for (const format of formats) {
    if (format === 'json') continue;
    for (const language of languages) {
      const facts = await stat(outputPath(out, task.textId, `.${language}.${format}`)).catch(() => null);
      if (facts === null || facts.mtimeMs < written) return false;
    }
  }
  return true;
}

/** When the package of this task was written; null when there is none, or that of another task. */
async function packageTime(path: string, taskId: string): Promise<number | null> {
  try {
    const file = await open(path, 'r');
    try {
      const { bytesRead, buffer } = await file.read(Buffer.alloc(HEAD_BYTES), 0, HEAD_BYTES, 0);
      const head = buffer.toString('utf8', 0, bytesRead);
      const named = /^\s*\{\s*"task_id":\s*("(?:[^"\\]|\\.)*")/.exec(head)?.[1];
      return named === JSON.stringify(taskId) ? (await file.stat()).mtimeMs : null;
    } finally {
      await file.close();
    }
  } catch {
    return null;
  }
}
