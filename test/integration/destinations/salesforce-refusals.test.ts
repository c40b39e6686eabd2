import { describe, expect, test } from '@jest/globals';

import { createSalesforceChaos, FAULTS } from '../../simulators/salesforce/index.ts';
import { exampleCall } from '../../support/call.ts';
import { caller, fieldsOf } from '../../support/callers.ts';
import { closingAfterEach } from '../../support/close-after-each.ts';
import { openSalesforceWorld, type SalesforceWorld } from '../../support/salesforce-world.ts';

const open = closingAfterEach(openSalesforceWorld);

describe('one bad value costs its field, and nobody else anything', () => {
  test.each([
    ['an address that is none', { Email: '{{ contact.email }}' }, 'Email', 'INVALID_EMAIL_ADDRESS'],
    ['a value that a picklist does not know', { Rating__c: '{{ contact.email }}' }, 'Rating__c', 'is not one of'],
    ['a number that is none', { Score__c: '{{ contact.email }}' }, 'Score__c', 'is not a number'],
    ['a field that nobody has', { Favourite__c: 'blue' }, 'Favourite__c', 'the user sees no field "Favourite__c"'],
  ])('%s', async (_what, fields, field, reason) => {
    const { salesforce, sync } = await open({ action: { contact: { fields } } });
    salesforce.addField('Lead', { name: 'Rating__c', type: 'picklist', picklist: ['Hot', 'Cold'], restricted: true });
    salesforce.addField('Lead', { name: 'Score__c', type: 'double' });
    const calls = [1, 2, 3].map((number) => caller(number, { contact: { email: 'no address at all' } }));
    const results = await Promise.all(calls.map((call) => sync(call)));
    expect(results.map((result) => result?.kind)).toEqual(['finished', 'finished', 'finished']);
    expect(fieldsOf(results[1] ?? null, 'contact')[field]).toContain(reason);
    expect(salesforce.records('Lead')).toHaveLength(3);
    expect(salesforce.records('Task')).toHaveLength(3);
  });

  test('an owner who left is left out; one who never was is a mistake in the config', async () => {
    const owned = async (who: string): Promise<SalesforceWorld> => {
      const world = await open({ action: { contact: { fields: { OwnerId: '{{ variables.owner }}' } } } });
      const left = world.salesforce.records('User').find(({ fields }) => fields['IsActive'] === false)?.id ?? '';
      const owner = who === 'left' ? left : '0055g00000000ZZAAA';
      const result = await world.sync(caller(1, { variables: { owner } }));
      if (who === 'left') expect(fieldsOf(result, 'contact')['OwnerId']).toContain('INACTIVE_OWNER_OR_USER');
      else expect(result).toMatchObject({ outcome: { kind: 'rejected' } });
      return world;
    };
    expect((await owned('left')).salesforce.records('Task')).toHaveLength(1);
    expect((await owned('nobody')).salesforce.records('Task')).toHaveLength(0);
  });

  test('a field that the org has lost is left out loudly, at once for all, and the rest is written', async () => {
    const { salesforce, sync } = await open({ action: { contact: { fields: { Plan__c: 'gold' } } } });
    salesforce.addField('Lead', { name: 'Plan__c' });
    await sync(caller(1));
    expect(salesforce.records('Lead')[0]?.fields['Plan__c']).toBe('gold');
    salesforce.removeField('Lead', 'Plan__c');
    salesforce.clearRequests();
    const results = await Promise.all([2, 3, 4, 5, 6, 7, 8].map((number) => sync(caller(number))));
    // Where looking for people met it first, they look again without it.
    const again = await Promise.all([2, 3, 4, 5, 6, 7, 8].map((number) => sync(caller(number))));
    const reports = JSON.stringify([...results, ...again].map((result) => result?.report));
    expect(reports).toContain('Plan__c');
    expect(again.every((result) => result?.kind === 'finished')).toBe(true);
    expect(salesforce.records('Lead')).toHaveLength(8);
    expect(salesforce.counts().write).toBeLessThan(8);
  });

  test('texts that are too long are cut to their fields, and said to be', async () => {
    const { salesforce, sync } = await open();
    const result = await sync(caller(1, { contact: { first_name: 'D'.repeat(100), last_name: 'R'.repeat(100) } }));
    expect(salesforce.records('Lead')[0]?.fields['FirstName']).toHaveLength(40);
    expect(salesforce.records('Lead')[0]?.fields['LastName']).toHaveLength(80);
    expect(fieldsOf(result, 'contact')['LastName']).toBe(
      'write: accepted but different: cut from 100 to 80 characters',
    );
  });
});

