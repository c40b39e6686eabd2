import { describe, expect, test } from '@jest/globals';

import type { Action } from '../../../src/integrations/action.ts';
import { createFold, createJoin } from '../../../src/integrations/fold-call.ts';
import type { Integration } from '../../../src/integrations/integration.ts';
import { DEFAULT_RETRY } from '../../../src/integrations/retry-policy.ts';
import type { CallEvents, StoredEvent } from '../../../src/ledger/ledger.ts';
import { compileCondition } from '../../../src/templates/condition.ts';
import { knownNames } from '../../../src/templates/known-names.ts';
import { storedEvent } from '../../support/scripted-event.ts';
import { createScriptedSource } from '../../support/scripted-platform.ts';

const NOON = Date.UTC(2026, 10, 20, 12);
const CUSTOMER = '+12025550143';
const sources = new Map([['tests', createScriptedSource('tests')]]);

function action(destination: string): Action {
  return { kind: 'test', destination, run: () => Promise.reject(new Error('a fold runs no action')) };
}

function integration(rest: Partial<Integration> = {}): Integration {
  return {
    name: 'Sync',
    enabled: true,
    sources: null,
    triggers: ['call.ended', 'call.analyzed'],
    when: null,
    settleMs: null,
    retry: DEFAULT_RETRY,
    actions: [action('crm'), action('chat')],
    hash: 'h1',
    ...rest,
  };
}

function input(...events: readonly StoredEvent[]): CallEvents {
  return { source: 'tests', platform: 'scripted', providerCallId: 'c1', events, call: null, runs: [] };
}

const ended = storedEvent({ call: 'c1', type: 'call.ended', facts: { customer_number: CUSTOMER, duration_s: 30 } });

describe('the fold', () => {
  test('asks for one run per integration, in the pool of its first action', () => {
    const folded = createFold({ sources, integrations: [integration()] })(input(ended));
    expect(folded).toMatchObject({
      fields: { customer_number: CUSTOMER, duration_s: 30 },
      eventTypes: ['call.ended'],
      personKey: `phone:${CUSTOMER}`,
      unmatched: [],
      runs: [
        {
          integration: 'Sync',
          destination: 'crm',
          state: 'due',
          dueAtMs: NOON,
          configHash: 'h1',
          trigger: 'call.ended',
        },
      ],
    });
  });

  test('sees the call as it will be when it checks a condition', () => {
    const when = compileCondition('call.duration_s > 60', { known: knownNames(), issues: [], path: [] });
    const fold = createFold({ sources, integrations: [integration({ when })] });
    expect(fold(input(ended)).unmatched).toEqual(['Sync: when is false: call.duration_s > 60']);
    const longer = storedEvent({ call: 'c1', type: 'call.updated', facts: { duration_s: 90 } });
    expect(fold(input(ended, longer)).runs).toHaveLength(1);
  });

  test('waits for analysed data where the integration says so', () => {
    const fold = createFold({ sources, integrations: [integration({ settleMs: 60_000 })] });
    expect(fold(input(ended)).runs).toMatchObject([{ state: 'waiting', dueAtMs: NOON + 60_000 }]);
    const analyzed = storedEvent({ call: 'c1', type: 'call.analyzed', analysis: 'done' });
    expect(fold(input(ended, analyzed)).runs).toMatchObject([{ state: 'due', trigger: 'call.analyzed' }]);
  });

  test('keeps people apart by phone, else by e-mail, else by call', () => {
    const fold = createFold({ sources, integrations: [] });
    const web = storedEvent({ call: 'c1', type: 'call.ended', facts: { contact: { email: 'Ann@Example.com ' } } });
    expect(fold(input(web)).personKey).toBe('email:ann@example.com');
    expect(fold(input(storedEvent({ call: 'c1', type: 'call.ended' }))).personKey).toBe('call:tests/c1');
  });

  test('throws for a source that is not configured any more, so that its events stay pending', () => {
    const fold = createFold({ sources: new Map(), integrations: [] });
    expect(() => fold(input(ended))).toThrow('There is no source "tests" in the configuration.');
  });
});

describe('the join', () => {
  const analysis = storedEvent(
    {
      call: 'analysis-9',
      type: 'call.analyzed',
      facts: { summary: 'Wants a quote for new windows' },
      analysis: 'done',
    },
    { receivedAtMs: NOON + 4_000 },
  );
  const said = { summary: 'Wants a quote for new windows' };

  test('finds the call with the same words', () => {
    const call = storedEvent({ call: 'c1', type: 'call.ended', facts: said });
    const joined = createJoin({ sources })({ event: analysis, candidates: [input(call)] });
    expect(joined).toMatchObject({ providerCallId: 'c1', reason: expect.stringContaining('same summary') });
  });

  test('rather leaves it waiting than guess', () => {
    const stranger = storedEvent({ call: 'c1', type: 'call.ended', facts: { summary: 'Cancelled her appointment' } });
    expect(createJoin({ sources })({ event: analysis, candidates: [input(stranger)] })).toBeNull();
  });
});
