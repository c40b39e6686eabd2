import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';

import { findFreePort } from '../support/free-port.ts';
import { readSamples, SAMPLES_CONFIG, signSample } from '../support/samples.ts';
import { startHookline, waitUntilUp, type HooklineOptions } from '../support/start-hookline.ts';
import type { RunningProcess } from '../support/start-process.ts';
import { createTempFolder } from '../support/temp-folder.ts';
import { waitUntil } from '../support/wait-until.ts';

// Promise 7 (design.md section 4): whatever the platforms send, nothing secret and nothing personal is in any log line of
// a whole daemon, debug lines included.

jest.setTimeout(120_000);

const folder = createTempFolder('log-privacy');
const samples = readSamples();
const signatures: string[] = [];
let options: HooklineOptions;
let daemon: RunningProcess;

beforeAll(async () => {
  const config = join(folder.path, 'hookline.yaml');
  writeFileSync(config, SAMPLES_CONFIG);
  options = {
    config,
    dataDir: join(folder.path, 'data'),
    port: await findFreePort(),
    adminPort: await findFreePort(),
    variables: { LOG_LEVEL: 'debug' },
  };
  daemon = startHookline(options);
  await waitUntilUp(daemon, options);
  for (const sample of samples) {
    const headers = signSample(sample, Date.now());
    signatures.push(...Object.values(headers).filter((value) => /^[0-9a-f]{64}$/.test(value)));
    await post(sample.path, headers, sample.body);
    // Proves nothing: refused, and the reason goes to the log.
    await post(`/webhooks/${sample.source}?phone=%2B12025550143`, { 'content-type': 'application/json' }, sample.body);
  }
  await waitUntil(isQuiet, { what: 'the daemon to finish its work' });
  await daemon.stop('SIGTERM');
});

afterAll(async () => {
  await daemon.stop('SIGKILL');
  folder.remove();
});

async function post(path: string, headers: Record<string, string>, body: string): Promise<void> {
  const response = await fetch(`http://127.0.0.1:${options.port}${path}`, { method: 'POST', headers, body });
  await response.arrayBuffer();
}

/** As an operator would see it: nothing waits, says the admin port. */
async function isQuiet(): Promise<boolean> {
  const text = await (await fetch(`http://127.0.0.1:${options.adminPort}/metrics`)).text();
  const done = ['pending_events', ...['due', 'running'].map((state) => `runs{state="${state}"}`)];
  return done.every((name) => text.includes(`\nhookline_${name} 0\n`)) && text.includes('hookline_attempts_total{');
}

test('no phone number, e-mail address, transcript or secret of the samples is in a log line', () => {
  const log = daemon.stdout() + daemon.stderr();
  for (const event of ['receive.answered', 'receive.refused', 'run.attempted', 'daemon.stopped']) {
    expect(log).toContain(`"event":"${event}"`);
  }
  const personal = [...new Set(samples.flatMap(({ body }) => personalTexts(body)))];
  expect(personal.length).toBeGreaterThan(20);
  expect([...personal, ...signatures].filter((text) => log.includes(text))).toEqual([]);
  expect(log).not.toMatch(/secret-of-the-test|a-long-random-path-token/);
});

test('an attempt tells what it wrote, whom it asked, how long it took and what comes next', () => {
  const lines = daemon
    .stdout()
    .split('\n')
    .filter((line) => line.includes('"run.attempted"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const first = lines.find(({ wrote }) => String(wrote).startsWith('contact created, call created'));
  expect(first).toMatchObject({
    level: 'info',
    outcome: 'done',
    next: 'done',
    destination: 'sandbox',
    requests: { 'write_contact 2xx': 1, 'write_call 2xx': 1 },
    trigger: expect.stringMatching(/^call\./),
    config: expect.any(String),
    waited_ms: expect.any(Number),
    budget_ms: expect.any(Number),
    http_ms: expect.any(Number),
  });
});

/** Phone numbers as digits, e-mail addresses, and every text long enough to be somebody's words. */
function personalTexts(body: string): string[] {
  return stringsOf(body).flatMap((text) => {
    if (/^https?:/.test(text)) return [];
    if (/^\+?[\d\s().-]{10,}$/.test(text)) return [text.replaceAll(/\D/g, '')];
    return text.includes('@') || text.split(' ').length > 4 ? [text] : [];
  });
}

/** Every quoted text of a body, also of one that is not quite JSON; of a form, every value. */
function stringsOf(body: string): string[] {
  if (!body.startsWith('{')) return [...new URLSearchParams(body).values()];
  return (body.match(/"(?:[^"\\]|\\.)*"/g) ?? []).map((quoted) => JSON.parse(quoted) as string);
}
