import type { RequestContext } from '../../destination.ts';
import type { SetupStep } from '../../setup.ts';
import type { HubSpotParts } from '../parts.ts';
import { makeProperty } from './make-property.ts';
import { WANTED_PROPERTIES } from './properties.ts';

/**
 * Makes our unique properties, so that HubSpot itself keeps doubles out. What is there is left alone; what HubSpot does not
 * offer or this token may not do is said, and does not keep the rest from being made.
 */
export async function setUp(
  { client, version, destination }: Pick<HubSpotParts, 'client' | 'version' | 'destination'>,
  context: RequestContext,
): Promise<readonly SetupStep[]> {
  const steps: SetupStep[] = [];
  for (const property of WANTED_PROPERTIES) {
    const made = await makeProperty({ client, version, destination, context }, property);
    steps.push(...made.steps);
    if (!made.goOn) break;
  }
  return steps;
}
