import type { JsonObject } from '../../../domain/json.ts';
import { startSimulator, type Simulator } from '../simulator.ts';
import { Access, type Token } from './access.ts';
import type { Account } from './account.ts';
import type { RequestClass } from './api.ts';
import { requestClassOf } from './faults.ts';
import { Limits } from './limits.ts';
import { mergeContacts } from './merge.ts';
import type { ObjectType } from './object-types.ts';
import { DEFAULT_OPTIONS, type HubSpotOptions } from './options.ts';
import { Portal } from './portal.ts';
import { addProperty } from './properties-api.ts';
import { uniqueValues, type HubSpotRecord } from './record-table.ts';
import { archiveRecord } from './records-api.ts';
import { serve } from './serve.ts';
import { Transaction } from './transaction.ts';
import { createRecord, updateRecord } from './write-records.ts';

export { createHubSpotChaos, FAULTS, requestsOf } from './faults.ts';
export { ALL_SCOPES, type ObjectType } from './object-types.ts';
export type { HubSpotOptions } from './options.ts';
export type { HubSpotRecord } from './record-table.ts';
export type { RequestClass } from './api.ts';
export type { Token } from './access.ts';

/**
 * HubSpot's API on 127.0.0.1, with state, limits and faults. It answers the date-versioned paths (2026-03, 2026-09) and
 * the v3/v4 paths of `@hubspot/api-client`: objects (contacts, companies, deals, tickets, notes, calls, tasks), batches,
 * search, associations, properties, owners, pipelines, account info, OAuth. It refuses what hubspot.md says the real API
 * refuses. Where that page could not settle something, `HubSpotOptions` has a switch.
 *
 *     const hubspot = await startHubSpot({ burst: 100, searchLagMs: 2000 });
 *     hubspot.url;                                          // base_url of the destination; the token is hubspot.token
 *     hubspot.addProperty('contacts', { name: 'hookline_person_key', hasUniqueValue: true });
 *     hubspot.fail({ fault: FAULTS.limited('DAILY'), when: requestsOf({ operation: 'contacts batch/upsert' }) });
 *     hubspot.fail({ fault: { kind: 'commit_then_drop' }, times: 3 });
 *     hubspot.setChaos(createHubSpotChaos(0.2, 1));         // a share of all requests goes wrong, by seed
 *     hubspot.records('calls'); hubspot.associated('calls', id, 'contacts'); hubspot.duplicates(); hubspot.counts();
 *     const newId = hubspot.mergeContacts(keptId, otherId); // as a person in HubSpot
 *     hubspot.advance(86_400_000);                          // its clock: limits, tokens, search lag
 *     await hubspot.close();
 */
export interface HubSpot extends Simulator {
  /** The service key of the options. */
  readonly token: string;
  /** Epoch ms on the portal's clock. */
  now(): number;
  /** Moves the portal's clock on: limits, expiry of tokens, search lag, the day of the quota. */
  advance(ms: number): void;
  /** From now on search knows of a write so much later; 0: at once, also of what waits. */
  lag(ms: number): void;

  /** Live records as they stand, oldest first. `properties` hold everything, calculated ones too. */
  records(type: ObjectType): readonly HubSpotRecord[];
  record(type: ObjectType, id: string): HubSpotRecord | undefined;
  /** The live record with this value in a unique property. */
  holder(type: ObjectType, property: string, value: string): HubSpotRecord | undefined;
  /** Ids of the records of `type` that one record is associated with. */
  associated(from: ObjectType, id: string, type: ObjectType): readonly string[];
  /**
   * Values that more than one live record has: `contacts.phone=+1…`. Looks at phone and mobile numbers, at addresses
   * and at every property whose name begins with `hookline_`.
   */
  duplicates(): readonly string[];

  /** Writes as a person in HubSpot does: checked, unlimited, not in the request log. Returns the id. */
  create(type: ObjectType, properties: JsonObject): string;
  update(type: ObjectType, id: string, properties: JsonObject): void;
  archive(type: ObjectType, id: string): void;
  /** Merges `other` into `primary`; the id of the survivor is a new one unless the portal keeps it. */
  mergeContacts(primary: string, other: string): string;
  /** A text property unless told otherwise; in the first group of the object. */
  addProperty(type: ObjectType, definition: JsonObject & { readonly name: string }): void;
  /** Archives a property as an administrator does; writes to it fail with PROPERTY_DOESNT_EXIST. */
  removeProperty(type: ObjectType, name: string): void;

