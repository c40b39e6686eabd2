import type { After } from '../../shared/after.ts';
import type { Clock } from '../../shared/clock.ts';
import type { Load } from '../batcher.ts';
import type { RecordKind } from '../destination.ts';
import type { HubSpotRecord } from './answer.ts';
import type { HubSpotClient } from './exchange.ts';
import { OBJECT_TYPES, UNIQUE_PROPERTIES } from './objects.ts';
import { PHONE_PROPERTIES } from './phones-of.ts';
import type { PortalReader } from './portal.ts';
import { createAddressSearch } from './search-addresses.ts';
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
  /** By the key under which Hookline made a contact. */
  readonly readByKey: Load<string, Looked>;
  readonly searchPhones: Load<string, readonly HubSpotRecord[]>;
  readonly searchAddresses: Load<string, readonly HubSpotRecord[]>;
  /** True where new contacts get an address: then HubSpot itself names the contact that has it as a second one. */
  readonly writesAddresses: () => boolean;
  readonly update: Readonly<Record<RecordKind, Load<WriteRow, WriteVerdict>>>;
  readonly upsert: Readonly<Record<RecordKind, Load<WriteRow, WriteVerdict>>>;
  readonly bind: Readonly<Record<Exclude<RecordKind, 'contact'>, Load<Bond, BondVerdict>>>;
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
  note: ['hs_timestamp', 'hs_note_body'],
};

export function createParts(options: PartsOptions): HubSpotParts {
  const asked = ofEach((kind) => new Set(USUAL[kind]));
  const read = (kind: RecordKind, idProperty: string | null): Load<string, Looked> =>
    createReadBatch(options, { type: OBJECT_TYPES[kind], idProperty, properties: () => [...asked[kind]] });
  const write = (kind: RecordKind, idProperty: string | null): Load<WriteRow, WriteVerdict> =>
    createWriteBatch(options, { type: OBJECT_TYPES[kind], idProperty });
  const readById = ofEach((kind) => read(kind, null));
  const readByKey = read('contact', UNIQUE_PROPERTIES.contact);
  const ofExternalId = { hs_object_id: readById.contact, [UNIQUE_PROPERTIES.contact]: readByKey };
  const { externalIdProperty } = options;
  let writesAddresses = false;
  return {
    ...options,
    readById,
    readByEmail: read('contact', 'email'),
    readByExternalId: ofExternalId[externalIdProperty] ?? read('contact', externalIdProperty),
    readByKey,
    searchPhones: createPhoneSearch(options),
    searchAddresses: createAddressSearch(options),
    writesAddresses: () => writesAddresses,
    update: ofEach((kind) => write(kind, null)),
    upsert: ofEach((kind) => write(kind, UNIQUE_PROPERTIES[kind])),
    bind: {
      call: createBondBatch(options, 'calls'),
      task: createBondBatch(options, 'tasks'),
      note: createBondBatch(options, 'notes'),
    },
    willWrite(kind, fields) {
      for (const field of fields) asked[kind].add(field);
      if (kind === 'contact' && fields.includes('email')) writesAddresses = true;
    },
  };
}

function ofEach<Value>(create: (kind: RecordKind) => Value): Readonly<Record<RecordKind, Value>> {
  return { contact: create('contact'), call: create('call'), task: create('task'), note: create('note') };
}
