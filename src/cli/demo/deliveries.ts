/** One webhook of the demo. */
export interface DemoDelivery {
  readonly source: string;
  /** Below `config/samples/`. */
  readonly file: string;
  /** Sent with a wrong proof: must be answered 401. */
  readonly forged?: true;
}

/** The config the demo runs on. Its secrets are for show and protect nothing. */
export function demoConfig({ name, config }: { readonly name: string; readonly config: string }): string {
  return `sources:
  callab: { platform: callab, secrets: [demo-secret-callab] }
  callab-actions: { platform: callab, auth: { type: bearer, token: demo-secret-actions } }
  callttone: { platform: callttone, secrets: [whsec_demo-secret-callttone] }
  callscaler: { platform: callscaler, token: demo-token-callscaler-0123456789 }
  atoms: { platform: atoms, secrets: [demo-secret-atoms] }

destinations:
  ${name}: ${config}

integrations:
  - name: Keep the CRM in step
    actions:
      - sync: ${name}
        task:
          when: outcomes.next_action
          subject: "{{ outcomes.next_action }}"
          due: "{{ outcomes.appointment_date }}"
`;
}

/** Every sample call: later events before earlier ones, some twice, one forged. */
export const DELIVERIES: readonly DemoDelivery[] = [
  { source: 'callab', file: 'callab/call_outcome_extracted.json' },
  { source: 'callab', file: 'callab/call_started.json' },
  { source: 'callab', file: 'callab/call_ended.json' },
  { source: 'callab', file: 'callab/call_ended.json' },
  { source: 'callab-actions', file: 'callab/integration.transfer_completed.json' },
  { source: 'callab-actions', file: 'callab/integration.call_answered.json' },
  { source: 'callab-actions', file: 'callab/integration.voicemail_detected.json' },
  { source: 'callab-actions', file: 'callab/integration.call_ended.json' },
  { source: 'callab-actions', file: 'callab/integration.broken_template.txt' },
  { source: 'callttone', file: 'callttone/transcript.ready.json' },
  { source: 'callttone', file: 'callttone/analysis.complete.json' },
  { source: 'callttone', file: 'callttone/call.ended.json' },
  { source: 'callttone', file: 'callttone/call.started.json' },
  { source: 'callttone', file: 'callttone/call.ended.json', forged: true },
  { source: 'callttone', file: 'callttone/call.ended.outbound.json' },
  { source: 'callttone', file: 'callttone/call.failed.json' },
  { source: 'callttone', file: 'callttone/webhook.test.json' },
  { source: 'callscaler', file: 'callscaler/call.completed.json' },
  { source: 'callscaler', file: 'callscaler/call.completed.retry2.json' },
  { source: 'callscaler', file: 'callscaler/call.completed.immediate.json' },
  { source: 'callscaler', file: 'callscaler/call.missed.json' },
  { source: 'callscaler', file: 'callscaler/call.voicemail.json' },
  { source: 'callscaler', file: 'callscaler/call.failed.json' },
  { source: 'callscaler', file: 'callscaler/legacy.call.ended.json' },
  { source: 'callscaler', file: 'callscaler/in_call.form.txt' },
  { source: 'callscaler', file: 'callscaler/in_call.form_literal_plus.txt' },
  { source: 'callscaler', file: 'callscaler/in_call.custom.json' },
  { source: 'atoms', file: 'atoms/analytics-completed.json' },
  { source: 'atoms', file: 'atoms/post-conversation.json' },
  { source: 'atoms', file: 'atoms/pre-conversation.json' },
  { source: 'atoms', file: 'atoms/post-conversation.json' },
  { source: 'atoms', file: 'atoms/legacy.analytics.completed.json' },
  { source: 'atoms', file: 'atoms/legacy.call.end.json' },
  { source: 'atoms', file: 'atoms/legacy.call.start.json' },
];
