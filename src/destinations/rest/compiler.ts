import type { JsonObject, JsonValue } from '../../domain/json.ts';
import type { ConfigIssue } from '../../shared/config-issue.ts';
import { compileCondition, type ConditionConfig } from '../../templates/condition.ts';
import { knownNames, type KnownNames } from '../../templates/known-names.ts';
import { compileTemplate } from '../../templates/template.ts';
import { compileTree } from '../../templates/tree.ts';

export type IssuePath = readonly (string | number)[];
export type Render = (scope: JsonObject) => JsonValue;
export type Test = (scope: JsonObject) => boolean;

/** Compiles what a rest destination is made of; problems go to the issues given when it was made. */
export interface Compiler {
  readonly issues: ConfigIssue[];
  text(source: string, path: IssuePath): Render;
  /** A body; members that come out empty are left out: what a call does not know blanks nothing. */
  tree(json: JsonValue, path: IssuePath): Render;
  /** A condition on an answer, or, with `record`, on one record in it. */
  test(config: ConditionConfig, path: IssuePath, sees?: 'answer' | 'record'): Test;
}

const IN_REQUESTS = knownNames({
  id: 'value',
  key: 'value',
  marker: 'value',
  contact_id: 'value',
  fields: 'open',
  all_fields: 'open',
  task: { subject: 'value', due: 'value' },
});
const IN_ANSWERS: KnownNames = { status: 'value', headers: 'open', body: 'open' };
const IN_RECORDS: KnownNames = { ...IN_REQUESTS, ...IN_ANSWERS, record: 'open' };

export function createCompiler(issues: ConfigIssue[]): Compiler {
  return {
    issues,
    text(source, path) {
      const template = compileTemplate(source, { known: IN_REQUESTS, issues, path });
      return (scope) => template.render(scope);
    },
    tree(json, path) {
      const tree = compileTree(json, { known: IN_REQUESTS, issues, path }, { omitEmpty: true });
      return (scope) => tree.render(scope);
    },
    test(config, path, sees = 'answer') {
      const known = sees === 'answer' ? IN_ANSWERS : IN_RECORDS;
      const condition = compileCondition(config, { known, issues, path });
      return (scope) => condition.evaluate(scope);
    },
  };
}
