import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

/** What wrk saw. */
export interface Measured {
  readonly requests: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** Answers other than 2xx and 3xx, timeouts, and socket errors. */
  readonly errors: number;
}

interface Result {
  readonly requests: number;
  readonly durationMs: number;
  readonly status: number;
  readonly timeout: number;
  readonly socket: number;
  readonly repeated: number;
  readonly p50Ms: number;
  readonly p90Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

const SCRIPT = new URL('post.lua', import.meta.url).pathname;

export interface Load {
  readonly url: string;
  /** File of signed bodies, see write-bodies.ts. */
  readonly bodies: string;
  readonly durationS: number;
  readonly connections: number;
}

/** One thread: on two cores a second thread of wrk would take its time from the server. */
export async function load(options: Load): Promise<Measured> {
  const parameters = [
    '-t1',
    `-c${options.connections}`,
    `-d${options.durationS}s`,
    '--timeout',
    '10s',
    '-s',
    SCRIPT,
    options.url,
  ];
  const { stdout } = await promisify(execFile)('wrk', parameters, { env: { ...process.env, BODIES: options.bodies } });
  const line = /^RESULT (.*)$/m.exec(stdout)?.[1];
  if (line === undefined) throw new Error(`wrk told nothing:\n${stdout}`);
  const result = JSON.parse(line) as Result;
  if (result.repeated > 0) throw new Error(`The bodies ran out: ${result.repeated} requests were repeated.`);
  const { requests, durationMs, p50Ms, p90Ms, p99Ms, maxMs } = result;
  const errors = result.status + result.timeout + result.socket;
  return { requests, perSecond: requests / (durationMs / 1000), p50Ms, p90Ms, p99Ms, maxMs, errors };
}
