import type { JsonValue } from '../../../domain/json.ts';
import type { CheckFinding } from '../../destination.ts';
import type { Mapping } from '../../mapped-field.ts';
import { formatFields } from '../format.ts';
import { OBJECT_TYPES } from '../objects.ts';
import type { Portal } from '../portal.ts';
import { checkOption, isUnlisted, type ExternalOptions } from './external-options.ts';

/**
 * Every mapped field against the properties of the account, and every value that can be told before there is a call. What
 * a call brings can only be checked when it is written. Pure.
 */
export function checkFields(
  mappings: readonly Mapping[],
  portal: Portal,
  external: ExternalOptions,
): readonly CheckFinding[] {
  const checkable = mappings.filter(({ kind }) => portal.schemas[kind] !== null);
  const problems = checkable.flatMap((mapping) => checkMapping(mapping, portal, external));
  if (checkable.length === 0) return problems;
  const total = new Set(checkable.map(({ kind, field }) => `${kind}.${field}`)).size;
  const summary = `${problems.length === 0 ? 'Right' : 'Compared'}: ${total} mapped ${total === 1 ? 'field' : 'fields'}.${unchecked(checkable, portal, external)}`;
  return [...unique(problems), { level: 'ok', message: summary }];
}

function checkMapping(mapping: Mapping, portal: Portal, external: ExternalOptions): readonly CheckFinding[] {
  const { kind, field, knownValues } = mapping;
  const schema = portal.schemas[kind];
  const property = schema?.get(field);
  const values = knownValues.filter((value) => value !== null && value !== '');
  // An empty value meets everything but the type: is it there, and may it be written?
  const reasons = (values.length === 0 ? [''] : values).flatMap((value: JsonValue) => [
    ...formatFields({ [field]: value }, schema, OBJECT_TYPES[kind]).notes.map(({ reason }) => reason),
    ...checkOption(property, kind, value, external),
  ]);
  return [...new Set(reasons)].map((reason) => ({ level: levelOf(mapping), message: explain(mapping, reason) }));
}

/** A default that does not fit an account is left out, and everything else is written. */
function levelOf({ where }: Mapping): CheckFinding['level'] {
  return where === null ? 'warning' : 'error';
}

function explain({ kind, field, where }: Mapping, reason: string): string {
  const place = where ?? `${OBJECT_TYPES[kind]}.${field} (a default)`;
  const about = reason.includes(`"${field}"`) || where === null ? '' : ` ${field}:`;
  return `${place}:${about} ${reason.replace(/([^.?!])$/, '$1.')}`;
}

/** Names the fields with values that HubSpot may refuse and that a check cannot know. */
function unchecked(mappings: readonly Mapping[], { schemas }: Portal, external: ExternalOptions): string {
  const picky = mappings.filter(({ kind, field, varies }) => {
    const property = schemas[kind]?.get(field);
    if (property === undefined || property.isReadOnly) return false;
    return varies ? !TEXTS.includes(property.type) : isUnlisted(property, kind, external);
  });
  const names = [...new Set(picky.map(({ kind, field }) => `${OBJECT_TYPES[kind]}.${field}`))];
  if (names.length === 0) return '';
  return ` Values that calls bring, or that HubSpot does not list, are checked when they are written: ${names.join(', ')}.`;
}

/** They take whatever they are given. */
const TEXTS = ['string', 'phone_number'];

function unique(findings: readonly CheckFinding[]): readonly CheckFinding[] {
  return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
}
