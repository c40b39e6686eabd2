import type { SyncDefaults } from '../sync-defaults.ts';

/** Fields of the sandbox's records; they show what a CRM would get. */
export const SANDBOX_DEFAULTS: SyncDefaults = {
  contact: {
    external_id: '{{ contact.external_id }}',
    phone: '{{ contact.phone }}',
    email: '{{ contact.email | downcase }}',
    name: '{{ contact.name }}',
    first_name: '{{ contact.first_name }}',
    last_name: '{{ contact.last_name }}',
    company: '{{ contact.company }}',
    last_call_at: '{{ call.ended_at }}',
    last_call_summary: '{{ call.summary }}',
    total_calls: '{{ history.total_calls }}',
  },
  status: {
    field: 'status',
    rules: [
      { when: 'outcomes.appointment_booked == true', set: 'appointment' },
      { when: 'outcomes.interested == true', set: 'interested' },
      { when: 'outcomes.interested == false', set: 'not_interested' },
    ],
    default: 'called',
  },
  call: {
    title: '{{ agent.name }}',
    status: '{{ call.status }}',
    direction: '{{ call.direction }}',
    from_number: '{{ call.from_number }}',
    to_number: '{{ call.to_number }}',
    started_at: '{{ call.started_at }}',
    ended_at: '{{ call.ended_at }}',
    duration_s: '{{ call.duration_s }}',
    summary: '{{ call.summary }}',
    sentiment: '{{ call.sentiment }}',
    outcomes: '{{ outcomes }}',
    recording_url: '{{ call.recording_url }}',
    transcript: '{{ call.transcript }}',
  },
  task: {
    subject: '{{ task.subject }}',
    due: '{{ task.due }}',
  },
};
