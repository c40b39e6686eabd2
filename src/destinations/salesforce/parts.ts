import type { Load } from '../batcher.ts';
import type { RecordKind } from '../destination.ts';
import { createLookup, keyIn, type FoundRow, type LookupOptions } from './lookup.ts';
import { CALL_KEY, CALL_OBJECT, PERSON_KEY, type PersonType, type SObjectType } from './objects.ts';
import type { Org } from './org.ts';
import { createPeopleLookups, type PeopleLookups, type PeopleOptions } from './people-lookups.ts';
import { fieldsToRead, visible } from './person-fields.ts';
import type { SalesforceConfig } from './schema.ts';
import { isOneOf, select } from './soql.ts';
import { createWriteBatch, type WriteRow, type WriteVerdict } from './write-batches.ts';

/** What finding and writing work with; one per destination. */
export interface SalesforceParts extends LookupOptions {
  /** Fields that integrations write: reads ask for them. */
  readonly asked: { readonly people: ReadonlySet<string>; readonly tasks: ReadonlySet<string> };
  readonly people: PeopleOptions;
  readonly lookups: PeopleLookups;
  readonly tasks: TaskLookups;
  readonly byKey: Readonly<Record<'person' | 'Task', Load<string, readonly FoundRow[]>>>;
  readonly create: Readonly<Record<SObjectType, Load<WriteRow, WriteVerdict>>>;
  readonly update: Readonly<Record<SObjectType, Load<WriteRow, WriteVerdict>>>;
  readonly createAs: 'Lead' | 'Contact';
  readonly duplicateRules: SalesforceConfig['duplicate_rules'];
  /** IANA zone in which a time becomes a day. */
  readonly zoneOf: (org: Pick<Org, 'timeZone'>) => string;
  readonly willWrite: (kind: RecordKind, fields: readonly string[]) => void;
}

interface TaskLookups {
  readonly byId: Load<string, readonly FoundRow[]>;
  /** Without a key of ours. */
  readonly byCallObject: Load<string, readonly FoundRow[]>;
}

const OBJECTS: readonly SObjectType[] = ['Contact', 'Lead', 'Account', 'Task'];

export function createParts(options: LookupOptions, config: SalesforceConfig): SalesforceParts {
  const asked = { people: new Set<string>(), tasks: new Set<string>() };
  const people: PeopleOptions = {
    ...options,
    types: config.match_objects,
    externalIdField: config.external_id_field,
    defaultCountry: config.default_country ?? null,
    asked: asked.people,
  };
  const writing = {
    ...options,
    duplicateRules: config.duplicate_rules,
    runsAssignmentRules: config.assignment_rules,
  };
  const batches = (verb: 'create' | 'update'): Record<SObjectType, Load<WriteRow, WriteVerdict>> =>
    Object.fromEntries(OBJECTS.map((type) => [type, createWriteBatch(writing, { type, verb })])) as Record<
      SObjectType,
      Load<WriteRow, WriteVerdict>
    >;
  return {
    ...options,
    asked,
    people,
    lookups: createPeopleLookups(people),
    tasks: {
      byId: taskLookup(options, 'Id', asked.tasks),
      byCallObject: taskLookup(options, CALL_OBJECT, asked.tasks),
    },
    byKey: { person: personKeyLookup(options, config.create_as), Task: taskLookup(options, CALL_KEY, asked.tasks) },
    create: batches('create'),
    update: batches('update'),
    createAs: config.create_as,
    duplicateRules: config.duplicate_rules,
    zoneOf: ({ timeZone }) => config.time_zone ?? timeZone ?? 'utc',
    willWrite(kind, fields) {
      for (const field of fields) asked[kind === 'contact' ? 'people' : 'tasks'].add(field);
    },
  };
}

/** Archived Tasks are Tasks, too (salesforce.md section 4.3). */
function taskLookup(
  options: LookupOptions,
  field: string,
  asked: ReadonlySet<string>,
): Load<string, readonly FoundRow[]> {
  return createLookup(options, {
    plan(keys) {
      const fields = fieldsToRead(options.orgs.known(), 'Task', [...asked, ...(field === 'Id' ? [] : [field])]);
      const where = `${isOneOf(field, keys)} AND IsDeleted = false`;
      return [{ type: 'Task', soql: select({ from: 'Task', fields, where }), all: true }];
    },
    keysOf: keyIn(field),
  });
}

function personKeyLookup(options: LookupOptions, type: PersonType): Load<string, readonly FoundRow[]> {
  return createLookup(options, {
    plan(keys) {
      const fields = visible(options.orgs.known(), type, ['Id', PERSON_KEY]);
      return [{ type, soql: select({ from: type, fields, where: isOneOf(PERSON_KEY, keys) }) }];
    },
    keysOf: keyIn(PERSON_KEY),
  });
}
