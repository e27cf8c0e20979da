/** Puts answers into a folder until it is killed, and says once that it has begun. Arguments: the folder. */
import { FolderResponseCache } from '../../../../src/engines/llm/folder-cache.js';
import { cacheKey } from '../../../../src/engines/llm/response-cache.js';

const [folder = ''] = process.argv.slice(2);
const cache = new FolderResponseCache(folder);
for (let at = 0; ; at++) {
  await Promise.all(
    [1, 2, 3, 4].map((one) => cache.put(cacheKey(at % 50, one), { text: 'x'.repeat(20_000), confidence: 1 })),
  );
  if (at === 0) console.log('begun');
}
