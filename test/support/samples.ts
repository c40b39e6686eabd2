import { createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FIXTURES = fileURLToPath(new URL('../fixtures', import.meta.url));

/** The sources of `samplesConfig` that sign, with their secrets. */
const SECRETS: Readonly<Record<string, string>> = {
  callab: 'callab-secret-of-the-test',
  callttone: 'whsec_callttone-secret-of-the-test',
  atoms: 'atoms-secret-of-the-test',
};
const CALLSCALER_TOKEN = 'a-long-random-path-token-0123456789';

/** A config with one source per platform of the samples and the sandbox as its CRM. */
export const SAMPLES_CONFIG = `sources:
  callab: { platform: callab, secrets: ["${SECRETS['callab']}"] }
  callttone: { platform: callttone, secrets: ["${SECRETS['callttone']}"] }
  atoms: { platform: atoms, secrets: ["${SECRETS['atoms']}"] }
  callscaler: { platform: callscaler, token: "${CALLSCALER_TOKEN}" }
destinations:
  sandbox: { type: sandbox }
integrations:
  - name: Fill the sandbox
    actions:
      - sync: sandbox
        task: { when: outcomes.next_action, subject: "{{ outcomes.next_action }}", due: "{{ outcomes.appointment_date }}" }
`;

/** A real request body of a platform, ready to be posted. */
export interface Sample {
  /** `callab/call_ended.json` */
  readonly name: string;
  readonly source: string;
  readonly path: string;
  readonly body: string;
}

/** Every sample of the four platforms. */
export function readSamples(): readonly Sample[] {
  return ['callab', 'callttone', 'atoms', 'callscaler'].flatMap((source) =>
    readdirSync(`${FIXTURES}/${source}`)
      .toSorted()
      .map((file) => ({
        name: `${source}/${file}`,
        source,
        path: `/webhooks/${source}${source === 'callscaler' ? `/${CALLSCALER_TOKEN}` : ''}`,
        body: readFileSync(`${FIXTURES}/${source}/${file}`, 'utf8'),
      })),
  );
}

/** The headers the platform would send it with. */
export function signSample({ name, source, body }: Sample, nowMs: number): Record<string, string> {
  const signature = createHmac('sha256', SECRETS[source] ?? '')
    .update(body)
    .digest('hex');
  const type =
    source === 'callscaler' && name.endsWith('.txt') ? 'application/x-www-form-urlencoded' : 'application/json';
  const own: Readonly<Record<string, Record<string, string>>> = {
    callab: { 'x-callab-signature': signature },
    atoms: { 'x-signature': signature },
    callttone: { 'x-webhook-signature': signature, 'x-webhook-timestamp': String(Math.floor(nowMs / 1000)) },
  };
  return { 'content-type': type, ...own[source] };
}
