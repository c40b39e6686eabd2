import { expect, test } from '@jest/globals';

import type { Destination } from '../../../src/destinations/destination.ts';
import type { JsonObject } from '../../../src/domain/json.ts';
import type { ConfigIssue } from '../../../src/shared/config-issue.ts';
import { compileSyncAction } from '../../../src/sync/compile-sync-action.ts';
import type { CompiledField, CompiledSync } from '../../../src/sync/compiled-sync.ts';
import { projectFields } from '../../../src/sync/project-fields.ts';
import { syncActionSchema } from '../../../src/sync/schema.ts';
import type { MappedField } from '../../../src/destinations/mapped-field.ts';
import { knownNames } from '../../../src/templates/known-names.ts';
import { buildScope } from '../../../src/templates/scope.ts';
import { exampleCall } from '../../support/call.ts';

const destination: Destination = {
  name: 'crm',
  type: 'test',
  defaults: {
    contact: { phone: '{{ contact.phone }}', total: '{{ history.total_calls }}', lead: 'yes' },
    call: { title: '{{ agent.name }}' },
    task: { subject: '{{ task.subject }}' },
    status: { field: 'state', rules: [{ when: 'outcomes.interested == true', set: 'warm' }], default: 'called' },
  },
  kinds: ['contact', 'call', 'task'],
  findContacts: async () => ({ kind: 'ok', value: [] }),
  write: async () => ({ kind: 'planned' }),
  recover: async () => ({ kind: 'repeatable' }),
  check: async () => [],
};

function compile(
  config: JsonObject,
  change: Partial<Destination> = {},
): { compiled: CompiledSync; issues: ConfigIssue[] } {
  const issues: ConfigIssue[] = [];
  const parsed = syncActionSchema.parse({ sync: 'crm', ...config });
  const site = { known: knownNames(), issues, path: ['integrations', 0, 'actions', 0] };
  return { compiled: compileSyncAction(parsed, { ...destination, ...change }, site), issues };
}

function project(fields: readonly CompiledField[] | undefined): JsonObject {
  const scope = buildScope({ call: exampleCall(), sourceName: 'callab', history: { total_calls: 3 } });
  return Object.fromEntries(projectFields(fields ?? [], scope).fields.map(({ field, value }) => [field, value]));
}

test('`- sync: crm` alone: defaults, status, call, no task', () => {
  const { compiled, issues } = compile({});
  expect(issues).toEqual([]);
  expect(project(compiled.contact?.fields)).toEqual({ phone: '+12025550143', total: 3, lead: 'yes', state: 'warm' });
  expect(project(compiled.call?.fields)).toEqual({ title: 'Sales Agent' });
  expect(compiled.task).toBeNull();
  expect(compiled.contact).toMatchObject({
    match: ['external_id', 'phone', 'email'],
    onNoMatch: 'create',
    onManyMatches: 'newest',
  });
});

test('what the operator writes overrides key by key; null takes a default out', () => {
  const { compiled } = compile({
    contact: {
      fields: {
        lead: null,
        phone: '{{ contact.phone | phone: "national" }}',
        budget: { value: '{{ outcomes.budget }}', write: 'max' },
      },
      status: { default: 'new', rules: [] },
    },
  });
  expect(Object.keys(project(compiled.contact?.fields)).toSorted()).toEqual(['budget', 'phone', 'state', 'total']);
  expect(project(compiled.contact?.fields)).toMatchObject({ state: 'new', budget: '$12,000' });
});

test('the status can be left alone, or be a plain field', () => {
  expect(project(compile({ contact: { status: false } }).compiled.contact?.fields)).not.toHaveProperty('state');
  const { compiled, issues } = compile({ contact: { fields: { state: 'mine' } } });
  expect(issues).toEqual([]);
  expect(project(compiled.contact?.fields)).toMatchObject({ state: 'mine' });
  expect(compile({ contact: { fields: { state: 'mine' }, status: { default: 'x' } } }).issues).toMatchObject([
    { path: ['integrations', 0, 'actions', 0, 'contact', 'fields', 'state'] },
  ]);
});

