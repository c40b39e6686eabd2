import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { SECRETS } from '../traffic/delivery.ts';

/** One simulated CRM the config points at. */
export interface ConfiguredCrm {
  readonly name: string;
  readonly url: string;
  /** `put`: calls are keyed by their URL. `find_or_create`: by a marker that has to be looked up. */
  readonly callStrategy: 'put' | 'find_or_create';
}

export interface ConfigOptions {
  readonly folder: string;
  readonly crms: readonly ConfiguredCrm[];
  /** For a whole exchange with the CRM. */
  readonly timeout: string;
  readonly maxInFlight: number;
  /** Limits over time and lengths of waits of the retry policy, as YAML. */
  readonly retry: string;
}

/** Writes `hookline.yaml` for three sources and some REST CRMs; resolves to its path. */
export function writeConfig(options: ConfigOptions): string {
  const file = join(options.folder, 'hookline.yaml');
  writeFileSync(file, configText(options));
  return file;
}

function configText(options: ConfigOptions): string {
  return `server:
  rate_limit: { per_address: off }
sources:
  callab: { platform: callab, secrets: ["${SECRETS.callab}"] }
  callttone: { platform: callttone, secrets: ["${SECRETS.callttone}"] }
  atoms: { platform: atoms, secrets: ["${SECRETS.atoms}"] }
destinations:
${options.crms.map((crm) => destinationText(crm, options)).join('')}integrations:
${options.crms.map((crm) => integrationText(crm, options)).join('')}`;
}

function destinationText(crm: ConfiguredCrm, { timeout, maxInFlight }: ConfigOptions): string {
  return `  ${crm.name}:
    type: rest
    base_url: ${crm.url}/api
    allow_private_networks: true
    auth: { type: bearer, token: rest-token }
    timeout: ${timeout}
    rate: { max_in_flight: ${maxInFlight} }
    # What an error that comes as a 200 looks like here.
    errors: [{ when: { status: 200, body: body.code == "TRY_LATER" }, do: retry }]
    contact:
      strategy: find_or_create
      lookup: [{ path: /contacts, query: { phone: "{{ contact.phone }}" }, records: items, phones: phone }]
      create: { path: /contacts }
      update: { path: "/contacts/{{ id }}" }
      index_lag: 1ms
    call:${crm.callStrategy === 'put' ? putText() : markerText('calls')}
    task:${markerText('tasks')}
`;
}

function putText(): string {
  return `
      strategy: put
      put: { path: "/calls/{{ call.id }}", body: { "...": "{{ fields }}", contact_id: "{{ contact_id }}" } }`;
}

function markerText(path: string): string {
  return `
      strategy: find_or_create
      lookup: [{ path: /${path}, query: { ref: "{{ key }}" }, records: items }]
      create: { path: /${path}, body: { "...": "{{ fields }}", ref: "{{ key }}", contact_id: "{{ contact_id }}" } }
      update: { path: "/${path}/{{ id }}" }
      index_lag: 1ms`;
}

function integrationText({ name }: ConfiguredCrm, { retry }: ConfigOptions): string {
  return `  - name: Keep ${name} in step
    retry: ${retry}
    actions:
      - sync: ${name}
        contact:
          match: [phone]
          fields:
            phone: "{{ contact.phone }}"
            first_name: "{{ contact.first_name }}"
            last_call_id: "{{ call.id }}"
            last_call_at: "{{ call.ended_at }}"
          status:
            field: lead_status
            rules:
              - { when: outcomes.interested == true, set: OPEN_DEAL }
              - { when: outcomes.interested == false, set: UNQUALIFIED }
            default: CONTACTED
        call:
          fields:
            call_id: "{{ call.id }}"
            status: "{{ call.status }}"
            duration_s: "{{ call.duration_s }}"
            ended_at: "{{ call.ended_at }}"
            recording_url: "{{ call.recording_url }}"
            summary: "{{ call.summary }}"
            transcript: "{{ call.transcript }}"
        task:
          when: outcomes.next_action
          subject: "{{ outcomes.next_action }}"
          due: "{{ outcomes.appointment_date }}"
          fields:
            call_id: "{{ call.id }}"
            subject: "{{ task.subject }}"
            due: "{{ task.due }}"
`;
}
