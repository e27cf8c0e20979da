import { createRequire } from 'node:module';
import type * as Pino from 'pino';
import type { LogEntry } from '../api-types.js';

export type LogLevel = LogEntry['level'] | 'silent';

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3, silent: 4 };

/** Whether an entry of this level belongs in a log that holds `from` and above. */
export function isLogged(level: LogEntry['level'], from: LogLevel): boolean {
  return RANK[level] >= RANK[from];
}

/** An entry and the moment it was made, ISO 8601 UTC. */
export interface TimedEntry {
  readonly entry: LogEntry;
  readonly time: string;
}

/** One line of JSON, with its line break. */
export type LogLineFormatter = (timed: TimedEntry) => string;

/** Fields that an entry's `data` cannot replace: there they get the prefix `data_`. */
const RESERVED = new Set(['level', 'time', 'pid', 'source', 'task_id', 'text_id', 'stage', 'code', 'msg']);

const require = createRequire(import.meta.url);

/** Reads pino (some 15 ms, which is why this is not done before the first entry) and gives the formatter of this process. */
export function loadLogLineFormatter(): LogLineFormatter {
  const { pino } = require('pino') as typeof Pino;
  let time = '';
  let line = '';
  const logger = pino(
    {
      level: 'debug',
      base: { pid: process.pid },
      formatters: { level: (label) => ({ level: label }) },
      timestamp: () => `,"time":"${time}"`,
    },
    {
      write: (text) => {
        line = text;
      },
    },
  );
  return ({ entry, time: made }) => {
    time = made;
    line = '';
    try {
      logger[entry.level](fieldsOf(entry, entry.data), entry.message);
    } catch (error) {
      // Data that throws when it is read; what else there is to say is still said.
      logger[entry.level](fieldsOf(entry, { unreadable_data: String(error) }), entry.message);
    }
    return line;
  };
}

function fieldsOf(entry: LogEntry, data: LogEntry['data']): Record<string, unknown> {
  const fields: Record<string, unknown> = {
    source: entry.source ?? 'voicelingua',
    task_id: entry.taskId,
    text_id: entry.textId,
    stage: entry.stage,
    code: entry.code,
  };
  for (const [name, value] of Object.entries(data ?? {})) fields[RESERVED.has(name) ? `data_${name}` : name] = value;
  return fields;
}
