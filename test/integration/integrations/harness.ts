import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';

import type { Call } from '../../../src/domain/call.ts';
import type { JsonValue } from '../../../src/domain/json.ts';
import type { CallRow, Ledger, RunSummary } from '../../../src/ledger/ledger.ts';
import type { Action, ActionInput, ActionResult } from '../../../src/integrations/action.ts';
import { createFold, createJoin } from '../../../src/integrations/fold-call.ts';
import type { Integration } from '../../../src/integrations/integration.ts';
import { DEFAULT_RETRY } from '../../../src/integrations/retry-policy.ts';
import type { PoolOptions } from '../../../src/integrations/run-pool.ts';
import { startWorker, type Worker } from '../../../src/integrations/worker.ts';
import { openSqliteLedger } from '../../../src/ledger/open-sqlite-ledger.ts';
import type { Queue } from '../../../src/queue/queue.ts';
import { createIds } from '../../../src/shared/ids.ts';
import type { LogFields, Logger } from '../../../src/shared/logger.ts';
import { createManualClock, type ManualClock } from '../../support/manual-clock.ts';
import { createManualQueue } from '../../support/manual-queue.ts';
import { newEvent } from '../../support/scripted-event.ts';
import { createScriptedSource, type ScriptedEvent } from '../../support/scripted-platform.ts';
import { createTempFolder } from '../../support/temp-folder.ts';
import { waitUntil } from '../../support/wait-until.ts';

export const LEASE_MS = 60_000;

export interface ScriptedAction extends Action {
  /** What it was run with, in order. */
  readonly inputs: readonly ActionInput[];
}

type Script = (input: ActionInput, time: number) => ActionResult | Promise<ActionResult>;

export function finished(result: JsonValue = 'ok'): ActionResult {
  return { kind: 'finished', result, requests: [] };
}

export function stopped(outcome: Extract<ActionResult, { kind: 'stopped' }>['outcome']): ActionResult {
  return { kind: 'stopped', outcome, result: null, requests: [] };
}

/** An action that does as the script says; `time` counts from 1. */
export function scripted(destination: string, script: Script = () => finished()): ScriptedAction {
  const inputs: ActionInput[] = [];
  return {
    kind: 'scripted',
    destination,
    inputs,
    async run(input) {
      inputs.push(input);
      return script(input, inputs.length);
    },
  };
}

/** Resolves when the action was run so many times. */
export async function inputsOf(action: ScriptedAction, times: number): Promise<void> {
  await waitUntil(() => action.inputs.length >= times, { what: `${times} runs of the action`, everyMs: 2 });
}

export function integration(actions: readonly Action[], rest: Partial<Integration> = {}): Integration {
  return {
    name: 'Sync',
    enabled: true,
    sources: null,
    triggers: ['call.ended', 'call.analyzed'],
    when: null,
    settleMs: null,
    retry: DEFAULT_RETRY,
    actions,
    hash: 'config-1',
    ...rest,
  };
}

export interface LogLine {
  readonly level: string;
  readonly event: string;
  readonly fields: LogFields;
}

export interface House {
  readonly clock: ManualClock;
  readonly ledger: Ledger;
  readonly log: readonly LogLine[];
  /** Records an event and rings. */
  deliver(event: ScriptedEvent): Promise<string>;
  /** Starts a worker of its own owner. */
  startWorker(options: WorkerOptions): Worker;
  /** The run of a call; waits until it is in that state. */
  runIn(state: RunSummary['state'], call?: string): Promise<RunSummary>;
  ring(destination: string): void;
  /** Waits until there are so many calls that fit. */
  calls(count: number, fits?: (call: Call) => boolean): Promise<readonly CallRow[]>;
  /** Waits until so many attempts were logged. */
  attempts(count: number): Promise<void>;
  logged(fits: (line: LogLine) => boolean): Promise<void>;
  /** Closes and opens the same file again. */
  reopen(): Promise<void>;
  close(): Promise<void>;
}

export interface WorkerOptions {
  readonly integrations: readonly Integration[];
  readonly pools?: readonly Partial<PoolOptions>[];
  readonly graceMs?: number;
  /** Claims of runs come back only when this has resolved. */
  readonly claimsAfter?: Promise<void>;
  /** Answers the bells of this queue instead of the house's. */
  readonly queue?: Queue;
}

