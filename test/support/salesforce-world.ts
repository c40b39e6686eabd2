import type { JsonObject } from '../../src/domain/json.ts';
import { startSalesforce, type Salesforce, type SalesforceOptions } from '../simulators/salesforce/index.ts';
import { openCrmWorld, type CrmWorld } from './crm-world.ts';

export interface SalesforceWorld extends Omit<CrmWorld, 'close'> {
  readonly salesforce: Salesforce;
  /** Salesforce's clock and ours. */
  readonly advance: (ms: number) => void;
  readonly close: () => Promise<void>;
}

export interface WorldOptions {
  /** Of the simulator. */
  readonly salesforce?: Partial<SalesforceOptions>;
  /** Beside `sync:`. */
  readonly action?: JsonObject;
  /** Of the destination. */
  readonly destination?: JsonObject;
  /** False: the org lacks the fields that `setup` makes. */
  readonly isSetUp?: boolean;
}

/** `syncCall` against the Salesforce simulator over HTTP; the ledger is in memory and outlives every crash. */
export async function openSalesforceWorld(options: WorldOptions = {}): Promise<SalesforceWorld> {
  let aheadMs = 0;
  const clock = { now: () => Date.now() + aheadMs };
  const salesforce = await startSalesforce({ clock: clock.now, ...options.salesforce });
  if (options.isSetUp !== false) addKeys(salesforce);
  const world = openCrmWorld({
    name: 'salesforce',
    config: salesforceConfig(salesforce, options.destination),
    ...(options.action === undefined ? {} : { action: options.action }),
    clock,
  });
  return {
    ...world,
    salesforce,
    advance: (ms) => void (aheadMs += ms),
    async close() {
      world.close();
      await salesforce.close();
    },
  };
}

/** What `hookline setup salesforce` makes. */
export function addKeys(salesforce: Salesforce): void {
  const key = { length: 255, externalId: true, unique: true, caseSensitive: true };
  salesforce.addField('Activity', { name: 'Hookline_Call_Id__c', ...key });
  for (const type of ['Lead', 'Contact'] as const)
    salesforce.addField(type, { name: 'Hookline_Person_Key__c', ...key });
}

/** The destination as an operator would write it. */
export function salesforceConfig(salesforce: Salesforce, more: JsonObject = {}): JsonObject {
  return {
    type: 'salesforce',
    login_url: salesforce.url,
    allow_private_networks: true,
    auth: { flow: 'client_credentials', client_id: salesforce.clientId, client_secret: salesforce.clientSecret },
    ...more,
  };
}
