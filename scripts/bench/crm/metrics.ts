import type { HooklineOptions } from '../../../test/support/start-hookline.ts';

/** What the daemon tells Prometheus. */
export async function readMetrics({ adminPort }: Pick<HooklineOptions, 'adminPort'>): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${adminPort}/metrics`);
  return answer.text();
}

/** Of all series whose line begins so. */
export function sumOf(metrics: string, series: RegExp): number {
  const lines = metrics.split('\n').filter((line) => series.test(line));
  return lines.reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