export async function openHouse(): Promise<House> {
  const folder = createTempFolder('integrations');
  const clock = createManualClock();
  const ids = createIds(clock);
  const queue = createManualQueue(clock);
  const source = createScriptedSource('tests');
  const log: LogLine[] = [];
  const workers: Worker[] = [];
  const open = () => openSqliteLedger({ file: join(folder.path, 'ledger.db'), clock, ids });
  let ledger = await open();
  const stopWorkers = async (): Promise<void> => {
    await Promise.all(workers.splice(0).map((worker) => worker.stop()));
  };
  return {
    clock,
    log,
    get ledger() {
      return ledger;
    },
    async deliver(event) {
      const recorded = await ledger.recordEvent(newEvent(event, { id: ids.next('evt'), receivedAtMs: clock.now() }));
      queue.ring({ kind: 'event' });
      return recorded.id;
    },
    startWorker(options) {
      const dependencies = {
        sources: new Map([['tests', source]]),
        integrations: options.integrations,
        logger: collect(log),
      };
      const worker = startWorker({
        ledger: {
          ...ledger,
          async claimRuns(claim) {
            const runs = await ledger.claimRuns(claim);
            if (runs.length > 0) await options.claimsAfter;
            return runs;
          },
        },
        queue: options.queue ?? queue,
        clock,
        after: (delayMs, run) => clock.after(delayMs, run),
        logger: dependencies.logger,
        metrics: { attemptEnded() {}, folded() {} },
        newOwner: () => ids.next('own'),
        leaseMs: LEASE_MS,
        random: () => 0.5,
        integrations: new Map(options.integrations.map((item) => [item.name, item])),
        fold: createFold(dependencies),
        join: createJoin(dependencies),
        busy: () => false,
        destinations: (options.pools ?? [{ destination: 'crm' }]).map(pool),
        graceMs: options.graceMs ?? 5_000,
      });
      workers.push(worker);
      return worker;
    },
    runIn: (state, call = 'c1') => findRunIn(ledger, state, call),
    calls: (count, fits = () => true) =>
      waitUntil(
        async () => {
          const { rows } = await ledger.listCalls({ limit: 100 });
          return rows.filter(({ call }) => fits(call)).length >= count ? rows : null;
        },
        { what: `${count} calls`, everyMs: 2 },
      ),
    async attempts(count) {
      const isEnd = ({ event }: LogLine): boolean => event === 'run.attempted';
      await waitUntil(() => log.filter(isEnd).length >= count, { what: `${count} attempts`, everyMs: 2 });
    },
    async logged(fits) {
      await waitUntil(() => log.some(fits), { what: 'the log line', everyMs: 2 });
    },
    ring: (destination) => queue.ring({ kind: 'run', destination }),
    async reopen() {
      await stopWorkers();
      await ledger.close();
      ledger = await open();
    },
    async close() {
      await passingTime(clock, stopWorkers());
      await ledger.close();
      folder.remove();
    },
  };
}

/** Lets every patience come to its end: some scripts hang on purpose. */
async function passingTime(clock: ManualClock, work: Promise<void>): Promise<void> {
  const state = { done: false };
  const ended = work.finally(() => {
    state.done = true;
  });
  while (!state.done) {
    clock.advance(60_000);
    await setImmediate();
  }
  await ended;
}

function pool(options: Partial<PoolOptions>): PoolOptions {
  return {
    destination: 'crm',
    concurrency: 4,
    canRun: () => ({ ok: true }),
    roomAtMs: () => 0,
    refresh: () => Promise.resolve(),
    ...options,
  };
}

function findRunIn(ledger: Ledger, state: RunSummary['state'], call: string): Promise<RunSummary> {
  return waitUntil(
    async () => {
      const page = await ledger.listRuns({ limit: 100 });
      return page.rows.find((row) => row.providerCallId === call && row.run.state === state)?.run ?? null;
    },
    { what: `the run of ${call} to be ${state}`, everyMs: 2 },
  );
}

function collect(log: LogLine[]): Logger {
  const write =
    (level: string) =>
    (event: string, fields: LogFields = {}): void => {
      log.push({ level, event, fields });
    };
  return { debug: write('debug'), info: write('info'), warn: write('warn'), error: write('error') };
}
