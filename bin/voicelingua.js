#!/usr/bin/env node
import { existsSync } from 'node:fs';

const entry = new URL('../dist/cli/main.js', import.meta.url);
if (!existsSync(entry)) {
  process.stderr.write('error: VoiceLingua is not built yet. Run `npm ci && npm run build` in its folder first.\n');
  process.exit(1);
}
const { start } = await import(entry.href);
await start();
