import { setTimeout as delay } from 'node:timers/promises';
import { openLogFile } from '../../../src/telemetry/log-file.js';
import { LOG_ROTATION } from '../../../src/telemetry/log-rotation.js';

/** `FILE WRITER COUNT MAX_BYTES KEEP`: writes numbered entries, some at once, with small pauses, and closes. */
const [file, writer, count, maxBytes, keep] = process.argv.slice(2) as [string, string, string, string, string];
const log = openLogFile(file, 'info', {
  rotation: { ...LOG_ROTATION, maxBytes: Number(maxBytes), keep: Number(keep), quietMs: 1_000 },
  onTrouble: (error) => process.stderr.write(`${error.code} ${error.message}\n`),
});
for (let number = 0; number < Number(count); number += 1) {
  log.write({ level: 'info', message: 'x'.repeat(number % 300), data: { writer, number } });
  if (number % 25 === 0) await delay(number % 3);
}
await log.close();
