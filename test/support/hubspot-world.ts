import type { JsonObject } from '../../src/domain/json.ts';
import { startHubSpot, type HubSpot, type HubSpotOptions, type ObjectType } from '../simulators/hubspot/index.ts';
import { openCrmWorld, type CrmWorld } from './crm-world.ts';

export interface HubSpotWorld extends Omit<CrmWorld, 'close'> {
  readonly hubspot: HubSpot;
  /** HubSpot's clock and ours. */
  readonly advance: (ms: number) => void;
  readonly close: () => Promise<void>;
}

export interface WorldOptions {
  /** Of the simulator. */
  readonly hubspot?: Partial<HubSpotOptions>;
  /** Beside `sync:`. */
  readonly action?: JsonObject;
  /** Of the destination. */
  readonly destination?: JsonObject;
  /** False: the account lacks the properties that `setup` makes. */
  readonly isSetUp?: boolean;
  /** Kinds on which the account refused to make one. */
  readonly withoutUniqueOn?: readonly ObjectType[];
}

/** `syncCall` against the HubSpot simulator over HTTP; the ledger is in memory and outlives every crash. */
export async function openHubSpotWorld(options: WorldOptions = {}): Promise<HubSpotWorld> {
  let aheadMs = 0;
  const clock = { now: () => Date.now() + aheadMs };
  const hubspot = await startHubSpot({ clock: clock.now, ...options.hubspot });
  if (options.isSetUp !== false) addUniqueProperties(hubspot, options.withoutUniqueOn);
  const world = openCrmWorld({
    name: 'hubspot',
    config: hubspotConfig(hubspot, options.destination),
    ...(options.action === undefined ? {} : { action: options.action }),
    clock,
  });
  return {
    ...world,
    hubspot,
    advance: (ms) => void (aheadMs += ms),
    async close() {
      world.close();
      await hubspot.close();
    },
  };
}

const UNIQUE = {
  contacts: 'hookline_person_key',
  calls: 'hookline_call_id',
  tasks: 'hookline_call_id',
  notes: 'hookline_call_id',
} as const;

export function addUniqueProperties(hubspot: HubSpot, except: readonly ObjectType[] = []): void {
  for (const type of (['contacts', 'calls', 'tasks', 'notes'] as const).filter((each) => !except.includes(each)))
    hubspot.addProperty(type, { name: UNIQUE[type], hasUniqueValue: true });
}

/** The destination as an operator would write it. */
export function hubspotConfig(hubspot: HubSpot, more: JsonObject = {}): JsonObject {
  return {
    type: 'hubspot',
    base_url: hubspot.url,
    allow_private_networks: true,
    rate: { max_in_flight: 8, per: [] },
    ...('oauth' in more ? {} : { access_token: hubspot.token }),
    ...more,
  };
}
