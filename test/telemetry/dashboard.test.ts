import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { TaskMetrics } from '../../src/telemetry/task-metrics.js';
import { EVENTS } from './support.js';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly description: string;
  readonly datasource: { readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: ReadonlyArray<{
    readonly refId: string;
    readonly expr: string;
    readonly legendFormat: string;
    readonly datasource: { readonly uid: string };
  }>;
}

interface Dashboard {
  readonly schemaVersion: number;
  readonly panels: readonly Panel[];
  readonly templating: {
    readonly list: ReadonlyArray<{ readonly name: string; readonly type: string; readonly definition?: string }>;
  };
}

const docs = join(import.meta.dirname, '..', '..', 'docs');
const dashboard = JSON.parse(readFileSync(join(docs, 'grafana-dashboard.json'), 'utf8')) as Dashboard;
const monitoring = readFileSync(join(docs, 'monitoring.md'), 'utf8');
const targets = dashboard.panels.flatMap((panel) => panel.targets);

/** Metrics that are on no panel, and why. */
const LEFT_OUT: Readonly<Record<string, string>> = {};

/** What is exported: each metric with the labels of its samples, histograms by the names of their series. */
async function exported(): Promise<{ metrics: string[]; series: Map<string, Set<string>> }> {
  const metrics = new TaskMetrics({ version: '1' });
  for (const event of EVENTS) metrics.observe(event);
  const storeCounts = { pending: 0, processing: 0, completed: 0, failed: 0, cancelled: 0 };
  const text = await metrics.text({ storeCounts, active: 0, memoryUsed: 0 });
  const series = new Map<string, Set<string>>();
  for (const [, name, labels] of text.matchAll(/^(voicelingua_\w+)(?:\{(.*)\})? \S+$/gm)) {
    const known = series.get(name as string) ?? new Set();
    for (const [, label] of (labels ?? '').matchAll(/(\w+)="/g)) known.add(label as string);
    series.set(name as string, known);
  }
  return { metrics: [...text.matchAll(/^# TYPE (\w+)/gm)].map((match) => match[1] as string), series };
}

const namesIn = (text: string): string[] => text.match(/\bvoicelingua_\w+/g) ?? [];

test('what the dashboard asks for is exported', async () => {
  const { series } = await exported();
  const asked = [
    ...targets.map((target) => target.expr),
    ...dashboard.templating.list.map((one) => one.definition ?? ''),
  ];
  for (const text of asked) for (const name of namesIn(text)) assert.ok(series.has(name), `${name} in ${text}`);
  assert.ok(asked.some((text) => namesIn(text).length > 0));
});

test('what is exported is on the dashboard, or left out by name', async () => {
  const { metrics } = await exported();
  const shown = new Set(targets.flatMap((target) => namesIn(target.expr)));
  const missing = metrics.filter(
    (name) => LEFT_OUT[name] === undefined && ![name, `${name}_bucket`].some((series) => shown.has(series)),
  );
  assert.equal(missing, []);
  for (const name of Object.keys(LEFT_OUT)) assert.ok(metrics.includes(name), name);
});

test('expressions group and name by labels that the series have', async () => {
  const { series } = await exported();
  const ofPrometheus = ['job', 'instance'];
  for (const { expr, legendFormat } of targets) {
    const labels = new Set([...ofPrometheus, ...namesIn(expr).flatMap((name) => [...(series.get(name) ?? [])])]);
    const used = [
      ...[...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap((match) => (match[1] as string).split(/,\s*/)),
      ...[...expr.matchAll(/[{,]\s*(\w+)=/g)].map((match) => match[1] as string),
      ...[...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] as string),
    ];
    for (const label of used) assert.ok(labels.has(label), `${label} in ${expr}`);
    if (expr.includes('histogram_quantile')) assert.match(expr, /sum by \(le\b/);
    if (/_total\b/.test(expr)) assert.match(expr, /\b(rate|increase)\(/, 'a counter is read as a rate');
  }
});

test('panels are told apart, lie beside each other and ask the chosen data source', () => {
  assert.ok(dashboard.schemaVersion >= 41);
  assert.equal(
    dashboard.templating.list.map((variable) => [variable.name, variable.type]),
    [
      ['datasource', 'datasource'],
      ['job', 'query'],
      ['instance', 'query'],
    ],
  );
  assert.is(new Set(dashboard.panels.map((panel) => panel.id)).size, dashboard.panels.length);
  const taken = new Set<string>();
  for (const { title, description, datasource, gridPos, targets: own } of dashboard.panels) {
    assert.ok(title !== '' && description !== '' && own.length > 0, title);
    for (const uid of [datasource.uid, ...own.map((target) => target.datasource.uid)])
      assert.is(uid, '${' + 'datasource}');
    assert.is(new Set(own.map((target) => target.refId)).size, own.length);
    assert.ok(gridPos.x + gridPos.w <= 24, title);
    for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
      for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
        assert.ok(!taken.has(`${x},${y}`), `${title} lies on another panel`);
        taken.add(`${x},${y}`);
      }
    }
  }
});

test('the docs name each metric, and no other', async () => {
  const { metrics } = await exported();
  const table = [...monitoring.matchAll(/^\| `(voicelingua_\w+)(?:\{[^`]*\})?` \|/gm)].map(
    (match) => match[1] as string,
  );
  assert.equal([...table].sort(), [...metrics].sort());
});

test.run();
