import { openLogFile } from '../../../src/telemetry/log-file.js';

/** `FILE`: writes and leaves the log open; nothing must keep this process, and nothing must be printed. */
const log = openLogFile(process.argv[2] as string, 'debug');
for (let number = 0; number < 500; number += 1) log.write({ level: 'debug', message: 'open', data: { number } });
