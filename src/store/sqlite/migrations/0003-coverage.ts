import { CHECKSUM_SQL } from '../checksum.js';
import type { Migration } from './index.js';

/** How much of the speech has text, as JSON; under the row's checksum as everything a task says of its result. */
export const coverage: Migration = {
  version: 3,
  name: 'coverage',
  up: `
    ALTER TABLE tasks ADD COLUMN coverage TEXT;
    UPDATE tasks SET sum = ${CHECKSUM_SQL}(id, type, text_id, priority, idempotency_key, cost, status, created_at,
      updated_at, started_at, completed_at, attempts, retries, crashes, losses, fencing, owner, error, progress,
      detected_language, accuracy, audio, audio_duration, processing_time, models, warnings, coverage);
  `,
};
