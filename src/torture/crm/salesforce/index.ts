import type { JsonObject } from '../../../domain/json.ts';
import { startSimulator, type Simulator } from '../simulator.ts';
import { Access } from './access.ts';
import type { Account } from './account.ts';
import type { RequestClass } from './api.ts';
import { findDuplicates } from './duplicates.ts';
import { requestClassOf } from './faults.ts';
import type { Access as UserAccess } from './field-security.ts';
import type { FieldDefinition } from './field.ts';
import { getPrivateKey } from './jwt-bearer.ts';
import { Limits } from './limits.ts';
import type { SObjectType } from './object-types.ts';
import { DEFAULT_OPTIONS, type SalesforceOptions } from './options.ts';
import { Org } from './org.ts';
import {
  addDuplicateRuleByHand,
  addFieldByHand,
  changeField,
  convertLead,
  createByHand,
  mergeInto,
  removeByHand,
  removeFieldByHand,
  updateByHand,
} from './person-acts.ts';
import type { SalesforceRecord } from './record-table.ts';
import type { DuplicateRule, RowFault, ValidationRule } from './rules.ts';
import { entitiesOf } from './custom-fields.ts';
import { seedOrg } from './seed-org.ts';
import { serve } from './serve.ts';

export { createSalesforceChaos, FAULTS, requestsOf, ROW_FAULTS } from './faults.ts';
export type { SObjectType } from './object-types.ts';
export type { SalesforceOptions } from './options.ts';
export type { SalesforceRecord } from './record-table.ts';
export type { RequestClass } from './api.ts';

/**
 * Salesforce's API on 127.0.0.1, with state, limits and faults: token endpoint and SOAP login, REST (records, upserts,
 * collections, composite, graphs), SOQL, SOSL, describe, limits, and as much of the Tooling API and of permission sets as
 * it takes to add fields. It refuses what salesforce.md says the real API refuses. Where that page could not settle
 * something, `SalesforceOptions` has a switch.
 *
 *     const salesforce = await startSalesforce({ searchLagMs: 120_000 });
 *     salesforce.url;                                       // login_url and instance_url
 *     salesforce.addField('Activity', { name: 'Hookline_Call_Id__c', length: 64, externalId: true, unique: true });
 *     salesforce.fail({ fault: FAULTS.limited('daily'), when: requestsOf({ operation: 'collections create' }) });
 *     salesforce.failRows({ ...ROW_FAULTS.locked, when: ({ entity }) => entity === 'Task', times: 3 });
 *     salesforce.setChaos(createSalesforceChaos(0.2, 1));   // a share of all requests goes wrong, by seed
 *     salesforce.records('Task'); salesforce.tasksOf(leadId); salesforce.duplicates(); salesforce.counts();
 *     salesforce.convertLead(leadId);                       // as a person in Salesforce
 *     salesforce.advance(86_400_000);                       // its clock: limits, sessions, search lag
 *     await salesforce.close();
 */
export interface Salesforce extends Simulator {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The one that is taken now; empty when there is none. */
  readonly refreshToken: string;
  readonly username: string;
  /** With the security token behind it. */
  readonly password: string;
  /** PEM; the JWT bearer flow takes what is signed with it. */
  readonly privateKey: string;
  /** Epoch ms on the org's clock. */
  now(): number;
  /** Moves the org's clock on: limits, expiry of sessions, search lag. */
  advance(ms: number): void;
  /** From now on SOSL knows of a write so much later; 0: at once, also of what waits. SOQL knows at once. */
  lag(ms: number): void;

  /** Live records as they stand, oldest first. */
  records(type: SObjectType): readonly SalesforceRecord[];
  record(type: SObjectType, id: string): SalesforceRecord | undefined;
  /** Tasks of one lead or contact, oldest first. */
  tasksOf(whoId: string): readonly SalesforceRecord[];
  /**
   * What more than one live person (contact, or lead that was not converted) or task has: `person.phone=+1…`,
   * `person.email=…`, `Task.Hookline_Call_Id__c=…`, `Task.CallObject=…`.
   */
  duplicates(): readonly string[];

  /** Writes as a person in Salesforce does: checked, unlimited, not in the request log. Returns the id. */
  create(type: SObjectType, fields: JsonObject): string;
  update(type: SObjectType, id: string, fields: JsonObject): void;
  remove(type: SObjectType, id: string): void;
  /** Into a contact of a new account, or into one there is. Its tasks move to the contact. */
  convertLead(id: string, options?: { readonly contactId?: string }): { contactId: string; accountId: string };
  /** The other is deleted, its tasks move to the one that is kept. */
  mergeInto(type: SObjectType, keptId: string, otherId: string): void;
  /** A text of 255 that the API user sees and writes, unless told otherwise; of Activity on Task and Event. */
  addField(type: SObjectType | 'Activity', definition: FieldDefinition): void;
  removeField(type: SObjectType | 'Activity', name: string): void;
  /** Another length, other choices, … of a field there is. */
  changeField(type: SObjectType | 'Activity', changes: FieldDefinition): void;
  /** What the profile of the API user says of a field. */
  setFieldAccess(type: SObjectType | 'Activity', name: string, access: UserAccess): void;
  /** What the user may do with an object as a whole. */
  setObjectAccess(type: SObjectType, access: UserAccess): void;
  addValidationRule(type: SObjectType, rule: ValidationRule): void;
  addDuplicateRule(type: SObjectType, rule: DuplicateRule): void;
  /** An active lead assignment rule gives every lead to this user; null: there is none. */
  setLeadAssignment(ownerId: string | null): void;
  /** The next matching rows fail, whatever request they come in; rows written by hand do not. */
  failRows(fault: RowFault): void;

