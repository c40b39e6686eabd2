import type { RecordKind } from '../destination.ts';

export type ObjectType = 'contacts' | 'calls' | 'tasks' | 'notes';

export const OBJECT_TYPES: Readonly<Record<RecordKind, ObjectType>> = {
  contact: 'contacts',
  call: 'calls',
  task: 'tasks',
  note: 'notes',
};

/** The properties that `setup hubspot` makes unique: with them HubSpot itself keeps doubles out (hubspot.md section 5.3). */
export const UNIQUE_PROPERTIES: Readonly<Record<RecordKind, string>> = {
  contact: 'hookline_person_key',
  call: 'hookline_call_id',
  task: 'hookline_call_id',
  note: 'hookline_call_id',
};

/**
 * Ids of the default associations from an activity to its contact, the same in every account. A test compares them with
 * the enum of the official client, which is not loaded at run time (decision 0011).
 */
export const TO_CONTACT = { call: 194, task: 204, note: 202 } as const;

/** Where an activity stands on the timeline; of a task, when it is due. HubSpot takes none without. */
export const REQUIRED_TIME = 'hs_timestamp';
export const OWNER = 'hubspot_owner_id';
export const RECORDING = 'hs_call_recording_url';
export const BODY = 'hs_call_body';
export const NOTE_BODY = 'hs_note_body';
/** HubSpot shows them as HTML. */
export const HTML_BODIES: readonly string[] = [BODY, NOTE_BODY, 'hs_task_body'];

/** Where calls have no unique property of ours: not unique, but a search can find it. */
export const EXTERNAL_ID = 'hs_call_external_id';
