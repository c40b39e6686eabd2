import { expect, test } from '@jest/globals';

import { caller } from '../../support/callers.ts';
import { closingAfterEach } from '../../support/close-after-each.ts';
import { openSalesforceWorld } from '../../support/salesforce-world.ts';

/*
 * A lead was converted, and its contact deleted later. When the person called again, our key still stood on the converted
 * lead, which nobody may write to: every try to make a new lead met it, found nobody, and the calls became dead letters. A bad
 * week of salesforce.properties.test.ts found it.
 */

const open = closingAfterEach(openSalesforceWorld);

test('whoever calls again after his lead was converted and the contact deleted becomes a new lead, once', async () => {
  const { salesforce, sync, crash, advance } = await open();
  await sync(caller(1));
  const [lead] = salesforce.records('Lead');
  const { contactId } = salesforce.convertLead(lead?.id ?? '');
  salesforce.remove('Contact', contactId);
  const again = caller(1, { provider_call_id: 'again' });
  // An answer is lost on the way.
  salesforce.fail({
    fault: { kind: 'commit_then_drop' },
    when: ({ path, body }) => path.endsWith('/composite/sobjects') && JSON.stringify(body).includes('>00Q'),
  });
  expect(await sync(again)).toMatchObject({ outcome: { kind: 'retry' } });
  crash();
  advance(60_000);
  expect(await sync(again)).toMatchObject({ kind: 'finished' });
  expect(await sync(caller(1, { provider_call_id: 'third' }))).toMatchObject({ kind: 'finished' });
  const live = salesforce.records('Lead').filter(({ fields }) => fields['IsConverted'] !== true);
  expect(live).toHaveLength(1);
  expect(salesforce.tasksOf(live[0]?.id ?? '')).toHaveLength(2);
  expect(salesforce.duplicates()).toEqual([]);
});
