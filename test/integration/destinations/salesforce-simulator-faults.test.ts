import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import {
  createSalesforceChaos,
  FAULTS,
  requestsOf,
  ROW_FAULTS,
  startSalesforce,
  type Salesforce,
} from '../../simulators/salesforce/index.ts';
import { openSession, type SalesforceSession } from '../../support/ask-salesforce.ts';

/* What goes wrong in Salesforce without anybody being at fault, over plain HTTP. */

let salesforce: Salesforce;
let session: SalesforceSession;

beforeEach(async () => {
  salesforce = await startSalesforce();
  session = await openSession(salesforce);
});
afterEach(() => salesforce.close());

const LEAD = { LastName: 'Lovelace', Company: 'Analytical Engines' };
const rows = (...records: Record<string, unknown>[]): never =>
  ({ records: records.map((record) => ({ attributes: { type: 'Lead' }, ...record })) }) as never;

describe('requests', () => {
  test.each([
    ['a daily limit', FAULTS.limited('daily'), 403, 'REQUEST_LIMIT_EXCEEDED'],
    ['a limit of requests at once', FAULTS.limited('concurrent'), 403, 'REQUEST_LIMIT_EXCEEDED'],
    ['a session that ended', FAULTS.expired(), 401, 'INVALID_SESSION_ID'],
    ['a server that is too busy', FAULTS.unavailable(), 503, 'SERVER_UNAVAILABLE'],
    ['an error to call support with', FAULTS.unexpected(), 500, 'UNKNOWN_EXCEPTION'],
    ['HTML from the edge', FAULTS.html(503), 503, undefined],
    ['any other refusal', FAULTS.refusal(403, 'API_DISABLED_FOR_ORG', 'The API is off.'), 403, 'API_DISABLED_FOR_ORG'],
  ])('%s: nothing is done, and the next request works', async (_, fault, status, code) => {
    salesforce.fail({ fault, when: requestsOf({ operation: 'Lead create' }) });
    expect(await session.ask('POST /sobjects/Lead', LEAD)).toMatchObject({ status, code });
    expect(salesforce.records('Lead')).toEqual([]);
    expect(await session.ask('POST /sobjects/Lead', LEAD)).toMatchObject({ status: 201 });
  });

  test('HTML after the work was done', async () => {
    salesforce.fail({ fault: FAULTS.committedHtml(502), when: requestsOf({ requestClass: 'write' }) });
    expect(await session.query('SELECT Id FROM Lead')).toMatchObject({ status: 200 });
    expect(await session.ask('POST /sobjects/Lead', LEAD)).toMatchObject({ status: 502 });
    expect(salesforce.records('Lead')).toHaveLength(1);
  });

  test('the same seed goes wrong in the same way', async () => {
    const statuses = async (): Promise<number[]> => {
      salesforce.setChaos(createSalesforceChaos(0.5, 7));
      const seen: number[] = [];
      for (let asked = 0; asked < 40; asked += 1) {
        const answer = await session.ask('GET /limits').catch(() => ({ status: 0 }));
        seen.push(answer.status);
      }
      return seen;
    };
    const first = await statuses();
    expect(new Set(first).size).toBeGreaterThan(4);
    expect(await statuses()).toEqual(first);
  });
});

describe('rows', () => {
  test('a locked row fails alone, and once', async () => {
    salesforce.failRows({ ...ROW_FAULTS.locked, when: ({ fields }) => fields['LastName'] === 'Babbage' });
    const sent = rows(LEAD, { ...LEAD, LastName: 'Babbage' });
    const { body } = await session.ask('POST /composite/sobjects', sent);
    expect(body).toEqual([
      { id: expect.any(String), success: true, errors: [] },
      { success: false, errors: [{ statusCode: 'UNABLE_TO_LOCK_ROW', message: expect.any(String), fields: [] }] },
    ]);
    const again = await session.ask('POST /composite/sobjects', sent);
    expect(again.body).toMatchObject([{ success: true }, { success: true }]);
  });
});
