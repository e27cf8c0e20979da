import type { Migration } from './index.js';

/**
 * - A glossary is one row, however many tasks name it: 100,000 terms take some megabytes.
 * - `task_glossaries` says which tasks name which. A task's options say it too, but no index of them would do: their JSON may hold
 *   long texts, which every submit would have to read. The reference keeps a glossary from going while a task names it.
 */
export const GLOSSARY_SCHEMA_SQL = `CREATE TABLE glossaries (
    fingerprint TEXT PRIMARY KEY,
    terms TEXT NOT NULL,
    sum INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE task_glossaries (
    task_seq INTEGER PRIMARY KEY REFERENCES tasks (seq) ON DELETE CASCADE,
    fingerprint TEXT NOT NULL REFERENCES glossaries (fingerprint)
  ) STRICT;
  CREATE INDEX task_glossaries_by_glossary ON task_glossaries (fingerprint);`;

/** Glossaries outlive the process that gave them, as the tasks do that name them. */
export const glossaries: Migration = { version: 5, name: 'glossaries', up: GLOSSARY_SCHEMA_SQL };
