import { describe, expect, test } from '@jest/globals';

import type { Call, CallStatus } from '../../../src/domain/call.ts';
import { CALL_STATUSES } from '../../../src/domain/call.ts';
import type { ConfigIssue } from '../../../src/shared/config-issue.ts';
import type { JsonValue } from '../../../src/domain/json.ts';
import { knownNames, type Known, type KnownNames } from '../../../src/templates/known-names.ts';
import { buildScope } from '../../../src/templates/scope.ts';
import { compileTemplate } from '../../../src/templates/template.ts';
import { exampleCall } from '../../support/call.ts';

const HISTORY = {
  total_calls: 3,
  completed_calls: 2,
  first_call_at: '2026-11-01T00:00:00Z',
  last_call_at: '2026-11-20T11:55:00Z',
};

function render(source: string, call: Call = exampleCall()): JsonValue {
  const issues: ConfigIssue[] = [];
  const template = compileTemplate(source, { known: knownNames(), issues, path: [] });
  expect(issues).toEqual([]);
  return template.render(buildScope({ call, sourceName: 'sales', history: HISTORY }));
}

/** The whole "Variables Reference" of Callab, in its order. */
const CALLAB_REFERENCE: readonly (readonly [string, JsonValue])[] = [
  ['{{call_id}}', 'call_5b81e2'],
  ['{{caller_number}}', '+12025550143'],
  ['{{recipient_number}}', '+12025550110'],
  ['{{duration}}', 182],
  ['{{timestamp}}', '2026-11-20T11:55:00Z'],
  ['{{call_status}}', 'answered'],
  ['{{recording_url}}', 'https://media.example.com/callab/call_5b81e2.mp3'],
  ['{{transcript}}', 'Agent: Hello.\nCustomer: Hi.'],
  ['{{agent_id}}', 'agent_12c9'],
  ['{{agent_name}}', 'Sales Agent'],
  ['{{agent_language}}', 'en-US'],
  ['{{campaign_id}}', 'camp_4410ab'],
  ['{{campaign_name}}', 'Autumn Outreach'],
  ['{{campaign_type}}', 'inbound'],
  ['{{contact.first_name}}', 'Dana'],
  ['{{contact.last_name}}', 'Reed'],
  ['{{contact.email}}', 'dana.reed@example.com'],
  ['{{contact.company}}', 'Northwind Example'],
  ['{{contact.favourite_colour}}', 'green'],
  ['{{outcome.interested}}', true],
  ['{{outcome.appointment_date}}', '2026-11-24T15:00:00Z'],
  ['{{outcome.notes}}', 'Call back'],
  ['{{plan}}', 'Team'],
  ['{{workspace_id}}', 'ws_7f3a10'],
  ['{{workspace_name}}', 'North'],
  ['{{execution_id}}', 'exec_20f1'],
];

describe('the variables reference of Callab works unchanged', () => {
  const call = exampleCall({
    contact: { ...exampleCall().contact, favourite_colour: 'green' },
    outcomes: { interested: true, appointment_date: '2026-11-24T15:00:00Z', notes: 'Call back' },
  });

  test.each(CALLAB_REFERENCE)('%s', (source, value) => {
    expect(render(source, call)).toEqual(value);
  });

  test.each<[CallStatus, string]>([
    ['completed', 'answered'],
    ['in_progress', 'answered'],
    ['no_answer', 'no-answer'],
    ['voicemail', 'voicemail'],
    ['busy', 'busy'],
  ])('call_status of %s is %s', (status, word) => {
    expect(render('{{call_status}}', exampleCall({ status }))).toBe(word);
  });

  test('every status has a word', () => {
    for (const status of CALL_STATUSES) expect(render('{{call_status}}', exampleCall({ status }))).toMatch(/^[a-z-]+$/);
  });

  test('caller_number is the customer, whoever called: it is written into contacts', () => {
    const outbound = exampleCall({ direction: 'outbound', from_number: '+12025550110', to_number: '+12025550143' });
    expect(render('{{caller_number}}', outbound)).toBe('+12025550143');
    expect(render('{{recipient_number}}', outbound)).toBe('+12025550143');
  });
});

describe('what templates see', () => {
  test.each<[string, JsonValue]>([
    ['{{ call.id }}', 'call_5b81e2'],
    ['{{ call.hookline_id }}', 'call_01'],
    ['{{ contact.phone }}', '+12025550143'],
    ['{{ contact.name }}', 'Dana Reed'],
    ['{{ outcomes.interested }}', true],
    ['{{ source.name }} {{ source.platform }}', 'sales callab'],
    ['{{ event.type }}', 'call.analyzed'],
    ['{{ history.total_calls }}', 3],
    ['{{ variables.plan }}', 'Team'],
    ['{{ attribution.source }}', 'website'],
    ['{{ extra.callab.workspace_id }}', 'ws_7f3a10'],
  ])('%s', (source, value) => {
    expect(render(source)).toEqual(value);
  });

  test('a dynamic variable never hides a name of ours', () => {
    const call = exampleCall({ variables: { call: 'x', duration: 'x', history: 'x', free: 'seen' } });
    expect(render('{{ call.status }} {{ duration }} {{ history.total_calls }} {{ free }}', call)).toBe(
      'completed 182 3 seen',
    );
    expect(render('{{ variables.duration }}', call)).toBe('x');
  });

  test('contact.phone is the number we are sure of, not what the platform calls so', () => {
    const call = exampleCall({ customer_number: null, contact: { phone: 'anonymous' } });
    expect(render('{{ contact.phone }}', call)).toBeNull();
  });

  test('the event that asked for the run is told', () => {
    const event = { type: 'call.ended', name: 'call_ended' };
    expect(buildScope({ call: exampleCall(), sourceName: 's', history: null, event })['event']).toEqual(event);
  });
});

test('what is known and what is there are the same', () => {
  const scope = buildScope({ call: exampleCall(), sourceName: 's', history: HISTORY });
  const { plan, ...names } = scope;
  expect(plan).toBe('Team');
  expect(Object.keys(names).toSorted()).toEqual(Object.keys(knownNames()).toSorted());
  for (const [name, known] of Object.entries(knownNames())) {
    if (isListed(known) && !['agent', 'campaign', 'attribution'].includes(name)) {
      expect(Object.keys(scope[name] as object).toSorted()).toEqual(Object.keys(known).toSorted());
    }
  }
});

function isListed(known: Known): known is KnownNames {
  return typeof known === 'object';
}
