import type { RecordKind } from '../destination.ts';

export type ObjectType = 'contacts' | 'calls' | 'tasks';

export const OBJECT_TYPES: Readonly<Record<RecordKind, ObjectType>> = {
  contact: 'contacts',
  call: 'calls',
  task: 'tasks',
};

/** The properties that `setup hubspot` makes unique: with them HubSpot itself keeps doubles out (hubspot.md section 5.3). */
export const UNIQUE_PROPERTIES: Readonly<Record<RecordKind, string>> = {
  contact: 'hookline_person_key',
  call: 'hookline_call_id',
  task: 'hookline_call_id',
};

/**
 * Ids of the default associations from an activity to its contact, the same in every account. A test compares them with
 * the enum of the official client, which is not loaded at run time (decision 0011).
 */
export const TO_CONTACT = { call: 194, task: 204 } as const;

/** Where calls have no unique property of ours: not unique, but a search can find it. */
export const EXTERNAL_ID = 'hs_call_external_id';
