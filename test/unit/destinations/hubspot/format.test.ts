import { expect, test } from '@jest/globals';

import { compareShown } from '../../../../src/destinations/hubspot/compare.ts';
import { toFoundRecord } from '../../../../src/destinations/hubspot/find-contacts.ts';
import { formatFields, MAX_TEXT } from '../../../../src/destinations/hubspot/format.ts';
import { phonesOf } from '../../../../src/destinations/hubspot/phones-of.ts';
import type { Property, Schema } from '../../../../src/destinations/hubspot/portal.ts';
import { prepareWrite } from '../../../../src/destinations/hubspot/prepare.ts';
import type { RecordWrite } from '../../../../src/destinations/destination.ts';
import type { JsonValue } from '../../../../src/domain/json.ts';
import { nationalNumber } from '../../../../src/shared/phone.ts';

const DISPOSITION = { value: 'f240bbac-87c9-4f6e-bf70-924b57d47db7', label: 'Connected' };

function property(name: string, type: string, rest: Partial<Property> = {}): [string, Property] {
  return [name, { name, type, isReadOnly: false, isUnique: false, options: null, ...rest }];
}

const SCHEMA: Schema = new Map([
  property('text', 'string'),
  property('count', 'number'),
  property('flag', 'bool'),
  property('day', 'date'),
  property('moment', 'datetime'),
  property('hs_timestamp', 'datetime'),
  property('choice', 'enumeration', {
    options: [{ value: 'NEW', label: 'Brand new' }, DISPOSITION, { value: 'b', label: 'B' }],
  }),
  property('owner', 'enumeration'),
  property('phone', 'phone_number'),
  property('firstname', 'string'),
  property('hs_call_recording_url', 'string'),
  property('hs_call_body', 'string'),
  property('calculated', 'number', { isReadOnly: true }),
]);

test.each<[field: string, raw: JsonValue, value: string]>([
  ['text', 'as it is ', 'as it is '],
  ['text', 5, '5'],
  ['text', ['a', 'b'], 'a;b'],
  ['text', { a: 1 }, '{"a":1}'],
  ['count', '12.50', '12.5'],
  ['count', 0, '0'],
  ['flag', true, 'true'],
  ['flag', 'No', 'false'],
  ['day', '2026-11-20T23:59:59Z', '2026-11-20'],
  ['day', '2026-11-20', '2026-11-20'],
  ['moment', '2026-11-20T12:00:00.000Z', '1795176000000'],
  ['moment', '2026-11-20T13:00:00+01:00', '1795176000000'],
  ['moment', 1795176000000, '1795176000000'],
  ['choice', 'NEW', 'NEW'],
  ['choice', 'new', 'NEW'],
  ['choice', 'connected', DISPOSITION.value],
  ['choice', ['NEW', 'b'], 'NEW;b'],
  ['choice', ';b', ';b'],
  ['owner', '7001', '7001'],
  ['count', '', ''],
])('%s takes %j as %j', (field, raw, value) => {
  expect(formatFields({ [field]: raw }, SCHEMA, 'contacts')).toEqual({ properties: { [field]: value }, notes: [] });
});

test.each<[field: string, raw: JsonValue, words: string]>([
  ['count', 'many', '"many" is not a number'],
  ['flag', 'maybe', 'neither true nor false'],
  ['day', 'tomorrow', 'not a date'],
  ['moment', 'soon', 'not a time'],
  ['moment', 182, 'not a time'],
  ['choice', 'NEWW', 'Did you mean "NEW"?'],
  ['calculated', 5, 'does not let'],
  ['txet', 'x', 'Did you mean "text"?'],
])('%s leaves %j out, and says why', (field, raw, words) => {
  const { properties, notes } = formatFields({ [field]: raw, firstname: 'Ada' }, SCHEMA, 'contacts');
  expect(properties).toEqual({ firstname: 'Ada' });
  expect(notes).toEqual([{ field, kind: 'dropped', reason: expect.stringContaining(words) }]);
});

test('a text that is too long is cut between characters, and that is said', () => {
  const { properties, notes } = formatFields({ text: '🐟'.repeat(40_000) }, SCHEMA, 'calls');
  expect(properties['text']?.length).toBeLessThanOrEqual(MAX_TEXT);
  expect(properties['text']?.isWellFormed()).toBe(true);
  expect(notes).toMatchObject([{ kind: 'different', reason: 'cut from 80000 to 65536 characters' }]);
});

test('without a schema everything goes as text', () => {
  expect(formatFields({ any: true }, null, 'calls')).toEqual({ properties: { any: 'true' }, notes: [] });
});

const portal = { schemas: { contact: SCHEMA, call: SCHEMA, task: SCHEMA, note: SCHEMA }, readAtMs: 0 };
const clock = { now: () => 1_795_176_000_000 };