describe('rules of the org', () => {
  test('a validation rule is told in its own words', async () => {
    const { salesforce, sync } = await open();
    salesforce.addValidationRule('Lead', {
      message: 'Leads need an e-mail address.',
      refuses: ({ Email }) => Email === undefined || Email === null,
    });
    expect(await sync(caller(1))).toMatchObject({
      kind: 'stopped',
      outcome: {
        kind: 'rejected',
        reason: expect.stringContaining('Leads need an e-mail address.'),
        hint: expect.stringContaining('validation rule'),
      },
    });
    expect(await sync(caller(2, { contact: { email: 'dana@example.com' } }))).toMatchObject({ kind: 'finished' });
  });

  test('a required field that nobody maps is named', async () => {
    const { salesforce, sync } = await open();
    salesforce.addField('Lead', { name: 'Region__c', nillable: false });
    expect(await sync(caller(1))).toMatchObject({
      outcome: { kind: 'rejected', reason: expect.stringContaining('Region__c'), hint: expect.stringContaining('map') },
    });
  });

  const twin = { LastName: 'Reed', Company: 'Northwind', Phone: '+12025559999', Email: 'dana.reed@example.com' };
  /** Found by nothing but the rule. */
  const unlike = exampleCall({ contact: { last_name: 'Reed', company: 'Northwind' } });

  test('a duplicate rule that alerts is saved over by default, and decides where it is asked to', async () => {
    const { salesforce, sync } = await open();
    salesforce.addDuplicateRule('Lead', { fields: ['LastName', 'Company'], action: 'alert' });
    salesforce.create('Lead', twin);
    expect(await sync(unlike)).toMatchObject({ kind: 'finished' });
    expect(salesforce.records('Lead')).toHaveLength(2);

    const strict = await open({ destination: { duplicate_rules: 'reject' } });
    strict.salesforce.addDuplicateRule('Lead', { fields: ['LastName', 'Company'], action: 'alert' });
    const id = strict.salesforce.create('Lead', twin);
    expect(await strict.sync(unlike)).toMatchObject({
      outcome: {
        kind: 'rejected',
        reason: expect.stringContaining(id),
        hint: expect.stringContaining('duplicate_rules'),
      },
    });
  });

  test.each(['alert', 'block'] as const)(
    'use_match takes whom a rule that %ss names, without overwriting',
    async (action) => {
      const { salesforce, sync } = await open({ destination: { duplicate_rules: 'use_match' } });
      salesforce.addDuplicateRule('Lead', { fields: ['LastName', 'Company'], action, onUpdate: false });
      const id = salesforce.create('Lead', twin);
      expect(await sync(unlike)).toMatchObject({ kind: 'finished' });
      expect(salesforce.records('Lead')).toHaveLength(1);
      expect(salesforce.tasksOf(id)).toHaveLength(1);
      expect(salesforce.record('Lead', id)?.fields).toMatchObject({ Phone: '+12025559999' });
    },
  );

  test('a duplicate rule that blocks needs a person', async () => {
    const { salesforce, sync } = await open();
    salesforce.addDuplicateRule('Lead', { fields: ['LastName', 'Company'], action: 'block' });
    salesforce.create('Lead', twin);
    expect(await sync(unlike)).toMatchObject({
      outcome: { kind: 'rejected', hint: expect.stringContaining('blocks it') },
    });
  });

  test('assignment rules give nobody else the lead, unless asked for', async () => {
    const { salesforce, sync } = await open();
    const other = salesforce.records('User').find(({ fields }) => fields['FirstName'] === 'Ada')?.id ?? '';
    salesforce.setLeadAssignment(other);
    await sync(caller(1));
    expect(salesforce.records('Lead')[0]?.fields['OwnerId']).not.toBe(other);
    const asked = await open({ destination: { assignment_rules: true } });
    const ada = asked.salesforce.records('User').find(({ fields }) => fields['FirstName'] === 'Ada')?.id ?? '';
    asked.salesforce.setLeadAssignment(ada);
    await asked.sync(caller(1));
    expect(asked.salesforce.records('Lead')[0]?.fields['OwnerId']).toBe(ada);
  });
});

