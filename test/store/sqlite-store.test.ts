import path from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/open.js';
import { conformance } from './conformance.js';

conformance('sqlite store', ({ clock, folder }) => openSqliteStore(path.join(folder, 'store.sqlite'), { clock }));
