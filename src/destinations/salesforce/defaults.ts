import type { DefaultField, SyncDefaults } from '../sync-defaults.ts';

/** Somebody may have typed it better than a platform heard it. */
const ifEmpty = (value: string): DefaultField => ({ value, write: 'fill_if_empty' });

const CALL_TIME = '{{ call.started_at | default: call.ended_at | default: call.first_event_at }}';

/** The recording first: a long transcript is cut at the end. */
const DESCRIPTION = [
  '{% if call.recording_url %}Recording: {{ call.recording_url }}\n\n{% endif %}',
  '{% if call.summary %}{{ call.summary }}\n\n{% endif %}',
  '{% if call.transcript %}Transcript:\n{{ call.transcript }}{% endif %}',
].join('');

/** A name that came in one piece is a last name: that one is required. */
const LAST_NAME =
  '{% if contact.last_name %}{{ contact.last_name }}{% elsif contact.first_name == blank %}{{ contact.name }}{% endif %}';

/** What is written when the operator says nothing (salesforce.md sections 4.3 and 4.6). */
export const SALESFORCE_DEFAULTS: SyncDefaults = {
  contact: {
    FirstName: ifEmpty('{{ contact.first_name }}'),
    LastName: ifEmpty(LAST_NAME),
    Phone: ifEmpty('{{ contact.phone }}'),
    Email: ifEmpty('{{ contact.email | downcase }}'),
    'Lead.Company': ifEmpty('{{ contact.company }}'),
    LeadSource: { value: 'AI Voice Agent', only_on: 'create' },
  },
  status: {
    field: 'Lead.Status',
    rules: [
      { when: 'outcomes.appointment_booked == true', set: 'Working - Contacted' },
      { when: 'outcomes.interested == true', set: 'Working - Contacted' },
      { when: 'outcomes.interested == false', set: 'Closed - Not Converted' },
    ],
    default: '{% if call.status == "completed" %}Working - Contacted{% else %}Open - Not Contacted{% endif %}',
  },
  call: {
    Subject: '{{ agent.name | default: "Call" }}: {{ call.status | replace: "_", " " }}',
    Status: 'Completed',
    TaskSubtype: 'Call',
    CallType: '{{ call.direction | map: inbound: "Inbound", outbound: "Outbound", else: "" }}',
    CallDurationInSeconds: '{% if call.duration_s %}{{ call.duration_s | round }}{% endif %}',
    CallDisposition: '{{ call.status | replace: "_", " " | capitalize }}',
    ActivityDate: CALL_TIME,
    Description: DESCRIPTION,
  },
  task: {
    Subject: '{{ task.subject }}',
    ActivityDate: '{{ task.due }}',
    Description: '{{ call.summary }}',
  },
};
