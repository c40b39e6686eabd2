import { z } from 'zod';

import type { ConfigIssue } from '../shared/config-issue.ts';
import { parsePhone } from '../shared/phone.ts';
import type { PlatformDefinition } from './definition.ts';
import { PLATFORMS } from './index.ts';
import { compileDescription, type CompiledDescription } from './mapping/compile.ts';
import { createTranslation } from './mapping/translate.ts';
import type { SignedRequest, SourceAdapter } from './platform.ts';
import { readBody } from './read-body.ts';
import type { CommonSourceConfig } from './source-keys.ts';
import { createMethods } from './verify/create-methods.ts';
import type { Draft, Method } from './verify/method.ts';
import { verifyRequest } from './verify/verify-request.ts';
import { findWarnings } from './warnings.ts';

type SchemasOf<Definitions extends readonly { readonly schema: unknown }[]> = {
  -readonly [Index in keyof Definitions]: Definitions[Index]['schema'];
};

/** `sources.<name>`: one variant per platform, told apart by `platform`. */
export const sourceConfigSchema = z.discriminatedUnion(
  'platform',
  PLATFORMS.map(({ schema }) => schema) as unknown as SchemasOf<typeof PLATFORMS>,
);

export type SourceConfig = z.output<typeof sourceConfigSchema>;

/**
 * Binds a source to its platform. Whatever is wrong beyond the schema (no authentication, unusable secrets, wrong paths)
 * is added to `issues` under `path`; the adapter is not to be used if anything was added.
 */
export function createSource(config: SourceConfig, issues: ConfigIssue[], path: ConfigIssue['path']): SourceAdapter {
  const definition = PLATFORMS.find(({ name }) => name === config.platform) as
    PlatformDefinition<SourceConfig> | undefined;
  if (definition === undefined)
    throw new Error(`no platform is named ${config.platform}, though the schema let it pass`);
  const { secretUse, description, refine } = definition.create(config);
  const methods = createMethods(config, secretUse, { issues, path });
  const compiled = compileDescription(description, issues, path);
  const rules = { defaultCountry: config.default_country ?? null, ownNumbers: readOwnNumbers(config, issues, path) };
  const translation = createTranslation({ compiled, rules, ...(refine === undefined ? {} : { refine }) });
  return {
    ...translation,
    verify: (request, nowMs) => verifyRequest(request, methods, nowMs),
    sign: (body, options) => sign(methods, withSenderHeaders(body, options, { compiled, translation })),
    keptHeaders: keptHeaders(compiled),
    authentication: methods.map(({ label }) => label),
    warnings: findWarnings(secretUse, compiled),
  };
}

function readOwnNumbers(
  config: CommonSourceConfig,
  issues: ConfigIssue[],
  path: ConfigIssue['path'],
): ReadonlySet<string> {
  const own = new Set<string>();
  for (const [index, text] of config.own_numbers.entries()) {
    const { e164 } = parsePhone(text, config.default_country ?? null);
    if (e164 !== null) own.add(e164);
    else
      issues.push({
        path: [...path, 'own_numbers', index],
        message: `"${text}" is not a phone number. Write it like "+12025550110".`,
      });
  }
  return own;
}

function keptHeaders({ eventHeader, receiptKey, semanticKey }: CompiledDescription): readonly string[] {
  const ofKeys = [...receiptKey, ...semanticKey].flatMap((part) => (part.kind === 'header' ? [part.name] : []));
  return [...new Set(['content-type', ...(eventHeader === null ? [] : [eventHeader]), ...ofKeys])];
}

interface Sender {
  readonly compiled: CompiledDescription;
  readonly translation: Pick<SourceAdapter, 'identify'>;
}

/** The headers a platform sends besides its proofs. */
function withSenderHeaders(
  body: Buffer,
  options: Parameters<SourceAdapter['sign']>[1],
  { compiled, translation }: Sender,
): Draft {
  const contentType = /^\s*(?:[[{]|$)/.test(body.toString('latin1', 0, 64))
    ? 'application/json'
    : 'application/x-www-form-urlencoded';
  const context = { headers: [], receivedAtMs: options.nowMs, bodyHash: '' };
  const name = options.event ?? translation.identify(readBody(body, contentType), context).providerEvent;
  const eventHeader = compiled.eventHeader === null || name === null ? {} : { [compiled.eventHeader]: name };
  return { headers: { 'content-type': contentType, ...eventHeader }, path: '', body, nowMs: options.nowMs };
}

/** Methods that change the body come first in the list, so that signatures cover what is sent. */
function sign(methods: readonly Method[], draft: Draft): SignedRequest {
  const { headers, path, body } = methods.reduce((signed, method) => method.sign(signed), draft);
  return { headers, path, body };
}
