import { start } from '../../src/cli/main.js';

await start();