test('what comes from the ledger’s history is true now: an older call may write it', () => {
  const { compiled } = compile({
    contact: { fields: { since: { value: '{{ history.first_call_at }}', write: 'newer' } } },
  });
  const policies = Object.fromEntries((compiled.contact?.fields ?? []).map(({ field, write }) => [field, write]));
  expect(policies).toMatchObject({ total: 'overwrite', phone: 'newer', since: 'newer' });
});

test('trees are rendered leaf by leaf, and what is empty all through is left out', () => {
  const { compiled } = compile({
    contact: {
      fields: {
        emails: [{ value: '{{ contact.email }}', label: '{{ contact.nothing }}' }],
        faxes: [{ value: '{{ contact.fax }}' }],
        address: { value: { city: '{{ contact.city }}', name: '{{ contact.company }}' } },
      },
    },
  });
  const fields = project(compiled.contact?.fields);
  expect(fields).toMatchObject({
    emails: [{ value: 'dana.reed@example.com' }],
    address: { name: 'Northwind Example' },
  });
  expect(fields).not.toHaveProperty('faxes');
});

test('long texts are cut by characters, marks in templates count', () => {
  const { compiled } = compile({
    call: { fields: { title: { value: 'ab😀de', max_length: 4 }, first: '{{ agent.name | only_create }}' } },
  });
  expect(project(compiled.call?.fields)).toMatchObject({ title: 'ab😀…' });
  expect(compiled.call?.fields.find(({ field }) => field === 'first')).toMatchObject({ onlyOn: 'create' });
});

test.each<[string, JsonObject, Partial<Destination>, string]>([
  ['a misspelt variable', { contact: { fields: { a: '{{ call.durtion_s }}' } } }, {}, 'call.duration_s'],
  ['a bad condition', { when: 'call.duration_s > 20 and outcomes.a or outcomes.b' }, {}, 'all'],
  ['calls where none are kept', { call: {} }, { kinds: ['contact'] }, '"crm" keeps no calls'],
  ['tasks where none are kept', { task: { subject: 'x' } }, { kinds: ['contact', 'call'] }, '"crm" keeps no tasks'],
  ['no contact for what needs one', { contact: false, call: {} }, { needsContact: ['call'] }, 'only on a contact'],
  [
    'a look that is not possible',
    { call: { fields: { a: { value: 'x', write: 'append' } } } },
    {},
    'cannot show a call',
  ],
  [
    'a status without a field',
    { contact: { status: { default: 'x' } } },
    { defaults: { contact: {}, call: {}, task: {} } },
    'needs a field',
  ],
])('%s is found when the config is loaded', (_what, config, change, message) => {
  const { issues } = compile(config, change);
  expect(issues).toHaveLength(1);
  expect(issues[0]?.message).toContain(message);
});

test('a destination without calls simply keeps none', () => {
  const { compiled, issues } = compile({}, { kinds: ['contact'] });
  expect([compiled.call, issues]).toEqual([null, []]);
});

test.each([
  [{ contact: { on_no_match: 'make' } }],
  [{ contact: { fields: { a: { value: 'x', wirte: 'max' } } } }],
  [{ tasks: {} }],
])('refuses %j', (config) => {
  expect(syncActionSchema.safeParse({ sync: 'crm', ...config }).success).toBe(false);
});

test('the destination is told what will be written: values that are known, and where they stand', () => {
  const told: Record<string, readonly MappedField[]> = {};
  const willWrite = (kind: string, fields: readonly MappedField[]): void => void (told[kind] = fields);
  compile(
    {
      contact: {
        fields: { phone: '{{ contact.phone }}', lead: { value: ['a', 'b'] }, total: null },
        status: { rules: [{ when: 'outcomes.interested', set: 'hot' }], default: '{{ outcomes.status }}' },
      },
    },
    { willWrite },
  );
  const at = 'integrations[0].actions[0].contact';
  expect(told['contact']).toEqual([
    { field: 'phone', knownValues: [], varies: true, where: `${at}.fields.phone` },
    { field: 'lead', knownValues: [['a', 'b']], varies: false, where: `${at}.fields.lead` },
    { field: 'state', knownValues: ['hot'], varies: true, where: `${at}.status` },
  ]);
  expect(told['call']).toEqual([{ field: 'title', knownValues: [], varies: true, where: null }]);
  expect(told).not.toHaveProperty('task');
});
