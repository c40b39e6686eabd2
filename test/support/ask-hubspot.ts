import type { JsonObject, JsonValue } from '../../src/domain/json.ts';
import type { HubSpot } from '../simulators/hubspot/index.ts';

/** An answer of the simulated HubSpot, as it came. */
export interface HubSpotAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Empty when the answer is no JSON. */
  readonly body: JsonObject;
}

/** `POST /crm/objects/2026-03/contacts` with a JSON body and the portal's service key, or another token. */
export async function askHubSpot(
  hubspot: HubSpot,
  line: string,
  body?: JsonValue,
  token: string = hubspot.token,
): Promise<HubSpotAnswer> {
  const [method = 'GET', path = '/'] = line.split(' ');
  const response = await fetch(`${hubspot.url}${path}`, {
    method,
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: readJson(text) };
}

function readJson(text: string): JsonObject {
  try {
    return JSON.parse(text) as JsonObject;
  } catch {
    return {};
  }
}