describe('answers that never came', () => {
  test.each(['commit_then_drop', 'cut_body'] as const)('%s: looked at before it is written again', async (kind) => {
    const { salesforce, sync } = await open();
    salesforce.fail({ fault: { kind }, when: ({ path }) => path.endsWith('/composite/sobjects'), times: 2 });
    const results = [await sync(exampleCall()), await sync(exampleCall()), await sync(exampleCall())];
    expect(results.map((result) => result?.kind)).toEqual(['stopped', 'stopped', 'finished']);
    expect(salesforce.records('Lead')).toHaveLength(1);
    expect(salesforce.records('Task')).toHaveLength(1);
    expect(salesforce.records('Task')[0]?.fields['TaskSubtype']).toBe('Call');
  });

  test('a crash between request and answer, again and again, makes nothing twice', async () => {
    const world = await open();
    const { salesforce, sync, crash } = world;
    for (const left of [2, 4, 6, 8]) {
      let seen = 0;
      salesforce.setChaos(() => {
        seen += 1;
        if (seen === left) crash();
        return undefined;
      });
      await sync(exampleCall());
    }
    salesforce.setChaos(null);
    expect(await sync(exampleCall())).toMatchObject({ kind: 'finished' });
    expect(salesforce.records('Lead')).toHaveLength(1);
    expect(salesforce.records('Task')).toHaveLength(1);
  });

  test('without our fields CallObject tells, once Salesforce had its time', async () => {
    const { salesforce, sync, advance } = await open({ isSetUp: false });
    salesforce.fail({
      fault: { kind: 'commit_then_drop' },
      when: ({ path, body }) => path.endsWith('/composite/sobjects') && JSON.stringify(body).includes('"Task"'),
    });
    expect(await sync(exampleCall())).toMatchObject({ outcome: { kind: 'retry' } });
    expect(await sync(exampleCall())).toMatchObject({ kind: 'finished' });
    expect(salesforce.records('Task')).toHaveLength(1);
    expect(salesforce.records('Task')[0]?.fields['CallObject']).toBe('callab/call_5b81e2');

    const lost = exampleCall({ provider_call_id: 'lost' });
    salesforce.fail({ fault: { kind: 'drop' }, when: ({ path }) => path.endsWith('/composite/sobjects') });
    expect(await sync(lost)).toMatchObject({ outcome: { kind: 'retry' } });
    expect(await sync(lost)).toMatchObject({ outcome: { kind: 'retry', reason: expect.stringContaining('its time') } });
    advance(600_000);
    expect(await sync(lost)).toMatchObject({ kind: 'finished' });
    expect(salesforce.records('Task')).toHaveLength(2);
    expect(salesforce.duplicates()).toEqual([]);
  });

  test('with links alone only a person can tell', async () => {
    const { salesforce, sync } = await open({ isSetUp: false, salesforce: { hasCallFields: false } });
    expect(await sync(exampleCall())).toMatchObject({ kind: 'finished' });
    const lost = exampleCall({ provider_call_id: 'lost' });
    salesforce.fail({ fault: { kind: 'commit_then_drop' }, when: ({ path }) => path.endsWith('/composite/sobjects') });
    await sync(lost);
    expect(await sync(lost)).toMatchObject({ outcome: { kind: 'held', hint: expect.stringContaining('--force') } });
    expect(salesforce.records('Task')).toHaveLength(2);
  });

  test('a key that stands on a record already leads to it, and nothing is blanked or overwritten', async () => {
    const { salesforce, sync } = await open();
    await sync(exampleCall({ contact: {} }));
    const [lead] = salesforce.records('Lead');
    salesforce.update('Lead', lead?.id ?? '', { FirstName: 'Diana', LastName: 'Read', Phone: null });
    // As after a ledger that was lost: nothing but Salesforce's own key tells.
    const bare = await open({ isSetUp: false, destination: { login_url: salesforce.url } });
    expect(await bare.sync(exampleCall({ contact: { first_name: 'Dana' } }))).toMatchObject({ kind: 'finished' });
    expect(salesforce.records('Lead')).toHaveLength(1);
    expect(salesforce.records('Task')).toHaveLength(1);
    expect(salesforce.records('Lead')[0]?.fields).toMatchObject({ FirstName: 'Diana', LastName: 'Read' });
  });
});

