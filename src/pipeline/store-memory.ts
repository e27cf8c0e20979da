import type { TaskRecord } from '../domain/task.js';
import type { TranslationMemory } from '../stages/stage.js';
import type { TaskStore } from '../store/task-store.js';

/** The store's translation memory for a task; null for one that does without. */
export function memoryFor(
  { options }: Pick<TaskRecord, 'options'>,
  store: Pick<TaskStore, 'recallTranslations' | 'rememberTranslations'>,
): TranslationMemory | null {
  const translate = options.translate as { readonly memory?: unknown } | undefined;
  if (translate?.memory === false) return null;
  return {
    recall: (keys) => store.recallTranslations(keys),
    remember: async (entries) => {
      await store.rememberTranslations(entries);
    },
  };
}
