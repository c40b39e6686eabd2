import { z } from 'zod';

import { CALL_STATUSES } from '../../domain/call.ts';
import { EVENT_RANK, type EventType } from '../../domain/event.ts';
import { isZone } from '../../shared/time.ts';
import { SECRETS_KEY, SOURCE_KEYS } from '../source-keys.ts';

const eventType = z.enum(Object.keys(EVENT_RANK) as [EventType, ...EventType[]]);
const jsonValue = z.json();
const pathText = z.string().min(1);
const paths = z
  .union([pathText, z.array(pathText).min(1)])
  .describe('A path such as call.id, or several tried in order.');
const headerName = z.string().min(1);

const formatSchema = z.union([
  z.literal('bare'),
  z.strictObject({ prefix: z.string().min(1) }).describe('`sha256=<digest>`'),
  z
    .strictObject({ pairs: z.strictObject({ signature: z.string().min(1), timestamp: z.string().min(1).optional() }) })
    .describe('`t=…,v0=<digest>`'),
  z.strictObject({ version: z.string().min(1) }).describe('`v1,<digest> v1,<digest>`'),
]);

const seconds = z.number().int().min(1).max(86_400);

const timestampSchema = z.strictObject({
  header: headerName.optional().describe('Absent: it stands in the signature header (`pairs`).'),
  unit: z.enum(['s', 'ms', 'auto']).default('s'),
  tolerance_s: seconds.default(300).describe('How old it may be.'),
  future_tolerance_s: seconds.default(300).describe('How far ahead of our clock it may be.'),
});

export const signatureSchema = z.strictObject({
  header: z
    .union([headerName, z.array(headerName).min(1)])
    .describe('Header of the signature, with its other spellings.'),
  algorithm: z.enum(['sha1', 'sha256', 'sha512', 'ed25519']).default('sha256'),
  format: formatSchema.default('bare'),
  encoding: z.enum(['hex', 'base64']).default('hex'),
  secret: z
    .enum(['text', 'base64', 'whsec'])
    .default('text')
    .describe('How `secrets` are written. ed25519: always the public key as base64.'),
  signed: z
    .string()
    .default('{body}')
    .describe('What is signed: {body}, {timestamp}, {id}, {url}, {form}, {json:path} and text between.'),
  timestamp: timestampSchema.optional(),
  id_header: headerName.optional().describe('Header of {id}.'),
  url: z.url().optional().describe('Public URL of this source as the sender knows it, for {url}.'),
  body_sha256_query: z.literal(true).optional().describe('Bodies that are no form must match ?bodySHA256= (Twilio).'),
  reserialized: z.literal(true).optional().describe('Also accept a signature over JSON.stringify of the parsed body.'),
});

const eventSchema = z.strictObject({
  path: paths.optional(),
  header: headerName.optional().describe('With `path` too it is only compared with it.'),
  map: z.record(z.string(), eventType).optional().describe("The platform's names → canonical event types."),
  default: eventType.optional().describe('The type of bodies that name no event.'),
  default_when: paths.optional().describe('… if they carry one of these.'),
  status: z
    .record(z.string(), z.enum(CALL_STATUSES))
    .optional()
    .describe("The platform's names → the status they imply."),
  analyzed_when: paths.optional().describe('true here makes it call.analyzed.'),
});

const keyPart = z.union([
  paths,
  z.strictObject({ header: headerName }),
  z.strictObject({ body_hash: z.literal(true) }),
]);
const keySchema = z.union([pathText, z.strictObject({ join: z.array(keyPart).min(1) })]);
const on = z.array(eventType).min(1).optional().describe('Only in these events.');

const fieldSource = z.union([
  pathText,
  z.strictObject({
    path: pathText,
    map: z.record(z.string(), jsonValue).optional(),
    unit: z.enum(['ms', 's', 'min', 'h']).optional(),
    major: z.boolean().optional(),
    zone: z.string().refine(isZone, 'is not a time zone. Write it like "Europe/Berlin".').optional(),
    on,
  }),
  z.strictObject({ value: jsonValue, on }),
  z.strictObject({ entries: paths, key: pathText, value: z.union([pathText, z.record(z.string(), pathText)]) }),
  z.strictObject({
    turns: pathText,
    speaker: pathText,
    text: pathText,
    at: pathText.optional(),
    at_s: pathText.optional(),
    speakers: z.record(z.string(), z.enum(['agent', 'customer', 'system'])).optional(),
  }),
]);

/** A sender described in YAML alone. The keys from `event` on are a `Description`. */
export const customSchema = z
  .strictObject({
    platform: z.literal('custom'),
    ...SOURCE_KEYS,
    ...SECRETS_KEY,
    signature: signatureSchema.optional().describe('How requests are signed with `secrets`.'),
    jwt_body: z.literal(true).optional().describe('The whole body is a JWT, HS256, signed with `secrets`.'),
    body_token: pathText.optional().describe('Path of a body field that holds one of `secrets`.'),
    event: eventSchema.describe('Where the event stands and what it means.'),
    call_id: paths.describe('Path of the call id, the same in all events of a call.'),
    call_per_delivery: z.literal(true).optional().describe('A body without call id becomes a call of its own.'),
    receipt_key: keySchema.optional().describe('What repeated deliveries have in common. Default: the body.'),
    semantic_key: keySchema
      .optional()
      .describe('What the same event has in common, sent with other bytes. Default: call id and event.'),
    timestamp: paths.optional().describe("Path of the platform's own time of the event."),
    fields: z
      .record(z.string(), z.union([fieldSource, z.array(fieldSource).min(1)]))
      .describe('Canonical field → where it stands: a path, several, or an object.'),
    approximate: z
      .array(z.enum(['started_at', 'ended_at']))
      .optional()
      .describe('Times that are only near the truth.'),
    orphans: z.array(z.string()).optional().describe('Events that carry another call id than the rest of their call.'),
    analysis_follows: z.boolean().optional().describe('An analysis event follows call.ended.'),
    ignore: z.array(pathText).optional().describe('Paths that need not be kept under extra.'),
  })
  .superRefine(checkTogether);

interface Together {
  readonly signature?: unknown;
  readonly jwt_body?: unknown;
  readonly body_token?: unknown;
  readonly event: { readonly path?: unknown; readonly header?: unknown; readonly default?: unknown };
}

function checkTogether(config: Together, context: z.core.$RefinementCtx): void {
  const [, second] = (['signature', 'jwt_body', 'body_token'] as const).filter((key) => config[key] !== undefined);
  if (second !== undefined) {
    context.addIssue({
      code: 'custom',
      path: [second],
      message: 'Only one of signature, jwt_body and body_token can use the secrets.',
    });
  }
  const { path, header, default: type } = config.event;
  if (path === undefined && header === undefined && type === undefined) {
    context.addIssue({ code: 'custom', path: ['event'], message: 'names no event: give path, header or default.' });
  }
}

export type CustomConfig = z.output<typeof customSchema>;
export type SignatureConfig = z.output<typeof signatureSchema>;
