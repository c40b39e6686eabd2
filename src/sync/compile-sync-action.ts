import { canRead, type Destination, type RecordKind } from '../destinations/destination.ts';
import type { KnownNames } from '../templates/known-names.ts';
import type { TemplateSite } from '../templates/template.ts';
import { compileFields, compileStatus, compileText, compileWhen } from './compile-fields.ts';
import type { CompiledContact, CompiledField, CompiledSync, CompiledTask, Render } from './compiled-sync.ts';
import { DEFAULT_CONTACT, type ContactConfig, type SyncActionConfig, type TaskConfig } from './schema.ts';

const TASK_NAMES: KnownNames = { task: { subject: 'value', due: 'value' } };

const NOTHING: Render = () => ({ kind: 'value', value: null });

/**
 * Compiles a `sync` action for its destination; `site.path` is where the action stands. What is wrong goes to
 * `site.issues`, and then the result must not be run.
 */
export function compileSyncAction(
  config: SyncActionConfig,
  destination: Destination,
  site: TemplateSite,
): CompiledSync {
  const { contact = DEFAULT_CONTACT, call, task } = config;
  checkKinds(config, destination, site);
  const keepsCalls = call !== false && destination.kinds.includes('call');
  const compiled: CompiledSync = {
    destination,
    when: config.when === undefined ? null : compileWhen(config.when, at(site, 'when')),
    contact: contact === false ? null : compileContact(contact, destination, at(site, 'contact')),
    call: keepsCalls ? { fields: fieldsOf('call', call?.fields ?? {}, destination, at(site, 'call')) } : null,
    task: task === undefined || task === false ? null : compileTask(task, destination, at(site, 'task')),
  };
  tellFields(compiled);
  return compiled;
}

function tellFields({ destination, ...parts }: CompiledSync): void {
  for (const kind of ['contact', 'call', 'task'] as const) {
    const fields = parts[kind]?.fields.map(({ mapped }) => mapped) ?? [];
    if (fields.length > 0) destination.willWrite?.(kind, fields);
  }
}

function compileContact(config: ContactConfig, destination: Destination, site: TemplateSite): CompiledContact {
  const fields = fieldsOf('contact', config.fields, destination, site);
  const status = statusOf(config, destination, site);
  return {
    match: [...new Set(config.match)],
    onNoMatch: config.on_no_match,
    onManyMatches: config.on_many_matches,
    fields: status === null ? fields : [...fields.filter(({ field }) => field !== status.field), status],
  };
}

/** The status block; a field of that name that the operator wrote, or took out with null, stands for it. */
function statusOf(config: ContactConfig, destination: Destination, site: TemplateSite): CompiledField | null {
  const status = compileStatus(destination.defaults.status, config.status, at(site, 'status'));
  if (status === null || !Object.hasOwn(config.fields, status.field)) return status;
  if (config.status !== undefined) {
    const message = `"${status.field}" is set by fields and by status; leave it to one of them (status: false).`;
    site.issues.push({ path: [...site.path, 'fields', status.field], message });
  }
  return null;
}

function compileTask(config: TaskConfig, destination: Destination, site: TemplateSite): CompiledTask {
  const fieldSite = { ...site, known: { ...site.known, ...TASK_NAMES } };
  return {
    when: config.when === undefined ? null : compileWhen(config.when, at(site, 'when')),
    subject: compileText(config.subject, at(site, 'subject')),
    due: config.due === undefined ? NOTHING : compileText(config.due, at(site, 'due')),
    fields: fieldsOf('task', config.fields, destination, fieldSite),
  };
}

function fieldsOf(
  kind: Exclude<RecordKind, 'note'>,
  fields: ContactConfig['fields'],
  destination: Destination,
  site: TemplateSite,
): CompiledContact['fields'] {
  // A contact that cannot be read by id can still be searched for.
  const isReadable = kind === 'contact' || canRead(destination, kind);
  return compileFields({ kind, defaults: destination.defaults[kind], fields, isReadable }, site);
}

/** What the operator asked for and the destination cannot keep. */
function checkKinds({ contact, call, task }: SyncActionConfig, destination: Destination, site: TemplateSite): void {
  const wanted: readonly (readonly [RecordKind, unknown])[] = [
    ['call', call],
    ['task', task],
  ];
  for (const [kind, config] of wanted) {
    if (config === undefined || config === false) continue;
    if (!destination.kinds.includes(kind)) {
      const message = `"${destination.name}" keeps no ${kind}s. Take it out, or describe ${kind}s at destinations.${destination.name}.`;
      site.issues.push({ path: [...site.path, kind], message });
    }
    if (contact === false && destination.needsContact?.includes(kind) === true) {
      const message = `"${destination.name}" keeps a ${kind} only on a contact, and contact is false.`;
      site.issues.push({ path: [...site.path, kind], message });
    }
  }
}

function at(site: TemplateSite, key: string): TemplateSite {
  return { ...site, path: [...site.path, key] };
}
