import { findFreePort } from '../../../test/support/free-port.ts';
import { startHookline, type HooklineOptions } from '../../../test/support/start-hookline.ts';
import type { RunningProcess } from '../../../test/support/start-process.ts';
import { startRestCrmProcess, type RestCrmProcess } from '../../../test/support/start-rest-crm.ts';
import { restEntry, type CallStrategy } from '../../../src/torture/crm/rest-torture.ts';
import { writeConfig } from '../../../src/torture/stage/write-config.ts';

/** What the bench needs besides the daemon: CRMs that outlive it, and where it finds its config and data. */
export interface Stage {
  readonly crms: readonly (RestCrmProcess & { readonly name: string })[];
  readonly hookline: HooklineOptions;
  /** Starts the daemon; the one before must be gone. */
  start(): RunningProcess;
  /** Everything all daemons printed. */
  log(): string;
  /** Ends whatever still runs. */
  close(): Promise<void>;
}

export interface StageOptions {
  readonly folder: string;
  readonly crms: readonly { readonly name: string; readonly callStrategy: CallStrategy }[];
  readonly latencyMs: number;
  readonly timeout: string;
  readonly maxInFlight: number;
  readonly retry: string;
}

/** Starts the simulated CRMs and writes the config that points at them. */
export async function setStage({ latencyMs, ...options }: StageOptions): Promise<Stage> {
  const crms = await Promise.all(
    options.crms.map(async (crm) => ({ ...crm, ...(await startRestCrmProcess({ latencyMs })) })),
  );
  const config = writeConfig({ ...options, crms: crms.map((crm) => restEntry({ ...options, ...crm })) });
  const hookline = {
    config,
    dataDir: `${options.folder}/data`,
    port: await findFreePort(),
    adminPort: await findFreePort(),
  };
  const daemons: RunningProcess[] = [];
  return {
    crms,
    hookline,
    start() {
      const daemon = startHookline(hookline);
      daemons.push(daemon);
      return daemon;
    },
    log: () => daemons.map((daemon) => daemon.stdout() + daemon.stderr()).join(''),
    async close() {
      await Promise.all(daemons.map((daemon) => daemon.stop('SIGKILL')));
      await Promise.all(crms.map((crm) => crm.stop()));
    },
  };
}
