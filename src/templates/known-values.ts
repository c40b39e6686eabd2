import { CALL_STATUSES } from '../domain/call.ts';
import type { JsonValue } from '../domain/json.ts';
import { TemplateError, type Template } from './template.ts';

/** What calls tell in words of ours: every value is known before there is a call. */
const VOCABULARY: Readonly<Record<string, readonly string[]>> = {
  'call.status': CALL_STATUSES,
  'call.direction': ['inbound', 'outbound', 'unknown'],
};

/**
 * Every value a template can have, whatever the call: it is a constant, or reads nothing but status and direction. Null
 * when it depends on more. With these a check can tell a value that a CRM would refuse before there is a call.
 */
export function knownValues(template: Template): readonly JsonValue[] | null {
  if (!template.variables.every((name) => Object.hasOwn(VOCABULARY, name))) return null;
  try {
    return unique(scopes().map((call) => template.render({ call })));
  } catch (error) {
    // Over a limit of time or size.
    if (error instanceof TemplateError) return null;
    throw error;
  }
}

function scopes(): readonly { readonly status: string; readonly direction: string }[] {
  const { 'call.status': statuses = [], 'call.direction': directions = [] } = VOCABULARY;
  return statuses.flatMap((status) => directions.map((direction) => ({ status, direction })));
}

function unique(values: readonly JsonValue[]): readonly JsonValue[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}
