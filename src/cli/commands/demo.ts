import type { Context } from '../context.js';
export async function demo(_context: Context): Promise<number> {
  return 0;
}
