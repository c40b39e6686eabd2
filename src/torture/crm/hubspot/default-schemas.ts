import { ALL_TYPES, type ObjectType } from './object-types.ts';
import { CALCULATED_PHONES } from './phones.ts';
import { Schema, type Property } from './property.ts';

/** `name type fieldType`, then options (`value` or `value=Label`), or `readonly`. */
type Line = string;

const TEXT = 'string text';
const OWNER = 'hubspot_owner_id enumeration select';
const TIMESTAMP = 'hs_timestamp datetime date';

const LINES: Readonly<Record<ObjectType, readonly Line[]>> = {
  contacts: [
    `email ${TEXT}`,
    `hs_additional_emails ${TEXT}`,
    `firstname ${TEXT}`,
    `lastname ${TEXT}`,
    'phone string phonenumber',
    'mobilephone string phonenumber',
    ...['company', 'jobtitle', 'website', 'address', 'city', 'state', 'zip', 'country'].map(
      (name) => `${name} ${TEXT}`,
    ),
    'message string textarea',
    'lifecyclestage enumeration radio subscriber lead marketingqualifiedlead salesqualifiedlead opportunity customer evangelist',
    'hs_lead_status enumeration radio NEW OPEN IN_PROGRESS OPEN_DEAL UNQUALIFIED ATTEMPTED_TO_CONTACT CONNECTED BAD_TIMING',
    OWNER,
    ...CALCULATED_PHONES.map((name) => `${name} ${TEXT} readonly`),
    `hs_merged_object_ids ${TEXT} readonly`,
  ],
  companies: [`name ${TEXT}`, `domain ${TEXT}`, 'phone string phonenumber', OWNER],
  deals: [
    `dealname ${TEXT}`,
    'pipeline enumeration select default',
    'dealstage enumeration radio appointmentscheduled qualifiedtobuy closedwon closedlost',
    'amount number number',
    'closedate datetime date',
    OWNER,
  ],
  tickets: [
    `subject ${TEXT}`,
    'content string textarea',
    'hs_pipeline enumeration select 0',
    'hs_pipeline_stage enumeration select 1 2 3 4',
    'hs_ticket_priority enumeration select LOW MEDIUM HIGH URGENT',
    'hs_ticket_category enumeration select PRODUCT_ISSUE BILLING_ISSUE FEATURE_REQUEST GENERAL_INQUIRY',
    OWNER,
  ],
  notes: [TIMESTAMP, 'hs_note_body string html', `hs_attachment_ids ${TEXT}`, OWNER],
  calls: [
    TIMESTAMP,
    `hs_call_title ${TEXT}`,
    'hs_call_body string html',
    'hs_call_duration number number',
    'hs_call_direction enumeration select INBOUND OUTBOUND',
    'hs_call_status enumeration select BUSY CALLING_CRM_USER CANCELED COMPLETED CONNECTING FAILED IN_PROGRESS NO_ANSWER QUEUED RINGING MISSED',
    [
      'hs_call_disposition enumeration select 9d9162e7-6cf3-4944-bf63-4dff82258764=Busy',
      'f240bbac-87c9-4f6e-bf70-924b57d47db7=Connected a4c4c377-d246-4b32-a13b-75a56a4cd0ff=Left_live_message',
      'b2cf5968-551e-4856-9783-52b3da59a7d0=Left_voicemail 73a0d17f-1163-4015-bdd5-ec830791da20=No_answer',
      '17b47fee-58de-441e-a44c-c6300d46f273=Wrong_number',
    ].join(' '),
    `hs_call_from_number ${TEXT}`,
    `hs_call_to_number ${TEXT}`,
    `hs_call_recording_url ${TEXT}`,
    `hs_call_callee_object_id ${TEXT}`,
    `hs_call_callee_object_type_id ${TEXT}`,
    'hs_call_source enumeration select INTEGRATIONS_PLATFORM',
    `hs_call_app_id ${TEXT}`,
    `hs_call_external_id ${TEXT}`,
    `hs_call_external_account_id ${TEXT}`,
    'hs_activity_type enumeration select',
    `hs_body_preview ${TEXT} readonly`,
    OWNER,
  ],
  tasks: [
    TIMESTAMP,
    `hs_task_subject ${TEXT}`,
    'hs_task_body string html',
    'hs_task_status enumeration select NOT_STARTED IN_PROGRESS WAITING DEFERRED COMPLETED',
    'hs_task_priority enumeration select NONE LOW MEDIUM HIGH',
    'hs_task_type enumeration select TODO CALL EMAIL',
    `hs_task_reminders ${TEXT}`,
    `hs_queue_membership_ids ${TEXT}`,
    OWNER,
  ],
};

/** Names of the built-in groups differ per object: list them before choosing (hubspot.md 6). */
const GROUPS: Readonly<Record<ObjectType, string>> = {
  contacts: 'contactinformation',
  companies: 'companyinformation',
  deals: 'dealinformation',
  tickets: 'ticketinformation',
  notes: 'engagement',
  calls: 'callInformation',
  tasks: 'task_information',
};

/** When a record was made and changed: contacts have names of their own for it. */
export const CREATED: Readonly<Record<ObjectType, string>> = timeNames('createdate', 'hs_createdate', [
  'contacts',
  'companies',
  'deals',
  'tickets',
]);
export const MODIFIED: Readonly<Record<ObjectType, string>> = timeNames('lastmodifieddate', 'hs_lastmodifieddate', [
  'contacts',
]);

function timeNames(name: string, otherName: string, types: readonly ObjectType[]): Record<ObjectType, string> {
  return Object.fromEntries(ALL_TYPES.map((type) => [type, types.includes(type) ? name : otherName])) as Record<
    ObjectType,
    string
  >;
}

/** What every portal begins with. */
export function createDefaultSchema(type: ObjectType): Schema {
  const schema = new Schema();
  const group = GROUPS[type];
  schema.groups.set(group, group);
  const times = [CREATED[type], MODIFIED[type]].map((name) => `${name} datetime date readonly`);
  for (const line of [...LINES[type], 'hs_object_id number number readonly', ...times]) {
    schema.put(readLine(line, group));
  }
  const email = schema.find('email');
  if (email !== undefined) schema.put({ ...email, hasUniqueValue: true });
  return schema;
}

function readLine(line: Line, groupName: string): Property {
  const [name = '', type = '', fieldType = '', ...rest] = line.split(' ');
  const readOnly = rest[0] === 'readonly';
  const options = (readOnly ? [] : rest).map((option, displayOrder) => {
    const [value = '', label = value] = option.split('=');
    return { value, label: label.replaceAll('_', ' '), displayOrder, hidden: false };
  });
  return {
    name,
    label: name,
    type,
    fieldType,
    groupName,
    description: '',
    options,
    hasUniqueValue: false,
    readOnly,
    hubspotDefined: true,
    archived: false,
  };
}
