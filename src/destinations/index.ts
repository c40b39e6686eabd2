import { z } from 'zod';

import type { DestinationInput } from './definition.ts';
import type { Destination } from './destination.ts';
import { hubspotDestination } from './hubspot/hubspot-destination.ts';
import { restDestination } from './rest/rest-destination.ts';
import { salesforceDestination } from './salesforce/salesforce-destination.ts';
import { sandboxDestination } from './sandbox/sandbox-destination.ts';

/** One entry under `destinations:`, told apart by `type`. */
export const destinationConfigSchema = z.discriminatedUnion('type', [
  hubspotDestination.schema,
  restDestination.schema,
  salesforceDestination.schema,
  sandboxDestination.schema,
]);

export type DestinationConfig = z.output<typeof destinationConfigSchema>;

/** Creates a configured destination of whatever type. What is wrong goes to `issues`, and then it must not be used. */
export function createDestination(input: DestinationInput<DestinationConfig>): Destination {
  const { config } = input;
  switch (config.type) {
    case 'hubspot':
      return hubspotDestination.create({ ...input, config });
    case 'rest':
      return restDestination.create({ ...input, config });
    case 'salesforce':
      return salesforceDestination.create({ ...input, config });
    case 'sandbox':
      return sandboxDestination.create({ ...input, config });
  }
}