describe('limits', () => {
  test('a day that is used up pauses everything, and goes on by itself', async () => {
    const { salesforce, sync, advance, runtime } = await open();
    await sync(caller(1));
    salesforce.fail({ fault: FAULTS.limited('daily'), when: ({ path }) => path.endsWith('/composite') });
    expect(await sync(caller(2))).toMatchObject({ outcome: { kind: 'held', untilMs: expect.any(Number) } });
    expect(runtime().canRun(Date.now())).toMatchObject({ ok: false, hint: expect.stringContaining('24 hours') });
    advance(15 * 60_000);
    expect(await sync(caller(2))).toMatchObject({ kind: 'finished' });
  });

  test('too many long requests at once: a moment’s wait, nobody else’s trouble', async () => {
    const { salesforce, sync } = await open();
    salesforce.fail({ fault: FAULTS.limited('concurrent'), when: ({ path }) => path.endsWith('/composite/sobjects') });
    expect(await sync(caller(1))).toMatchObject({ outcome: { kind: 'retry', notBeforeMs: expect.any(Number) } });
    expect(await sync(caller(1))).toMatchObject({ kind: 'finished' });
  });

  test('above its share of the day Hookline leaves the rest to others, and says so', async () => {
    const { salesforce, sync, advance, runtime } = await open({
      salesforce: { daily: 1000 },
      destination: { daily_share: 0.5 },
    });
    await sync(caller(1));
    expect(runtime().canRun(Date.now())).toEqual({ ok: true });
    salesforce.spendDaily(500);
    await sync(caller(2));
    expect(runtime().canRun(Date.now())).toMatchObject({
      ok: false,
      reason: expect.stringMatching(/^5\d\d of the org's 1,000 daily API requests are used/),
      hint: expect.stringContaining('daily_share is 0.5'),
    });
    advance(25 * 3_600_000);
    await sync(caller(2));
    expect(await sync(caller(2))).toMatchObject({ kind: 'finished' });
  });

  test.each([1, 2, 3])('a fifth of all requests goes wrong in one way or another (seed %i)', async (seed) => {
    const { salesforce, sync, advance } = await open();
    salesforce.setChaos(createSalesforceChaos(0.2, seed));
    for (let tries = 0; tries < 40; tries += 1) {
      const result = await sync(caller(1));
      if (result?.kind === 'finished') break;
      advance(60_000);
    }
    expect(salesforce.records('Task')).toHaveLength(1);
    expect(salesforce.records('Lead')).toHaveLength(1);
  });
});
