import type { JsonObject } from '../../domain/json.ts';
import type { Load } from '../batcher.ts';
import { addressesOf, SECOND_ADDRESSES } from './addresses-of.ts';
import { readRows, type HubSpotRecord } from './answer.ts';
import { classifyRow } from './classify-row.ts';
import { labelOf } from './exchange.ts';
import { SEARCH } from './limits.ts';
import { hasMore, MAX_PAGE, shownById, type BatchOptions } from './read-batches.ts';
import { createRowBatch } from './row-batch.ts';

/** Groups of filters that a search may have (hubspot.md section 9.2). */
const MAX_ADDRESSES = 5;

/**
 * Looks for contacts by their second addresses. A batch read by address may find those or not (hubspot.md section 14.4);
 * what the search takes for a hit has to have the address, letter by letter.
 */
export function createAddressSearch({ client, after, version }: BatchOptions): Load<string, readonly HubSpotRecord[]> {
  const path = `/crm/objects/${version}/contacts/search`;
  const question = { method: 'POST', path, effect: 'read', limitClass: SEARCH } as const;
  return createRowBatch<string, readonly HubSpotRecord[]>({
    client,
    after,
    question,
    maxRows: MAX_ADDRESSES,
    keyOf: (address) => address.toLowerCase(),
    sharesRows: true,
    body: searchBody,
    read(answer, addresses) {
      if (hasMore(answer) && addresses.length > 1) return null;
      const { records } = readRows(answer);
      const shown = shownById(answer);
      return addresses.map((address) => {
        const hits = records.filter(({ properties }) => addressesOf(properties).includes(address.toLowerCase()));
        return { value: hits, shown: { total: hits.length, results: hits.map(({ id }) => shown.get(id) ?? null) } };
      });
    },
    refused: (error) => ({ kind: 'rejected', reason: classifyRow(error, labelOf(question)).reason }),
  });
}

function searchBody(addresses: readonly string[]): JsonObject {
  const filterGroups = addresses.map((value) => ({
    filters: [{ propertyName: SECOND_ADDRESSES, operator: 'CONTAINS_TOKEN', value }],
  }));
  return { filterGroups, properties: ['email', SECOND_ADDRESSES], limit: MAX_PAGE };
}
