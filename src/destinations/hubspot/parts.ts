import type { After } from '../../shared/after.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Load } from '../batcher.ts';
import type { RecordKind } from '../destination.ts';
import type { HubSpotRecord } from './answer.ts';
import type { HubSpotClient } from './exchange.ts';
import { OBJECT_TYPES, UNIQUE_PROPERTIES } from './objects.ts';
import { PHONE_PROPERTIES } from './phones-of.ts';
import type { PortalReader } from './portal.ts';
import { createPhoneSearch, createReadBatch, type Looked } from './read-batches.ts';
import {
  createBondBatch,
  createWriteBatch,
  type Bond,
  type BondVerdict,
  type WriteRow,
  type WriteVerdict,
} from './write-batches.ts';

/** What finding and writing work with; one per destination. */
export interface HubSpotParts {
  readonly destination: string;
  readonly version: string;
  readonly clock: Clock;
  readonly client: HubSpotClient;
  readonly portals: PortalReader;
  readonly externalIdProperty: string;
  readonly readById: Readonly<Record<RecordKind, Load<string, Looked>>>;
  readonly readByEmail: Load<string, Looked>;
  readonly readByExternalId: Load<string, Looked>;
  readonly searchPhones: Load<string, readonly HubSpotRecord[]>;
  readonly update: Readonly<Record<RecordKind, Load<WriteRow, WriteVerdict>>>;
  readonly upsert: Readonly<Record<RecordKind, Load<WriteRow, WriteVerdict>>>;
  readonly bind: Readonly<Record<'call' | 'task', Load<Bond, BondVerdict>>>;
  /** Fields that integrations write: reads ask for them. */
  readonly willWrite: (kind: RecordKind, fields: readonly string[]) => void;
}

export interface PartsOptions extends Pick<
  HubSpotParts,
  'destination' | 'version' | 'clock' | 'client' | 'portals' | 'externalIdProperty'
> {
  readonly after: After;
}

const USUAL: Readonly<Record<RecordKind, readonly string[]>> = {
  contact: [...PHONE_PROPERTIES, 'email', 'hs_additional_emails', 'firstname', 'lastname', 'company', 'hs_lead_status'],
  call: ['hs_timestamp', 'hs_call_title'],
  task: ['hs_timestamp', 'hs_task_subject'],
};

export function createParts(options: PartsOptions): HubSpotParts {
  const asked: Readonly<Record<RecordKind, Set<string>>> = {
    contact: new Set(USUAL.contact),
    call: new Set(USUAL.call),
    task: new Set(USUAL.task),
  };
  const read = (kind: RecordKind, idProperty: string | null): Load<string, Looked> =>
    createReadBatch(options, { type: OBJECT_TYPES[kind], idProperty, properties: () => [...asked[kind]] });
  const write = (kind: RecordKind, idProperty: string | null): Load<WriteRow, WriteVerdict> =>
    createWriteBatch(options, { type: OBJECT_TYPES[kind], idProperty });
  const upsert = (kind: RecordKind): Load<WriteRow, WriteVerdict> => write(kind, UNIQUE_PROPERTIES[kind]);
  const readContact = read('contact', null);
  const { externalIdProperty } = options;
  return {
    ...options,
    readById: { contact: readContact, call: read('call', null), task: read('task', null) },
    readByEmail: read('contact', 'email'),
    readByExternalId: externalIdProperty === 'hs_object_id' ? readContact : read('contact', externalIdProperty),
    searchPhones: createPhoneSearch(options),
    update: { contact: write('contact', null), call: write('call', null), task: write('task', null) },
    upsert: { contact: upsert('contact'), call: upsert('call'), task: upsert('task') },
    bind: { call: createBondBatch(options, 'calls'), task: createBondBatch(options, 'tasks') },
    willWrite(kind, fields) {
      for (const field of fields) asked[kind].add(field);
    },
  };
}
