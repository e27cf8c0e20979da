import { type Context, withLibrary } from '../context.js';
import { EXIT_BY_CATEGORY, EXIT_OK } from '../exit-codes.js';

/** `voicelingua doctor`: what is there, what is missing, and how to get it. */
export async function doctor(context: Context): Promise<number> {
  const { ui } = context;
  const report = await withLibrary(context, (lingua) => lingua.doctor());
  const width = Math.max(...report.checks.map((check) => check.name.length));
  for (const check of report.checks) {
    ui.record({ type: 'check', ...check });
    const mark = check.ok ? ui.out.green('ok  ') : ui.out.red('FAIL');
    const indent = '\n'.padEnd(width + 9);
    const lines = check.ok || check.fix === undefined ? check.detail : `${check.detail}\n${check.fix}`;
    ui.result(`${mark}  ${check.name.padEnd(width)}  ${lines.replaceAll('\n', indent)}`);
  }
  const failed = report.checks.filter((check) => !check.ok).length;
  ui.record({
    type: 'summary',
    total: report.checks.length,
    completed: report.checks.length - failed,
    failed,
    cancelled: 0,
  });
  return report.ok ? EXIT_OK : EXIT_BY_CATEGORY.internal;
}
