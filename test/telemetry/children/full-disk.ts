import { openLogFile } from '../../../src/telemetry/log-file.js';

/** `FILE`: writes more than the limit on file sizes that this process was started under allows. Prints what it was told. */
const troubles: string[] = [];
const log = openLogFile(process.argv[2] as string, 'info', { onTrouble: (error) => troubles.push(error.code) });
for (let number = 0; number < 3_000; number += 1) {
  log.write({ level: 'info', message: 'x'.repeat(100), data: { number } });
  if (number % 100 === 0) await new Promise(setImmediate);
}
await log.close();
process.stdout.write(JSON.stringify(troubles));
