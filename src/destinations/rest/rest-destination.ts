import { createPrivateKey } from 'node:crypto';

import type { DestinationDefinition, DestinationInput } from '../definition.ts';
import type { Destination, RecordKind } from '../destination.ts';
import { createAuthenticator } from './auth.ts';
import { checkKind } from './check-kind.ts';
import type { CompiledErrorRule } from './classify-answer.ts';
import { compileKind, type CompiledKind } from './compile-kind.ts';
import { compileRequest, type CompiledRequest, type RequestOptions } from './compile-request.ts';
import { createCompiler, type Compiler, type IssuePath } from './compiler.ts';
import { defaultsOf } from './defaults.ts';
import { createExchange } from './exchange.ts';
import { findContacts } from './find-records.ts';
import type { RestParts } from './parts.ts';
import { checkLive } from './check-live.ts';
import { readRecord } from './read-record.ts';
import { restSchema, type RestConfig } from './schema.ts';
import { recoverRecord, writeRecord } from './write-record.ts';

/** Any CRM with an HTTP API, described by its requests (reference: other-crms.md sections 3 and 4). */
export const restDestination = {
  type: 'rest',
  schema: restSchema,
  create: createRestDestination,
} satisfies DestinationDefinition<RestConfig>;

const KINDS = ['contact', 'call', 'task'] as const satisfies readonly RecordKind[];

function createRestDestination(input: DestinationInput<RestConfig>): Destination {
  const { name, config, dependencies } = input;
  const compiled = compile(input);
  const parts: RestParts = {
    destination: name,
    clock: dependencies.clock,
    ask: createExchange({
      destination: name,
      clock: dependencies.clock,
      authenticator: createAuthenticator({ config: config.auth, dependencies, timeoutMs: config.timeout }),
      rules: compiled.rules,
      retryAfter: config.retry_after,
    }),
  };
  const kindOf = (kind: RecordKind): CompiledKind => {
    const found = compiled.kinds.find((candidate) => candidate.kind === kind);
    if (found === undefined) throw new Error(`${name} keeps no ${kind} records; callers look at \`kinds\` first.`);
    return found;
  };
  const readable = compiled.kinds.some(({ read }) => read !== null);
  return {
    name,
    type: 'rest',
    defaults: defaultsOf(config),
    kinds: compiled.kinds.map(({ kind }) => kind),
    needsContact: compiled.kinds.filter(({ needsContact }) => needsContact).map(({ kind }) => kind),
    appendOnly: compiled.kinds.filter(({ strategy }) => strategy === 'append').map(({ kind }) => kind),
    allowPrivateNetworks: config.allow_private_networks,
    rate: config.rate,
    findContacts: (query, scope, context) => findContacts(parts, kindOf('contact').lookups, { query, scope }, context),
    ...(readable
      ? { readRecord: (kind, id, scope, context) => readRecord(parts, kindOf(kind), { id, scope }, context) }
      : {}),
    write: (write, context) => writeRecord(parts, kindOf(write.kind), write, context),
    recover: (write, context) => recoverRecord(parts, kindOf(write.kind), write, context),
    check: (context) => checkLive(parts, compiled.check, context),
  };
}

interface Compiled {
  readonly kinds: readonly CompiledKind[];
  readonly rules: readonly CompiledErrorRule[];
  readonly check: CompiledRequest | null;
}

function compile({ config, issues, path }: DestinationInput<RestConfig>): Compiled {
  const compiler = createCompiler(issues);
  const base = { url: config.base_url, headers: config.headers, timeoutMs: config.timeout };
  checkPrivateKey(config, path, compiler);
  return {
    kinds: KINDS.flatMap((kind) => {
      const kindConfig = config[kind];
      if (kindConfig === undefined) return [];
      checkKind(kind, kindConfig, [...path, kind], compiler);
      return [compileKind({ kind, config: kindConfig, path: [...path, kind], compiler, base })];
    }),
    rules: config.errors.map((rule, index) => compileRule(rule, [...path, 'errors', index], compiler)),
    check: compileCheck(config, { path: [...path, 'check'], compiler, base }),
  };
}

function compileCheck(
  { check: config }: RestConfig,
  options: Pick<RequestOptions, 'path' | 'compiler' | 'base'>,
): CompiledRequest | null {
  return config === undefined ? null : compileRequest({ config, ...options, defaultBody: 'none' });
}

function compileRule(
  { when, do: verdict, after }: RestConfig['errors'][number],
  path: IssuePath,
  compiler: Compiler,
): CompiledErrorRule {
  const { status, body } = when;
  return {
    statuses: status === undefined ? null : [status].flat(),
    body: body === undefined ? null : compiler.test(body, [...path, 'when', 'body']),
    verdict,
    afterMs: after ?? null,
  };
}

function checkPrivateKey({ auth }: RestConfig, path: IssuePath, { issues }: Compiler): void {
  if (auth.type !== 'oauth2_jwt_bearer') return;
  try {
    createPrivateKey(auth.private_key);
  } catch {
    issues.push({
      path: [...path, 'auth', 'private_key'],
      message: 'cannot be read as a PEM private key. Line breaks must be real ones, not \\n.',
    });
  }
}