  /** Requests of the log by what they were for; refused and failed ones count too. */
  counts(): Readonly<Record<RequestClass, number>>;
  /** Forgets the request log. */
  clearRequests(): void;
  /** Every session so far is over. */
  endSessions(): void;
  /** The refresh token is refused from now on. */
  revokeRefreshToken(): void;
  /** The access token of an administrator, who may set up what the API user may not. */
  openAdministrator(): string;
  /** Logins work, and every session is refused at once with 401: a policy, a range of addresses. */
  freeze(isFrozen?: boolean): void;
  /** As if so many requests had been made today, by other apps too. */
  spendDaily(requests: number): void;
}

export async function startSalesforce(given: Partial<SalesforceOptions> = {}): Promise<Salesforce> {
  const options = { ...DEFAULT_OPTIONS, ...given };
  const org = new Org(options);
  const access = new Access(org);
  seedOrg(org, access.username);
  const account: Account = { org, access, limits: new Limits(org), address: () => simulator.url };
  const simulator: Simulator = await startSimulator((request) => serve(account, request), options.port, {
    readsText: true,
  });
  return {
    ...simulator,
    ...lookAt(org),
    ...actOn(org),
    ...setUp(org),
    ...guard(account),
    counts: () => count(simulator),
    get refreshToken() {
      return access.refreshToken;
    },
    clearRequests: () => void (simulator.requests as unknown[]).splice(0),
  };
}

function guard({
  access,
  org,
  limits,
}: Account): Pick<
  Salesforce,
  | 'clientId'
  | 'clientSecret'
  | 'username'
  | 'password'
  | 'privateKey'
  | 'now'
  | 'advance'
  | 'lag'
  | 'endSessions'
  | 'revokeRefreshToken'
  | 'openAdministrator'
  | 'freeze'
  | 'spendDaily'
> {
  const { clientId, clientSecret, username, password } = access;
  return {
    clientId,
    clientSecret,
    username,
    password,
    privateKey: getPrivateKey(),
    now: () => org.now(),
    advance: (ms) => org.advance(ms),
    lag: (ms) => org.setLag(ms),
    endSessions: () => access.endAll(),
    revokeRefreshToken: () => access.revokeRefreshToken(),
    openAdministrator: () => access.open(true) ?? '',
    freeze: (isFrozen = true) => access.setFrozen(isFrozen),
    spendDaily: (requests) => limits.spendDaily(requests),
  };
}

function lookAt(org: Org): Pick<Salesforce, 'records' | 'record' | 'tasksOf' | 'duplicates'> {
  return {
    records: (type) => org.tables[type].live(),
    record: (type, id) => org.find(type, id),
    tasksOf: (whoId) => {
      const who = org.findAny(whoId)?.id;
      return org.tables.Task.live().filter(({ fields }) => who !== undefined && fields['WhoId'] === who);
    },
    duplicates: () => findDuplicates(org),
  };
}

function actOn(org: Org): Pick<Salesforce, 'create' | 'update' | 'remove' | 'convertLead' | 'mergeInto'> {
  return {
    create: (type, fields) => createByHand(org, type, fields),
    update: (type, id, fields) => updateByHand(org, type, id, fields),
    remove: (type, id) => removeByHand(org, type, id),
    convertLead: (id, chosen = {}) => convertLead(org, id, chosen),
    mergeInto: (type, keptId, otherId) => mergeInto(org, type, keptId, otherId),
  };
}

function setUp(
  org: Org,
): Pick<
  Salesforce,
  | 'addField'
  | 'removeField'
  | 'changeField'
  | 'setFieldAccess'
  | 'setObjectAccess'
  | 'addValidationRule'
  | 'addDuplicateRule'
  | 'setLeadAssignment'
  | 'failRows'
> {
  return {
    addField: (type, definition) => addFieldByHand(org, type, definition),
    removeField: (type, name) => removeFieldByHand(org, type, name),
    changeField: (type, changes) => changeField(org, type, changes),
    setFieldAccess: (type, name, access) => {
      for (const entity of entitiesOf(type)) org.security.setProfile(entity, name, access);
    },
    setObjectAccess: (type, access) => org.security.setObject(type, access),
    addValidationRule: (type, rule) => org.rules.addValidation(type, rule),
    addDuplicateRule: (type, rule) => addDuplicateRuleByHand(org, type, rule),
    setLeadAssignment: (ownerId) => void (org.rules.leadOwner = ownerId),
    failRows: (fault) => org.rules.addFault(fault),
  };
}

function count({ requests }: Simulator): Record<RequestClass, number> {
  const counts = { token: 0, query: 0, search: 0, describe: 0, write: 0, read: 0, tooling: 0, limits: 0 };
  for (const request of requests) {
    const requestClass = requestClassOf(request);
    if (requestClass !== undefined) counts[requestClass] += 1;
  }
  return counts;
}