  /** Requests of the log by what they were for; refused and failed ones count too. */
  counts(): Readonly<Record<RequestClass, number>>;
  /** Forgets the request log. */
  clearRequests(): void;
  addToken(token: Token): void;
  /** A service key is unknown from now on, an OAuth token expired. */
  endToken(token: string): void;
  /** Every OAuth access token so far is expired from now on. */
  endAccessTokens(): void;
  /** The refresh token is refused from now on. */
  revokeRefreshToken(): void;
  /** As if so many requests had been made today, by other apps too. */
  spendDaily(requests: number): void;
}

/** OAuth: client `client-id` with `client-secret`, first refresh token `refresh-0`. */
export async function startHubSpot(given: Partial<HubSpotOptions> = {}): Promise<HubSpot> {
  const options = { ...DEFAULT_OPTIONS, ...given };
  const portal = new Portal(options);
  const account: Account = { portal, access: new Access(portal), limits: new Limits(portal) };
  const simulator = await startSimulator((request) => serve(account, request), options.port);
  return {
    ...simulator,
    token: options.token,
    ...lookAt(portal),
    ...actOn(portal),
    now: () => portal.now(),
    advance: (ms) => portal.advance(ms),
    lag: (ms) => portal.setLag(ms),
    counts: () => count(simulator),
    clearRequests: () => void (simulator.requests as unknown[]).splice(0),
    addToken: (token) => account.access.add(token),
    endToken: (token) => account.access.end(token),
    endAccessTokens: () => account.access.endAll(),
    revokeRefreshToken: () => account.access.revokeRefreshToken(),
    spendDaily: (requests) => account.limits.spendDaily(requests),
  };
}

function lookAt(portal: Portal): Pick<HubSpot, 'records' | 'record' | 'holder' | 'associated' | 'duplicates'> {
  return {
    records: (type) => portal.tables[type].live(),
    record: (type, id) => portal.find(type, id),
    holder: (type, property, value) => portal.tables[type].holder(property, value),
    associated: (from, id, type) => [...portal.associations.of({ type: from, id }, type).keys()],
    duplicates: () => (['contacts', 'calls', 'tasks', 'notes'] as const).flatMap((type) => duplicates(portal, type)),
  };
}

const IDENTITY = ['email', 'phone', 'mobilephone'];

function duplicates(portal: Portal, type: ObjectType): readonly string[] {
  const seen = new Map<string, number>();
  for (const { properties } of portal.tables[type].live()) {
    const names = Object.keys(properties).filter((name) => IDENTITY.includes(name) || name.startsWith('hookline_'));
    const values = names.flatMap((name) => uniqueValues(properties, name).map((value) => `${type}.${name}=${value}`));
    for (const value of new Set(values)) seen.set(value, (seen.get(value) ?? 0) + 1);
  }
  return [...seen].filter(([, times]) => times > 1).map(([value]) => value);
}

function actOn(
  portal: Portal,
): Pick<HubSpot, 'create' | 'update' | 'archive' | 'mergeContacts' | 'addProperty' | 'removeProperty'> {
  return {
    create: (type, properties) => write(portal, (context) => createRecord(context, type, { properties })).id,
    update: (type, id, properties) => {
      const record = portal.find(type, id);
      if (record === undefined) throw new Error(`there is no record ${id} in ${type}`);
      write(portal, (context) => updateRecord(context, type, record, properties));
    },
    archive: (type, id) => archiveRecord(portal, type, id),
    mergeContacts: (primary, other) => mergeContacts(portal, primary, other).id,
    addProperty: (type, definition) => {
      const [groupName = ''] = portal.schemas[type].groups.keys();
      addProperty(portal, type, {
        label: definition.name,
        type: 'string',
        fieldType: 'text',
        groupName,
        ...definition,
      });
    },
    removeProperty: (type, name) => {
      const property = portal.schemas[type].find(name);
      if (property !== undefined) portal.schemas[type].put({ ...property, archived: true });
    },
  };
}

function write(
  portal: Portal,
  run: (context: { transaction: Transaction; version: string }) => HubSpotRecord,
): HubSpotRecord {
  const transaction = new Transaction(portal);
  const record = run({ transaction, version: 'v3' });
  transaction.commit();
  return record;
}

function count({ requests }: Simulator): Record<RequestClass, number> {
  const counts = { search: 0, read: 0, write: 0, association: 0, schema: 0, account: 0, oauth: 0 };
  for (const request of requests) {
    const requestClass = requestClassOf(request);
    if (requestClass !== undefined) counts[requestClass] += 1;
  }
  return counts;
}
