import { expect, test } from '@jest/globals';
import fc from 'fast-check';

import type { JsonValue } from '../../../src/domain/json.ts';
import { textOf } from '../../../src/torture/crm/json-text.ts';
import { createSalesforceChaos, type Salesforce, type SalesforceRecord } from '../../simulators/salesforce/index.ts';
import {
  badCrmWeek,
  calmDown,
  durationOf,
  expectedPeople,
  phoneOf,
  sorted,
  storm,
  type CrmWeek,
} from '../../support/crm-week.ts';
import { openSalesforceWorld, type WorldOptions } from '../../support/salesforce-world.ts';

/** What a person does with somebody, whoever he is by then. */
interface Act {
  readonly kind: 'convert' | 'remove' | 'merge_away' | 'merge_into';
  readonly person: number;
}

const act: fc.Arbitrary<Act | null> = fc.option(
  fc.record({
    kind: fc.constantFrom('convert', 'remove', 'merge_away', 'merge_into'),
    person: fc.integer({ min: 0, max: 3 }),
  }),
);

function happen(salesforce: Salesforce, { kind, person }: Act): void {
  const [found] = livePeople(salesforce).filter(({ fields }) => isPhone(fields['Phone'], person));
  if (found === undefined) return;
  const { id } = found;
  const type = id.startsWith('00Q') ? 'Lead' : 'Contact';
  if (kind === 'remove') return salesforce.remove(type, id);
  if (kind === 'convert') return void (type === 'Lead' && salesforce.convertLead(id));
  const typed = salesforce.create(type, {
    LastName: 'By hand',
    Phone: phoneOf(person).replace(/^\+1(\d{3})(\d{3})/, '($1) $2-'),
    ...(type === 'Lead' ? { Company: 'Northwind' } : {}),
  });
  if (kind === 'merge_away') salesforce.mergeInto(type, typed, id);
  else salesforce.mergeInto(type, id, typed);
}

/** A converted lead lives on as a contact. */
function livePeople(salesforce: Salesforce): readonly SalesforceRecord[] {
  const people = [...salesforce.records('Lead'), ...salesforce.records('Contact')];
  return people.filter(({ fields }) => fields['IsConverted'] !== true);
}

function isPhone(value: JsonValue | undefined, person: number): boolean {
  return typeof value === 'string' && value.replaceAll(/\D/g, '').endsWith(phoneOf(person).slice(2));
}

type Week = CrmWeek<Act> & { readonly isSetUp: boolean };

function expectModel(salesforce: Salesforce, { calls, isSetUp }: Week): void {
  expect(salesforce.duplicates()).toEqual([]);
  const people = expectedPeople(calls);
  const found = livePeople(salesforce);
  expect(found).toHaveLength(people.length);
  const keyField = isSetUp ? 'Hookline_Call_Id__c' : 'CallObject';
  const keyOf = ({ fields }: SalesforceRecord): string => textOf(fields[keyField]);
  for (const { phone, email, interested, callKeys } of people) {
    const { id = '', fields = {} } = found.find((each) => isPhone(each.fields['Phone'], Number(phone.at(-1)))) ?? {};
    expect(fields['Email'] ?? null).toBe(email);
    const byRule = {
      true: ['Working - Contacted'],
      false: ['Closed - Not Converted'],
      null: ['Working - Contacted', 'Open - Not Contacted'],
    };
    if (id.startsWith('00Q')) expect(byRule[`${interested}`]).toContain(fields['Status']);
    const keys = salesforce.tasksOf(id).map((task) => keyOf(task));
    expect(sorted(keys.filter((key) => !key.includes('#')))).toEqual(callKeys);
    expect(sorted(keys.filter((key) => key.includes('#')).map((key) => key.replace(/#.*/, '')))).toEqual(callKeys);
  }
  for (const task of salesforce.records('Task').filter((each) => !keyOf(each).includes('#'))) {
    const index = Number(keyOf(task).replace('callab/c', ''));
    const expected = { CallDurationInSeconds: durationOf(index), CallDisposition: 'Completed', IsClosed: true };
    expect(task.fields).toMatchObject({ ...expected, TaskSubtype: 'Call' });
    expect(task.fields['Description']).toContain(`summary of c${index}`);
  }
  expect(salesforce.records('Task')).toHaveLength(2 * calls.length);
}

const OPTIONS: WorldOptions = { action: { task: { subject: '{{ outcomes.next_action }}' } } };

const badWeek: fc.Arbitrary<Week> = fc
  .tuple(badCrmWeek(act), fc.boolean())
  .map(([week, isSetUp]) => ({ ...week, isSetUp }));

test('whatever fails, repeats, races or dies, whoever is converted, merged or deleted: Salesforce holds what a plain model says, and then nothing more is asked', async () => {
  await fc.assert(
    fc.asyncProperty(badWeek, async (plan) => {
      const { salesforce, ...opened } = await openSalesforceWorld({ ...OPTIONS, isSetUp: plan.isSetUp });
      const world = { ...opened, crm: salesforce, createChaos: createSalesforceChaos };
      try {
        await storm(world, plan, (each) => happen(salesforce, each));
        // What people removed comes back where it is asked for.
        await calmDown(world, plan, { force: true });
        expectModel(salesforce, plan);
        salesforce.clearRequests();
        await calmDown(world, plan);
        expect(salesforce.requests.map(({ url }) => url)).toEqual([]);
      } finally {
        await world.close();
      }
    }),
    { numRuns: 8 },
  );
}, 240_000);