function write(changes: Partial<RecordWrite>): RecordWrite {
  const fields = changes.fields ?? {};
  const bare = {
    kind: 'call',
    key: 'k',
    id: null,
    contactId: null,
    attach: false,
    attemptedAtMs: null,
    scope: {},
  } as const;
  return { ...bare, fields, allFields: fields, ...changes };
}

test.each(['https://media.example.com/a.mp3', 'https://media.example.com/a.wav?signature=1'])(
  '%s can be played',
  (url) => {
    const prepared = prepareWrite(write({ id: '1', fields: { hs_call_recording_url: url } }), portal, clock);
    expect(prepared).toEqual({ properties: { hs_call_recording_url: url }, notes: [] });
  },
);

test.each(['http://media.example.com/a.mp3', 'https://media.example.com/a?x="><script>'])(
  '%s stands in the body as a link',
  (url) => {
    const fields = { hs_call_recording_url: url };
    const prepared = prepareWrite(
      write({ id: '1', fields, allFields: { ...fields, hs_call_body: '<p>was</p>' } }),
      portal,
      clock,
    );
    expect(Object.keys(prepared.properties)).toEqual(['hs_call_body']);
    expect(prepared.properties['hs_call_body']).toMatch(
      /^<p>Recording: <a href="[^"<>]+">[^<>]+<\/a><\/p><p>was<\/p>$/,
    );
    expect(prepared.notes).toMatchObject([{ field: 'hs_call_recording_url', kind: 'different' }]);
  },
);

test('a body that is written anew keeps the link of a recording that did not change', () => {
  const fields = { hs_call_body: '<p>with a summary</p>' };
  const allFields = { ...fields, hs_call_recording_url: 'https://media.example.com/a?x=1' };
  const prepared = prepareWrite(write({ id: '1', fields, allFields }), portal, clock);
  expect(prepared.properties['hs_call_body']).toMatch(/^<p>Recording: .*<p>with a summary<\/p>$/);
});

test('a new activity has a time, a new contact a name', () => {
  const scope = {
    call: { started_at: null, ended_at: '2026-11-20T12:00:00.000Z' },
    contact: { phone: '+14155550123' },
  };
  expect(prepareWrite(write({ scope }), portal, clock).properties).toEqual({ hs_timestamp: '1795176000000' });
  expect(prepareWrite(write({ kind: 'contact', scope }), portal, clock).properties).toEqual({
    firstname: '+14155550123',
  });
  expect(prepareWrite(write({ kind: 'contact', id: '1', scope }), portal, clock).properties).toEqual({});
});

test('the name that only stands in for one is not shown as a name', () => {
  const properties = { firstname: '+14155550123', phone: '(415) 555-0123', hs_calculated_phone_number: '+14155550123' };
  const record = { id: '1', createdAt: null, isNew: null, traceId: null };
  expect(toFoundRecord({ ...record, properties }).fields['firstname']).toBeNull();
  expect(toFoundRecord({ ...record, properties: { ...properties, firstname: 'Ada' } }).fields['firstname']).toBe('Ada');
});

test('numbers of a contact are told in full, or not at all', () => {
  expect(phonesOf({ phone: '415-555-0123' })).toEqual([]);
  expect(phonesOf({ phone: '415-555-0123', hs_calculated_phone_number_country_code: 'US' })).toEqual(['+14155550123']);
  expect(phonesOf({ mobilephone: '+49 30 901820', hs_calculated_mobile_number: '+4930901820' })).toEqual([
    '+4930901820',
  ]);
});

test.each([
  ['+14155550123', '4155550123'],
  ['+4930901820', '30901820'],
  ['+442071838750', '2071838750'],
])('%s is %s at home', (e164, national) => {
  expect(nationalNumber(e164)).toBe(national);
});

test.each<[field: string, sent: string, shown: string | null, same: boolean]>([
  ['text', 'a', 'a ', true],
  ['text', 'Ada@Example.com', 'ada@example.com', true],
  ['text', 'a', 'b', false],
  ['text', '', null, true],
  ['count', '5', '5.0', true],
  ['moment', '1795176000000', '2026-11-20T12:00:00Z', true],
  ['moment', '1795176000000', '2026-11-20T12:00:01Z', false],
  ['day', '2026-11-20', '2026-11-20', true],
  ['choice', 'a;b', 'b;a', true],
  ['choice', ';b', 'a;b', true],
  ['choice', 'b', 'a;b', false],
])('%s: sent %j, shown %j', (field, sent, shown, same) => {
  expect(compareShown({ [field]: sent }, { [field]: shown }, SCHEMA)).toHaveLength(same ? 0 : 1);
});
