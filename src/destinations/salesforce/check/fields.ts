import { nearest } from '../../../shared/nearest.ts';
import type { CheckFinding } from '../../destination.ts';
import type { Mapping } from '../../mapped-field.ts';
import { textOf } from '../answer.ts';
import { findOption } from '../format.ts';
import type { Field, Org } from '../org.ts';
import { nameOn } from '../person-fields.ts';
import { levelOf, listed, placeOf, type Checked } from './look.ts';
import { targetsOf, tryMapping, type Trial } from './try-mapping.ts';

/**
 * Every mapped field against what describe shows the user, and every value that can be told before there is a call. What a
 * call brings can only be checked when it is written. Pure.
 */
export function checkFields({ parts, mappings }: Checked, org: Org): readonly CheckFinding[] {
  const checkable = mappings.filter((mapping) => targetsOf(mapping, parts, org).length > 0);
  const problems = checkable.flatMap((mapping) => checkMapping(mapping, tryMapping(mapping, parts, org), org));
  if (checkable.length === 0) return problems;
  const total = new Set(checkable.map((mapping) => titleOf(mapping))).size;
  const isRight = problems.every(({ level }) => level === 'ok');
  const message = `${isRight ? 'Right' : 'Compared'}: ${total} mapped ${total === 1 ? 'field' : 'fields'}.${unchecked(checkable, parts, org)}`;
  return [...unique(problems), { level: 'ok', message }];
}

function checkMapping(mapping: Mapping, trials: readonly Trial[], org: Org): readonly CheckFinding[] {
  const notes = trials.flatMap(({ type, notes: ofTrial }) => ofTrial.map((note) => ({ ...note, type })));
  const dropped = notes.filter(({ kind }) => kind === 'dropped');
  // That a closed Task has another name here is told apart.
  const isStatus = mapping.kind === 'call' && mapping.field === 'Status';
  const changed = notes.filter(({ kind }) => kind === 'different' && !isStatus);
  const isNowhere =
    dropped.length === 0 && trials.every((trial) => trial.notes.some(({ kind }) => kind === 'elsewhere'));
  return [
    ...byReason(dropped).map((reason) => ({ level: levelOf(mapping), message: explain(mapping, reason) })),
    ...byReason(changed).map((reason) => ({ level: 'warning' as const, message: explain(mapping, reason) })),
    ...(isNowhere && mapping.where !== null ? [writtenNowhere(mapping, trials)] : []),
    ...checkUnlisted(mapping, trials, org),
  ];
}

interface Reason {
  readonly reason: string;
  readonly types: readonly string[];
}

/** One sentence for all objects of which it holds. */
function byReason(notes: readonly { readonly reason: string; readonly type: string }[]): readonly Reason[] {
  const types = new Map<string, Set<string>>();
  for (const { reason, type } of notes) types.set(reason, (types.get(reason) ?? new Set()).add(type));
  return [...types].map(([reason, of]) => ({ reason, types: [...of] }));
}

function explain(mapping: Mapping, { reason, types }: Reason): string {
  const name = mapping.field.split('.').at(-1) ?? mapping.field;
  const sentence = reason.replace(/([^.?!])$/, '$1.');
  if (mapping.where === null) return `${name} on ${listed(types)} (a default): ${sentence}`;
  return `${mapping.where}:${reason.includes(`"${name}"`) ? '' : ` ${name} on ${listed(types)}:`} ${sentence}`;
}

function writtenNowhere(mapping: Mapping, trials: readonly Trial[]): CheckFinding {
  const types = listed([...new Set(trials.map(({ type }) => type))]);
  const message = `${placeOf(mapping)}: nothing is ever written to ${mapping.field}: people are looked for and made as ${types}.`;
  return { level: 'warning', message };
}

/** Where Salesforce takes what it does not list, reports and rules of the org may not know it. */
function checkUnlisted(mapping: Mapping, trials: readonly Trial[], org: Org): readonly CheckFinding[] {
  const unlisted = constantsOf(trials, mapping, org).flatMap(({ text, field, type }) =>
    optionsIn(text, field)
      .filter((option) => findOption(field.values ?? [], option) === null)
      .map((option) => ({
        reason: `"${option}" is not among its values, and taken all the same.${meant(option, field)}`,
        type,
      })),
  );
  const level = mapping.where === null ? 'ok' : 'warning';
  return byReason(unlisted).map((reason) => ({ level, message: explain(mapping, reason) }));
}

function meant(option: string, { values }: Field): string {
  const candidate = nearest(
    option,
    (values ?? []).map(({ value }) => value),
  );
  return candidate === null ? '' : ` Did you mean "${candidate}"?`;
}

function optionsIn(text: string, { type }: Field): readonly string[] {
  if (type === 'picklist') return [text];
  return type === 'multipicklist' ? text.split(';') : [];
}

interface Constant {
  readonly text: string;
  readonly field: Field;
  readonly type: string;
}

/** Known values that would be written, as they would be. */
function constantsOf(trials: readonly Trial[], { field: mapped }: Mapping, org: Org): readonly Constant[] {
  return trials.flatMap(({ type, value, values }) => {
    const name = nameOn(type, mapped);
    const field = name === null ? undefined : org.objects[type]?.get(name);
    const text = field === undefined ? null : textOf(values[field.name]);
    return value === null || field === undefined || text === null || text === '' ? [] : [{ text, field, type }];
  });
}

/** They take whatever they are given. */
const TEXTS = ['string', 'textarea', 'phone', 'url', 'combobox', 'encryptedstring'];

/** Names the fields with values that Salesforce may refuse and that a check cannot know. */
function unchecked(mappings: readonly Mapping[], parts: Checked['parts'], org: Org): string {
  const picky = mappings.filter(
    (mapping) =>
      mapping.varies &&
      targetsOf(mapping, parts, org).some(({ type }) => {
        const name = nameOn(type, mapping.field);
        const field = name === null ? undefined : org.objects[type]?.get(name);
        return field !== undefined && !TEXTS.includes(field.type) && (field.isCreateable || field.isUpdateable);
      }),
  );
  const names = [...new Set(picky.map((mapping) => titleOf(mapping)))];
  if (names.length === 0) return '';
  return ` Values that calls bring are checked when they are written: ${names.join(', ')}.`;
}

function titleOf({ kind, field }: Mapping): string {
  return kind === 'contact' ? field : `Task.${field}`;
}

function unique(findings: readonly CheckFinding[]): readonly CheckFinding[] {
  return [...new Map(findings.map((finding) => [finding.message, finding])).values()];
}
