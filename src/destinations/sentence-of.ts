import type { Failure } from './destination.ts';

/** Reason and hint as sentences, for the operator. */
export function sentenceOf(failure: Failure): string {
  const hint = 'hint' in failure && failure.hint !== undefined ? ` ${failure.hint}` : '';
  return `${failure.reason.replace(/\.$/, '')}.${hint}`;
}
