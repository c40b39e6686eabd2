import { afterEach, describe, expect, test } from '@jest/globals';

import { ESPO_KEY, startEspoCrm } from '../../simulators/espocrm.ts';
import { GHL_LOCATION, GHL_TOKEN, startGoHighLevel } from '../../simulators/gohighlevel.ts';
import { PIPEDRIVE_TOKEN, startPipedrive } from '../../simulators/pipedrive.ts';
import type { Simulator } from '../../simulators/simulator.ts';
import { startTwenty, TWENTY_KEY } from '../../simulators/twenty.ts';

/* A simulator that lets everything pass proves nothing: each refuses what the real API refuses. */

interface Step {
  readonly request: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly status: number;
  readonly answer?: unknown;
}

interface Subject {
  readonly name: string;
  readonly start: () => Promise<Simulator>;
  readonly headers: Readonly<Record<string, string>>;
  readonly steps: readonly Step[];
}

const ghl = { Authorization: `Bearer ${GHL_TOKEN}`, Version: '2021-07-28' };
const person = { name: 'Dana', phones: [{ value: '+12025550143' }] };
const callLog = {
  outcome: 'connected',
  to_phone_number: '+12025550143',
  start_time: '2026-11-20 11:55:00',
  end_time: '2026-11-20 11:58:02',
};
const call = { name: 'Call', dateStart: '2026-11-20 11:55:00', dateEnd: '2026-11-20 11:58:02' };

