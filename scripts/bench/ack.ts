/**
 * Acknowledgements per second: this daemon, which keeps every event with an fsync before it answers, against a bare Express
 * handler with helmet and HMAC that keeps nothing. Both run as processes of their own and are loaded in turn by wrk with
 * 50 connections; every request is an event with a call id of its own (see post.lua, write-bodies.ts).
 *
 *   npm run bench:ack -- [--role receiver] [--rounds 5] [--seconds 8] [--events 0] [--out bench-ack.json]
 *
 * The role is `receiver` unless `all` is asked for, where the same process also folds what it receives.
 *
 * `--events 1000000` goes on after the rounds until the ledger holds so many, and tells the memory then.
 */
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

import { machine } from './ack/machine.ts';
import { median, printReport, summarise, type Report } from './ack/report.ts';
import { startBare, startHookline, type Target } from './ack/target.ts';
import { load, type Measured } from './ack/wrk.ts';
import { writeBodies } from './ack/write-bodies.ts';

/** More than either target can take in a second: no file may run out within a round. */
const BODIES_PER_SECOND = 20_000;
const WARM_UP_SECONDS = 3;
const CONNECTIONS = 50;

const { values } = parseArgs({
  options: {
    role: { type: 'string', default: 'receiver' },
    rounds: { type: 'string', default: '5' },
    seconds: { type: 'string', default: '8' },
    events: { type: 'string', default: '0' },
    out: { type: 'string' },
  },
});
// So that the servers are ended too.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1));

const [rounds, seconds, events] = [Number(values.rounds), Number(values.seconds), Number(values.events)];

const folder = mkdtempSync(join(tmpdir(), 'hookline-bench-'));
const bodies = join(folder, 'bodies.txt');
const secret = randomBytes(24).toString('hex');
let files = 0;

// A limit nobody reaches, not `off`: counting is part of what is measured.
const config = `server:
  rate_limit: { per_address: 900000000/m }
sources:
  callab: { platform: callab, secrets: ["\${CALLAB_SECRET}"] }
`;
writeFileSync(join(folder, 'hookline.yaml'), config);
mkdirSync(join(folder, 'data'));

const bare = await startBare(secret);
const hookline = await startHookline(['--role', values.role], {
  HOOKLINE_CONFIG: join(folder, 'hookline.yaml'),
  DATA_DIR: join(folder, 'data'),
  CALLAB_SECRET: secret,
  HOST: '127.0.0.1',
  PORT: '0',
  ADMIN_PORT: '0',
  LOG_LEVEL: 'info',
  LOG_FORMAT: 'json',
});
try {
  const report = await measure();
  printReport(report);
  if (values.out !== undefined) writeFileSync(values.out, `${JSON.stringify(report, null, 2)}\n`);
} finally {
  await bare.stop();
  await hookline.stop();
  rmSync(folder, { recursive: true });
}

async function measure(): Promise<Report> {
  await round(WARM_UP_SECONDS);
  const measured: { bare: Measured; hookline: Measured }[] = [];
  for (let number = 1; number <= rounds; number += 1) {
    measured.push(await round(seconds, number % 2 === 0));
    console.error(`round ${number} of ${rounds} done`);
  }
  const rssAfterRounds = hookline.memory();
  await fill();
  const kept = await hookline.events();
  return {
    machine: machine(folder),
    settings: { role: values.role, rounds, seconds, connections: CONNECTIONS },
    ratio: median(measured.map((each) => each.hookline.perSecond / each.bare.perSecond)),
    bare: summarise(measured.map((each) => each.bare)),
    hookline: summarise(measured.map((each) => each.hookline)),
    memory: { afterRounds: rssAfterRounds, atTheEnd: hookline.memory(), bare: bare.memory() },
    events: kept,
    rounds: measured,
  };
}

/** Both targets get the same bodies, one after the other; who begins changes from round to round. */
async function round(durationS: number, hooklineFirst = false): Promise<{ bare: Measured; hookline: Measured }> {
  await writeBodies(bodies, secret, String((files += 1)), durationS * BODIES_PER_SECOND);
  const run = (target: Target): Promise<Measured> =>
    load({ url: target.url, bodies, durationS, connections: CONNECTIONS });
  if (hooklineFirst) return { hookline: await run(hookline), bare: await run(bare) };
  return { bare: await run(bare), hookline: await run(hookline) };
}

async function fill(): Promise<void> {
  for (let kept = await hookline.events(); kept.recorded < events; kept = await hookline.events()) {
    console.error(`${kept.recorded} of ${events} events`);
    await writeBodies(bodies, secret, String((files += 1)), 10 * BODIES_PER_SECOND);
    await load({ url: hookline.url, bodies, durationS: 10, connections: CONNECTIONS });
  }
}
