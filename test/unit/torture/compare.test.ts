import { expect, test } from '@jest/globals';

import { compareCrm, problemsOf, type CrmState } from '../../../src/torture/judge/compare.ts';
import { expectCrm, type ExpectedCall } from '../../../src/torture/judge/expected.ts';

// A proof that cannot fail proves nothing: each way in which a CRM can be wrong has to be found out.

const call: ExpectedCall = {
  callId: 'call_1',
  phone: '+12022000001',
  firstName: 'Dana',
  endedAt: '2026-11-20T10:00:00.000Z',
  interested: true,
  nextAction: 'Call back',
  appointmentAt: null,
  fields: { status: 'completed', summary: null },
};
const contact = {
  id: 'c1',
  phone: '+12022000001',
  first_name: 'Dana',
  last_call_id: 'call_1',
  last_call_at: '2026-11-20T10:00:00.000Z',
  lead_status: 'OPEN_DEAL',
};
const right: CrmState = {
  contacts: [contact],
  calls: [{ id: 'k1', call_id: 'call_1', status: 'completed', contact_id: 'c1' }],
  tasks: [{ id: 't1', call_id: 'call_1', subject: 'Call back', contact_id: 'c1' }],
};

function problems(state: Partial<CrmState>): string[] {
  return problemsOf('crm', compareCrm(expectCrm([call]), { ...right, ...state }));
}

test('a CRM that holds exactly what it must has no problems', () => {
  expect(problems({})).toEqual([]);
});

test('a second contact with the same phone is found out', () => {
  expect(problems({ contacts: [contact, { ...contact, id: 'c2' }] })).toEqual([
    'crm: contacts +12022000001 is there more than once',
  ]);
});

test('a missing, an extra and a wrong record are found out', () => {
  expect(problems({ tasks: [] })).toEqual(['crm: tasks call_1 is missing']);
  expect(problems({ calls: [...right.calls, { id: 'k2', call_id: 'call_2' }] })).toEqual([
    'crm: calls call_2 should not be there',
  ]);
  expect(problems({ contacts: [{ ...contact, lead_status: 'CONTACTED' }] })).toEqual([
    'crm: contacts +12022000001: lead_status is "CONTACTED", should be "OPEN_DEAL"',
  ]);
});

test('a value where nothing should stand is found out', () => {
  expect(
    problems({ calls: [{ id: 'k1', call_id: 'call_1', status: 'completed', summary: 'x', contact_id: 'c1' }] }),
  ).toEqual(['crm: calls call_1: summary is "x", should be null']);
});

test('a call on another person is found out', () => {
  const other = { ...contact, id: 'c9', phone: '+12022000009' };
  const state = { contacts: [contact, other], calls: [{ ...right.calls[0], contact_id: 'c9' }] };
  expect(problems(state)).toEqual([
    'crm: contacts +12022000009 should not be there',
    'crm: calls call_1: contact_phone is "+12022000009", should be "+12022000001"',
  ]);
});

test('the newest call of a person decides over the contact, in whatever order the calls are listed', () => {
  const older = { ...call, callId: 'call_0', endedAt: '2026-11-19T10:00:00.000Z', interested: false, firstName: null };
  for (const calls of [
    [call, older],
    [older, call],
  ]) {
    expect(expectCrm(calls).contacts.get(call.phone)).toEqual({
      phone: call.phone,
      first_name: 'Dana',
      last_call_id: 'call_1',
      last_call_at: call.endedAt,
      lead_status: 'OPEN_DEAL',
    });
  }
});
