import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import { startNode, type RunningProcess } from './start-process.ts';
import { waitUntil } from './wait-until.ts';

/** The REST CRM simulator in a process of its own, steered over HTTP. */
export interface RestCrmProcess {
  readonly url: string;
  /** Every record it holds. */
  state(): Promise<Record<'contacts' | 'calls' | 'tasks', JsonObject[]>>;
  /** How many records and requests, without listing them. */
  summary(): Promise<Record<'contacts' | 'calls' | 'tasks' | 'requests', number>>;
  /** `fail`, `chaos`, `latency`: see test/simulators/rest-crm.ts. */
  steer(hook: 'fail' | 'chaos' | 'latency', body: JsonObject): Promise<void>;
  stop(): Promise<void>;
}

/** Starts the simulator and resolves when it listens. */
export async function startRestCrmProcess({ latencyMs = 0 } = {}): Promise<RestCrmProcess> {
  const process = startNode(['test/simulators/rest-crm-server.ts', '--latency', String(latencyMs)]);
  const url = await waitUntil(() => readUrl(process), { what: 'the REST CRM simulator' });
  const ask = async (hook: string): Promise<JsonValue> => {
    const response = await fetch(`${url}/__sim/${hook}`);
    return (await response.json()) as JsonValue;
  };
  return {
    url,
    state: () => ask('state') as Promise<Record<'contacts' | 'calls' | 'tasks', JsonObject[]>>,
    summary: () => ask('summary') as Promise<Record<'contacts' | 'calls' | 'tasks' | 'requests', number>>,
    async steer(hook, body) {
      const response = await fetch(`${url}/__sim/${hook}`, { method: 'POST', body: JSON.stringify(body) });
      if (!response.ok) throw new Error(`the simulator answered ${hook} with ${response.status}`);
    },
    stop: async () => void (await process.stop('SIGTERM')),
  };
}

function readUrl(process: RunningProcess): string | null {
  if (process.hasExited()) throw new Error(`the REST CRM simulator ended:\n${process.stdout()}${process.stderr()}`);
  const line = /\{"url":"([^"]+)"\}/.exec(process.stdout());
  return line?.[1] ?? null;
}
