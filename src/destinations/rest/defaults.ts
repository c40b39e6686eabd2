import type { SyncDefaults } from '../sync-defaults.ts';
import type { RestConfig } from './schema.ts';

const CONTACT = {
  phone: '{{ contact.phone }}',
  email: '{{ contact.email }}',
  first_name: '{{ contact.first_name }}',
  last_name: '{{ contact.last_name }}',
  company: '{{ contact.company }}',
  last_call_at: '{{ call.ended_at }}',
  last_call_summary: '{{ call.summary }}',
};

const CALL = {
  status: '{{ call.status }}',
  direction: '{{ call.direction }}',
  from_number: '{{ call.from_number }}',
  to_number: '{{ call.to_number }}',
  started_at: '{{ call.started_at }}',
  ended_at: '{{ call.ended_at }}',
  duration_s: '{{ call.duration_s }}',
  recording_url: '{{ call.recording_url }}',
  summary: '{{ call.summary }}',
  sentiment: '{{ call.sentiment }}',
};

const TASK = { subject: '{{ task.subject }}', due_at: '{{ task.due }}' };

/** Plain canonical names, for CRMs of which we know nothing; `fields` of a kind takes their place as a whole. */
export function defaultsOf({ contact, call, task }: RestConfig): SyncDefaults {
  const { status } = contact;
  return {
    contact: contact.fields ?? CONTACT,
    call: call?.fields ?? CALL,
    task: task?.fields ?? TASK,
    ...(status === undefined
      ? {}
      : {
          status: {
            field: status.field,
            rules: status.rules,
            ...(status.default === undefined ? {} : { default: status.default }),
          },
        }),
  };
}
