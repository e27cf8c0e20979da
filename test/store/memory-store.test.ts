import { MemoryStore } from '../../src/store/memory-store.js';
import { conformance } from './conformance.js';

conformance('memory store', async ({ folder: _, ...options }) => new MemoryStore(options));
