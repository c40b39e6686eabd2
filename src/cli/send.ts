import { readFileSync } from 'node:fs';

import { createHttpClient } from '../shared/http-client.ts';
import { systemClock } from '../shared/clock.ts';
import { CommandFailure } from './failure.ts';
import { getCompiledSource, getEnvironment } from './ledger-access.ts';
import { hookline, print, printJson } from './output.ts';

export interface SendOptions {
  readonly event?: string;
  readonly url?: string;
  readonly json?: boolean;
}

/** `hookline send`: posts a file to the running daemon with the headers the platform would add. */
export async function send(sourceName: string, file: string, options: SendOptions): Promise<void> {
  const source = getCompiledSource(sourceName);
  const body = readBodyFile(file);
  const signed = source.sign(body, {
    nowMs: systemClock.now(),
    ...(options.event === undefined ? {} : { event: options.event }),
  });
  const base = (options.url ?? `http://127.0.0.1:${getEnvironment().port}`).replace(/\/+$/, '');
  const url = `${base}/webhooks/${sourceName}${signed.path}`;
  const headers = signed.headers;
  const http = createHttpClient({ allowPrivateNetworks: true });
  const outcome = await http.send({ method: 'POST', url, headers, body: signed.body, timeoutMs: 10_000 });
  if (outcome.kind !== 'response')
    throw new CommandFailure(`${base} gave no answer: ${outcome.reason}. Is the daemon running (npm start)?`);
  const { status, body: answer } = outcome.response;
  if (options.json === true) printJson({ status, answer });
  else print(`${status} ${answer}`);
  if (status !== 200) throw new CommandFailure(`The daemon answered ${status}. Why: ${hookline('events refused')}`);
}

/** Reads the body of a webhook from a file. */
export function readBodyFile(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new CommandFailure(
      `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
      2,
    );
  }
}