const SUBJECTS: readonly Subject[] = [
  {
    name: 'GoHighLevel',
    start: startGoHighLevel,
    headers: ghl,
    steps: [
      { request: 'POST /contacts/', body: {}, headers: { Authorization: 'Bearer x' }, status: 401 },
      { request: 'POST /contacts/', body: {}, headers: { Version: '' }, status: 401 },
      { request: 'POST /contacts/upsert', body: { phone: '+1' }, status: 422 },
      { request: 'POST /contacts/upsert', body: { locationId: GHL_LOCATION, hs_lead_status: 'x' }, status: 422 },
      { request: 'POST /contacts/', body: { locationId: GHL_LOCATION, phone: '+1', tags: ['a'] }, status: 201 },
      {
        request: 'POST /contacts/',
        body: { locationId: GHL_LOCATION, phone: '+1' },
        status: 400,
        answer: { meta: { contactId: 'cont1', matchingField: 'phone' } },
      },
      {
        request: 'POST /contacts/upsert',
        body: { locationId: GHL_LOCATION, phone: '+1', tags: ['b'] },
        status: 200,
        answer: { new: false, contact: { tags: ['b'] } },
      },
      { request: 'POST /contacts/cont1/tags', body: { tags: ['c'] }, status: 201, answer: { tags: ['b', 'c'] } },
      { request: 'PUT /contacts/cont1', body: { locationId: GHL_LOCATION }, status: 422 },
      { request: 'PATCH /contacts/cont1', body: {}, status: 404 },
      { request: 'POST /contacts/cont1/tasks', body: { title: 'x' }, status: 422 },
      { request: 'POST /contacts/cont1/notes', body: { body: 'x' }, status: 201, answer: { note: { id: 'note1' } } },
    ],
  },
  {
    name: 'Pipedrive',
    start: startPipedrive,
    headers: { 'x-api-token': PIPEDRIVE_TOKEN },
    steps: [
      {
        request: 'GET /api/v2/persons',
        headers: { 'x-api-token': 'x' },
        status: 401,
        answer: { success: false, data: null },
      },
      { request: 'POST /v1/persons', body: person, status: 410 },
      { request: 'POST /api/v2/persons', body: { phone: 'x' }, status: 400 },
      { request: 'POST /api/v2/persons', body: person, status: 201, answer: { data: { id: 1 } } },
      { request: 'PUT /api/v2/persons/1', body: { name: 'x' }, status: 405 },
      { request: 'PATCH /api/v2/persons/1', body: { name: 'x' }, status: 200 },
      { request: 'GET /api/v2/persons/search?term=a', status: 400 },
      {
        request: 'GET /api/v2/persons/search?term=X&exact_match=true',
        status: 200,
        answer: { data: { items: [{ item: { id: 1 } }] } },
      },
      { request: 'GET /api/v2/persons?limit=501', status: 400 },
      {
        request: 'POST /api/v2/activities',
        body: { subject: 'x', type: 'call', due_date: '2026-11-20T00:00:00Z' },
        status: 400,
      },
      { request: 'POST /v1/callLogs', body: { ...callLog, outcome: 'completed' }, status: 400 },
      { request: 'POST /v1/callLogs', body: { ...callLog, start_time: '2026-11-20T11:55:00Z' }, status: 400 },
      { request: 'POST /v1/callLogs', body: { ...callLog, duration: 182 }, status: 400 },
      { request: 'POST /v1/callLogs', body: { ...callLog, duration: '182' }, status: 200 },
      { request: 'PATCH /v1/callLogs/log1', body: {}, status: 405 },
    ],
  },
  {
    name: 'Twenty',
    start: startTwenty,
    headers: { Authorization: `Bearer ${TWENTY_KEY}` },
    steps: [
      { request: 'GET /rest/people', headers: { Authorization: 'x' }, status: 401 },
      { request: 'POST /rest/people', body: { email: 'a@example.com' }, status: 400 },
      {
        request: 'POST /rest/people',
        body: { emails: { primaryEmail: 'a@example.com' } },
        status: 201,
        answer: { data: { createPerson: { id: 'person-1' } } },
      },
      { request: 'POST /rest/people', body: { emails: { primaryEmail: 'a@example.com' } }, status: 400 },
      {
        request: 'POST /rest/people',
        body: { phones: { primaryPhoneNumber: '+12025550143' } },
        status: 201,
        answer: { data: { createPerson: { phones: { primaryPhoneNumber: '2025550143' } } } },
      },
      { request: 'GET /rest/people?limit=61', status: 400 },
      { request: 'GET /rest/people?filter=emails.primaryEmail=x', status: 400 },
      {
        request: 'GET /rest/people?filter=emails.primaryEmail[eq]:"a@example.com"',
        status: 200,
        answer: { totalCount: 1 },
      },
      {
        request: 'GET /rest/people?limit=1',
        status: 200,
        answer: { pageInfo: { hasNextPage: true, endCursor: 'person-1' } },
      },
      {
        request: 'GET /rest/people?limit=1&starting_after=person-1',
        status: 200,
        answer: { data: { people: [{ id: 'person-2' }] } },
      },
      { request: 'POST /rest/batch/people', body: Array.from({ length: 61 }, () => ({})), status: 400 },
      { request: 'PUT /rest/people/person-1', body: {}, status: 400 },
    ],
  },
  {
    name: 'EspoCRM',
    start: startEspoCrm,
    headers: { 'X-Api-Key': ESPO_KEY },
    steps: [
      { request: 'GET /api/v1/Contact', headers: { 'X-Api-Key': 'x' }, status: 401 },
      { request: 'POST /api/v1/Contact', body: { firstName: 'Dana' }, status: 400 },
      { request: 'POST /api/v1/Contact', body: { firstName: 'Dana', lastName: 'Reed' }, status: 200 },
      {
        request: 'POST /api/v1/Contact',
        body: { firstName: 'Dana', lastName: 'Reed' },
        status: 409,
        answer: [{ id: 'c1' }],
      },
      {
        request: 'POST /api/v1/Contact',
        body: { firstName: 'Dana', lastName: 'Reed' },
        headers: { 'X-Skip-Duplicate-Check': 'true' },
        status: 200,
      },
      { request: 'PUT /api/v1/Contact/c1', body: { firstName: 'D.' }, status: 200, answer: { lastName: 'Reed' } },
      { request: 'PATCH /api/v1/Contact/c1', body: {}, status: 405 },
      { request: 'POST /api/v1/Call', body: { ...call, dateStart: '2026-11-20T11:55:00Z' }, status: 400 },
      { request: 'POST /api/v1/Call', body: { ...call, status: 'completed' }, status: 400 },
      { request: 'POST /api/v1/Call', body: call, status: 200 },
      {
        request: 'GET /api/v1/Contact?where[0][type]=equals&where[0][attribute]=firstName&where[0][value]=D.',
        status: 200,
        answer: { total: 1 },
      },
    ],
  },
];

describe.each(SUBJECTS)('simulated $name', ({ start, headers, steps }) => {
  let simulator: Simulator | undefined;
  afterEach(() => simulator?.close());

  test('refuses what the real one refuses', async () => {
    simulator = await start();
    for (const step of steps) {
      const [method, path] = step.request.split(' ') as [string, string];
      const response = await fetch(`${simulator.url}${path}`, {
        method,
        headers: { 'Content-Type': 'application/json', ...headers, ...step.headers },
        ...(step.body === undefined ? {} : { body: JSON.stringify(step.body) }),
      });
      const text = await response.text();
      expect({ request: step.request, body: step.body, status: response.status }).toEqual({
        request: step.request,
        body: step.body,
        status: step.status,
      });
      if (step.answer !== undefined) expect(JSON.parse(text)).toMatchObject(step.answer as object);
    }
  });
});
