import type { SyncDefaults } from '../sync-defaults.ts';

/** Somebody may have typed it better than a platform heard it. */
const ifEmpty = (value: string): { readonly value: string; readonly write: 'fill_if_empty' } => ({
  value,
  write: 'fill_if_empty',
});

const CALL_TIME = '{{ call.started_at | default: call.ended_at | default: call.first_event_at }}';

const STATUS = [
  'queued: "QUEUED", ringing: "RINGING", in_progress: "IN_PROGRESS", completed: "COMPLETED", no_answer: "NO_ANSWER"',
  'busy: "BUSY", failed: "FAILED", canceled: "CANCELED", voicemail: "COMPLETED", else: ""',
].join(', ');

/** By label: HubSpot's own outcomes, or whatever an account has named so. */
const DISPOSITION =
  'completed: "Connected", no_answer: "No answer", busy: "Busy", voicemail: "Left voicemail", else: ""';

/** HubSpot shows the body as HTML. */
const BODY = [
  '{% if call.summary %}<p>{{ call.summary | escape | newline_to_br }}</p>{% endif %}',
  '{% if call.transcript %}<p><strong>Transcript</strong><br>{{ call.transcript | escape | newline_to_br }}</p>{% endif %}',
].join('');

/** What is written when the operator says nothing (hubspot.md section 5). */
export const HUBSPOT_DEFAULTS: SyncDefaults = {
  contact: {
    phone: ifEmpty('{{ contact.phone }}'),
    email: ifEmpty('{{ contact.email | downcase }}'),
    firstname: ifEmpty('{{ contact.first_name | default: contact.name }}'),
    lastname: ifEmpty('{{ contact.last_name }}'),
    company: ifEmpty('{{ contact.company }}'),
  },
  status: {
    field: 'hs_lead_status',
    rules: [
      { when: 'outcomes.appointment_booked == true', set: 'OPEN_DEAL' },
      { when: 'outcomes.interested == true', set: 'OPEN' },
      { when: 'outcomes.interested == false', set: 'UNQUALIFIED' },
    ],
    default: '{% if call.status == "completed" %}CONNECTED{% else %}ATTEMPTED_TO_CONTACT{% endif %}',
  },
  call: {
    hs_timestamp: CALL_TIME,
    hs_call_title: '{{ agent.name | default: "Call" }}: {{ call.status | replace: "_", " " }}',
    hs_call_body: BODY,
    hs_call_direction: '{{ call.direction | map: inbound: "INBOUND", outbound: "OUTBOUND", else: "" }}',
    hs_call_duration: '{% if call.duration_s %}{{ call.duration_s | times: 1000 | round }}{% endif %}',
    hs_call_status: `{{ call.status | map: ${STATUS} }}`,
    hs_call_disposition: `{{ call.status | map: ${DISPOSITION} }}`,
    hs_call_from_number: '{{ call.from_number }}',
    hs_call_to_number: '{{ call.to_number }}',
    hs_call_recording_url: '{{ call.recording_url }}',
  },
  task: {
    hs_task_subject: '{{ task.subject }}',
    hs_timestamp: '{{ task.due }}',
    hs_task_body: '{% if call.summary %}<p>{{ call.summary | escape | newline_to_br }}</p>{% endif %}',
    hs_task_status: 'NOT_STARTED',
    hs_task_type: 'TODO',
  },
};
