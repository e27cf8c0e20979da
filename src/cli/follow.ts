import type { JobEvent } from './api.js';

/** Shows the events of a job as they come. A failing job ends its events too; its own rejection is the one that is reported. */
export async function follow(events: AsyncIterable<JobEvent>, show: (event: JobEvent) => void): Promise<void> {
  try {
    for await (const event of events) show(event);
  } catch {}
}
