import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Connection } from 'jsforce';

import { startSalesforce, type Salesforce } from '../../simulators/salesforce/index.ts';

/* The simulator is only worth something if Salesforce's usual client takes it for Salesforce: stock jsforce, nothing replaced. */

let salesforce: Salesforce;

beforeEach(async () => {
  salesforce = await startSalesforce();
});
afterEach(() => salesforce.close());

const VERSION = '66.0';

/** A connection by client credentials, which jsforce renews only where it is told how. */
async function connect(): Promise<Connection> {
  const { url: loginUrl, clientId, clientSecret } = salesforce;
  const connection = new Connection({ version: VERSION, oauth2: { loginUrl, clientId, clientSecret } });
  await connection.authorize({ grant_type: 'client_credentials' });
  return connection;
}

describe('records', () => {
  test('a lead is created, read, updated and deleted', async () => {
    const leads = (await connect()).sobject('Lead');
    const made = await leads.create({ LastName: 'Lovelace', Company: 'Analytical Engines', Phone: '+12025550143' });
    expect(made).toEqual({ id: expect.stringMatching(/^00Q[A-Za-z0-9]{15}$/), success: true, errors: [] });
    const id = String(made.id);

    expect(await leads.retrieve(id)).toMatchObject({ Id: id, Name: 'Lovelace', Status: 'Open - Not Contacted' });
    expect(await leads.update({ Id: id, FirstName: 'Ada' })).toMatchObject({ success: true });
    expect(salesforce.record('Lead', id)?.fields).toMatchObject({ Name: 'Ada Lovelace', Phone: '+12025550143' });

    expect(await leads.destroy(id)).toMatchObject({ success: true });
    expect(salesforce.records('Lead')).toEqual([]);
    await expect(leads.retrieve(id)).rejects.toMatchObject({ errorCode: 'ENTITY_IS_DELETED' });
  });
});
