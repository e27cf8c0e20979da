import type { TaskFilter, TaskRecord, VoiceLingua } from '../api.js';

const PAGE = 500;

/** Tasks of a filter, page by page: a store may hold more than fit in memory at once. */
export async function* taskPages(lingua: VoiceLingua, filter: TaskFilter): AsyncGenerator<readonly TaskRecord[]> {
  const { limit = Number.POSITIVE_INFINITY, offset = 0 } = filter;
  for (let seen = 0; seen < limit; ) {
    const wanted = Math.min(PAGE, limit - seen);
    const page = await lingua.tasks({ ...filter, limit: wanted, offset: offset + seen });
    if (page.length > 0) yield page;
    if (page.length < wanted) return;
    seen += page.length;
  }
}
