import path from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { conformance } from './conformance.js';

conformance('sqlite store', ({ folder, ...options }) => openSqliteStore(path.join(folder, 'store.sqlite'), options));
