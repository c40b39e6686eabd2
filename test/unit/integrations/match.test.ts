import { describe, expect, test } from '@jest/globals';

import type { Integration } from '../../../src/integrations/integration.ts';
import { matchIntegration, type Candidate } from '../../../src/integrations/match.ts';
import { DEFAULT_RETRY } from '../../../src/integrations/retry-policy.ts';
import { compileCondition } from '../../../src/templates/condition.ts';
import { knownNames } from '../../../src/templates/known-names.ts';

function condition(source: string): Integration['when'] {
  return compileCondition(source, { known: knownNames(), issues: [], path: [] });
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
    actions: [],
    hash: 'h',
    ...rest,
  };
}

const candidate: Candidate = {
  source: 'callab',
  eventTypes: ['call.started', 'call.ended'],
  scope: { call: { duration_s: 30 } },
};

describe('matchIntegration', () => {
  test('one of its triggers was seen', () => {
    expect(matchIntegration(integration(), candidate)).toEqual({ kind: 'matched', trigger: 'call.ended' });
  });

  test('an analysed call with a final status has ended, though nobody said so', () => {
    const analysed = { ...candidate, eventTypes: ['call.analyzed'], scope: { call: { status: 'voicemail' } } };
    const onEnd = integration({ triggers: ['call.ended'] });
    expect(matchIntegration(onEnd, analysed)).toEqual({ kind: 'matched', trigger: 'call.ended' });
    const open = { ...analysed, scope: { call: { status: 'in_progress' } } };
    expect(matchIntegration(onEnd, open).kind).toBe('unmatched');
    const early = { ...analysed, eventTypes: ['call.answered'] };
    expect(matchIntegration(onEnd, early).kind).toBe('unmatched');
  });

  test('the trigger named is the one of the highest rank', () => {
    const match = matchIntegration(integration({ triggers: ['call.started', 'call.ended'] }), candidate);
    expect(match).toEqual({ kind: 'matched', trigger: 'call.ended' });
  });

  test.each([
    ['disabled', { enabled: false }, 'is disabled'],
    ['another source', { sources: new Set(['tracking']) }, 'does not listen to source callab'],
    [
      'no trigger yet',
      { triggers: ['call.analyzed'] as const },
      'waits for call.analyzed; so far: call.started, call.ended',
    ],
    ['when is false', { when: condition('call.duration_s > 60') }, 'when is false: call.duration_s > 60'],
  ])('%s: the reason says so', (_title, rest, reason) => {
    expect(matchIntegration(integration(rest), candidate)).toEqual({ kind: 'unmatched', reason });
  });

  test('a condition that fails is told, not thrown', () => {
    const when = {
      source: 'x',
      evaluate: () => {
        throw new Error('render limit');
      },
    };
    expect(matchIntegration(integration({ when }), candidate)).toEqual({
      kind: 'unmatched',
      reason: 'when failed: x: render limit',
    });
  });
});
