import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { DESTINATION, INTEGRATION, SOURCE } from './fill-ledger.ts';

export interface BenchConfig {
  readonly folder: string;
  readonly secret: string;
  /** Null: nothing is synced. */
  readonly crm: { readonly url: string; readonly maxInFlight: number } | null;
}

/** Writes `hookline.yaml` for one source and at most one REST CRM; resolves to its path. */
export function writeBenchConfig({ folder, secret, crm }: BenchConfig): string {
  const file = join(folder, 'hookline.yaml');
  writeFileSync(file, `${sourceText(secret)}${crm === null ? '' : crmText(crm)}`);
  return file;
}

// A limit nobody reaches, not `off`: counting is part of what is measured.
function sourceText(secret: string): string {
  return `server:
  rate_limit: { per_address: 900000000/m }
sources:
  ${SOURCE}: { platform: callab, secrets: ["${secret}"] }
`;
}

function crmText({ url, maxInFlight }: NonNullable<BenchConfig['crm']>): string {
  return `destinations:
  ${DESTINATION}:
    type: rest
    base_url: ${url}/api
    allow_private_networks: true
    auth: { type: bearer, token: rest-token }
    rate: { max_in_flight: ${maxInFlight} }
    contact:
      strategy: find_or_create
      lookup: [{ path: /contacts, query: { phone: "{{ contact.phone }}" }, records: items, phones: phone }]
      create: { path: /contacts }
      update: { path: "/contacts/{{ id }}" }
    call:
      strategy: put
      put: { path: "/calls/{{ call.id }}", body: { "...": "{{ fields }}", contact_id: "{{ contact_id }}" } }
integrations:
  - name: ${INTEGRATION}
    actions:
      - sync: ${DESTINATION}
        contact: { fields: { phone: "{{ contact.phone }}", last_call_at: "{{ call.ended_at }}" } }
        call: { fields: { call_id: "{{ call.id }}", status: "{{ call.status }}", summary: "{{ call.summary }}" } }
`;
}

/** What every process of the bench is told. */
export function benchEnvironment(config: string, folder: string): Record<string, string> {
  return {
    HOOKLINE_CONFIG: config,
    DATA_DIR: join(folder, 'data'),
    HOST: '127.0.0.1',
    PORT: '0',
    ADMIN_PORT: '0',
    LOG_LEVEL: 'info',
    LOG_FORMAT: 'json',
  };
}
