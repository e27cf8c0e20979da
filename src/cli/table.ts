import type { Io } from './io.js';
import type { Ui } from './ui.js';

/** Rows for people: a table on a terminal, columns separated by tabs otherwise. Cells are safe to print. */
export async function printRows(io: Io, ui: Ui, head: readonly string[], rows: readonly string[][]): Promise<void> {
  if (ui.json || rows.length === 0) return;
  if (io.stdout.isTTY !== true) {
    for (const row of rows) ui.result(row.join('\t'));
    return;
  }
  const { default: Table } = await import('cli-table3');
  const table = new Table({ head: [...head], style: { head: [], border: [], compact: true } });
  table.push(...rows);
  ui.result(table.toString());
}

/** Names with their values, one a line, the values under each other. */
export function printFacts(ui: Ui, facts: ReadonlyArray<readonly [name: string, value: string | null]>): void {
  const shown = facts.filter((fact): fact is readonly [string, string] => fact[1] !== null && fact[1] !== '');
  const width = Math.max(...shown.map(([name]) => name.length));
  for (const [name, value] of shown) ui.result(`${ui.out.bold(name.padEnd(width))}  ${value}`);
}
