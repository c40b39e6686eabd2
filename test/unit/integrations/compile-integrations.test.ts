import { describe, expect, test } from '@jest/globals';

import type { Destination } from '../../../src/destinations/destination.ts';
import type { JsonValue } from '../../../src/domain/json.ts';
import { compileIntegrations } from '../../../src/integrations/compile-integrations.ts';
import type { Integration } from '../../../src/integrations/integration.ts';
import { integrationSchema } from '../../../src/integrations/schema.ts';
import type { ConfigIssue } from '../../../src/shared/config-issue.ts';

const refuse = (): never => {
  throw new Error('nothing is sent while a config is compiled');
};

const hubspot: Destination = {
  name: 'hubspot',
  type: 'test',
  defaults: { contact: {}, call: {}, task: {} },
  kinds: ['contact', 'call', 'task'],
  findContacts: refuse,
  write: refuse,
  recover: refuse,
  check: refuse,
};

function compile(...written: readonly JsonValue[]): {
  integrations: readonly Integration[];
  issues: readonly ConfigIssue[];
} {
  const issues: ConfigIssue[] = [];
  const configs = written.map((entry) => integrationSchema.parse(entry));
  const context = {
    sources: ['callab', 'tracking'],
    destinations: new Map([['hubspot', hubspot]]),
    written,
    syncDependencies: refuse,
  };
  return { integrations: compileIntegrations(configs, context, issues), issues };
}

const SMALL = { name: 'Sync', actions: [{ sync: 'hubspot' }] };

describe('compileIntegrations', () => {
  test('the smallest integration has good defaults', () => {
    const { integrations, issues } = compile(SMALL);
    expect(issues).toEqual([]);
    expect(integrations[0]).toMatchObject({
      name: 'Sync',
      enabled: true,
      sources: null,
      triggers: ['call.ended', 'call.analyzed'],
      when: null,
      settleMs: null,
      retry: { attempts: 20, firstMs: 10_000, maxMs: 7_200_000 },
      actions: [{ kind: 'sync', destination: 'hubspot' }],
    });
  });

  test.each([
    ['on_end', null],
    ['on_analysis', 300_000],
    [{ on_analysis: { within: '90s' } }, 90_000],
    [{ on_analysis: { within: '2h' } }, 7_200_000],
  ])('settle: %j', (settle, settleMs) => {
    expect(compile({ ...SMALL, settle }).integrations[0]?.settleMs).toBe(settleMs);
  });

  test.each(['5', '5 minutes', 'soon', '0s', '25h', '-1m'])('settle within %j is refused', (within) => {
    expect(integrationSchema.safeParse({ ...SMALL, settle: { on_analysis: { within } } }).success).toBe(false);
  });

  test('retry takes what is written and keeps the rest', () => {
    const { integrations } = compile({ ...SMALL, retry: { attempts: 3, first: '1s', max: '1m' } });
    expect(integrations[0]?.retry).toEqual({ attempts: 3, firstMs: 1_000, maxMs: 60_000 });
  });

  test('a trigger may stand alone; one that never becomes part of a call is refused', () => {
    expect(compile({ ...SMALL, trigger: 'call.started' }).integrations[0]?.triggers).toEqual(['call.started']);
    expect(integrationSchema.safeParse({ ...SMALL, trigger: ['source.test'] }).success).toBe(false);
  });

  test.each<[string, JsonValue, readonly (string | number)[], string]>([
    [
      'an unknown source',
      { ...SMALL, sources: ['callab', 'traking'] },
      ['integrations', 0, 'sources', 1],
      'there is no source "traking". Did you mean "tracking"?',
    ],
    [
      'an unknown destination',
      { ...SMALL, actions: [{ sync: 'hubspt' }] },
      ['integrations', 0, 'actions', 0, 'sync'],
      'there is no destination "hubspt". Did you mean "hubspot"?',
    ],
  ])('%s is named with the nearest known one', (_title, written, path, message) => {
    expect(compile(written).issues).toEqual([{ path, message }]);
  });

  test('two integrations of one name are one too many', () => {
    expect(compile(SMALL, SMALL).issues.map(({ path }) => path)).toEqual([['integrations', 1, 'name']]);
  });

  test('an unknown variable in when is found, and history is explained', () => {
    const [unknown] = compile({ ...SMALL, when: 'call.durtion_s > 20' }).issues;
    expect(unknown?.path).toEqual(['integrations', 0, 'when']);
    expect(unknown?.message).toContain('call.duration_s');
    const [history] = compile({ ...SMALL, when: { any: ['history.total_calls > 1'] } }).issues;
    expect(history?.path).toEqual(['integrations', 0, 'when', 'any', 0]);
    expect(history?.message).toContain('use it in the "when" of an action');
  });

  test('history may be used in an action', () => {
    expect(compile({ ...SMALL, actions: [{ sync: 'hubspot', when: 'history.total_calls > 1' }] }).issues).toEqual([]);
  });

  test('the hash follows what is written, not what secrets are filled in', () => {
    const hash = (entry: JsonValue): string | undefined => compile(entry).integrations[0]?.hash;
    expect(hash(SMALL)).toBe(hash({ actions: [{ sync: 'hubspot' }], name: 'Sync' }));
    expect(hash({ ...SMALL, when: 'call.duration_s > 20' })).not.toBe(hash(SMALL));
  });
});
