/*
 * A metric nobody can look up is a number; an alert on a metric that was renamed never fires. Both are only noticed in
 * the night they were made for.
 */
import { readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

import { createMetrics } from '../../../src/observability/metrics.ts';
import { createManualClock } from '../../support/manual-clock.ts';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly action: string };
}

const docs = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
const alerts = parse(readFileSync(new URL('../../../deploy/prometheus/alerts.yaml', import.meta.url), 'utf8')) as {
  readonly groups: readonly { readonly rules: readonly Rule[] }[];
};
const rules = alerts.groups.flatMap((group) => group.rules);
const METRIC = /\b(?:hookline|nodejs|process)_[a-z0-9_]+/g;

/** Every metric a process can have, with the labels it was given. */
async function renderAll(): Promise<string> {
  const clock = createManualClock();
  const metrics = createMetrics({ version: '1', role: 'all', mode: 'embedded' }, clock);
  const destination = 'crm';
  metrics.readAtScrape({
    ready: () => true,
    ledgerFailing: () => false,
    backlog: async () => ({
      pendingEvents: 0,
      oldestPendingEventMs: null,
      runs: { due: 1 },
      due: [{ destination, count: 1, oldestMs: 0 }],
      dead: [{ destination, count: 1 }],
      bytes: 1,
    }),
    destinations: () => [
      {
        destination,
        inFlight: 0,
        maxInFlight: 1,
        waiting: 0,
        blockedUntilMs: 0,
        windows: [{ n: 1, seconds: 1, left: 1 }],
        pause: null,
      },
    ],
    redis: () => ({ up: true, droppedBells: 0 }),
    freeBytes: async () => 1,
  });
  return (await metrics.render()).text;
}

async function registered(): Promise<string[]> {
  const text = await renderAll();
  return [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name = '']) => name);
}

test('every metric is documented, and every documented metric exists', async () => {
  const section = docs.slice(docs.indexOf('## Metrics'), docs.indexOf('## Alerts'));
  const documented = [...section.matchAll(/`((?:hookline|nodejs|process)_[a-z0-9_]+)`/g)].map(([, name = '']) => name);
  expect([...new Set(documented)].toSorted()).toEqual((await registered()).toSorted());
});

test('names follow the conventions of Prometheus: base units, _total on counters and only there', async () => {
  const text = await renderAll();
  for (const [, name = '', type] of text.matchAll(/^# TYPE (hookline_\S+) (\S+)/gm)) {
    expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter']);
    expect(name).not.toMatch(/_(?:ms|milliseconds|kb|mb|minutes)(?:_|$)/);
  }
  for (const [, help = ''] of text.matchAll(/^# HELP hookline_\S+ (.*)$/gm)) expect(help).toMatch(/^[A-Z01].{10,}\.$/);
});

test('every alert is about metrics that exist, says what to do, and is in the documentation', async () => {
  const names = new Set(await registered());
  expect(rules.length).toBeGreaterThan(10);
  for (const { alert, expr, labels, annotations } of rules) {
    const used = (expr.match(METRIC) ?? []).map((name) => name.replace(/_(?:bucket|sum|count)$/, ''));
    expect([alert, used.filter((name) => !names.has(name))]).toEqual([alert, []]);
    expect(['page', 'ticket']).toContain(labels.severity);
    expect(annotations.action.length).toBeGreaterThan(20);
    expect(docs).toContain(`| \`${alert}\``);
  }
  const documented = [...docs.matchAll(/^\| `(Hookline\w+)`/gm)].map(([, name]) => name);
  expect(documented).toEqual(rules.map(({ alert }) => alert));
});
