import { z } from 'zod';

import { baseUrlSchema, headerNameSchema, headerValueSchema } from '../common-schema.ts';

const secretSchema = headerValueSchema.min(1, 'must not be empty');

const tokenEndpoint = {
  token_url: baseUrlSchema.describe('Where tokens are fetched, such as "https://auth.example.com/oauth/token".'),
  params: z
    .record(z.string(), z.string())
    .default({})
    .describe('Further form fields of the token request, such as audience or user_type.'),
  scheme: headerValueSchema.default('Bearer').describe('Word before the token: "Bearer", "Zoho-oauthtoken", …'),
};

const oauthClient = {
  ...tokenEndpoint,
  client_id: z.string().min(1),
  client_secret: z.string().min(1),
  client_auth: z
    .enum(['body', 'basic'])
    .default('body')
    .describe('Where client id and secret go: form fields, or an Authorization: Basic header.'),
};

/** `auth:` of a rest destination: how requests prove who we are. */
export const authSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('none') }),
  z.strictObject({
    type: z.literal('bearer'),
    token: secretSchema,
    scheme: headerValueSchema.default('Bearer').describe('Word before the token.'),
  }),
  z.strictObject({ type: z.literal('header'), name: headerNameSchema, value: secretSchema }),
  z.strictObject({ type: z.literal('query'), name: z.string().min(1), value: z.string().min(1) }),
  z.strictObject({ type: z.literal('basic'), username: z.string(), password: z.string() }),
  z.strictObject({
    type: z.literal('oauth2_client_credentials'),
    ...oauthClient,
    scope: z.string().optional(),
  }),
  z.strictObject({
    type: z.literal('oauth2_refresh_token'),
    ...oauthClient,
    refresh_token: z
      .string()
      .min(1)
      .describe(
        'The first one. Where the server rotates it, the newest is kept in the ledger; writing another here starts over.',
      ),
  }),
  z.strictObject({
    type: z.literal('oauth2_jwt_bearer'),
    ...tokenEndpoint,
    issuer: z.string().min(1).describe('Claim iss: the client id or service account.'),
    audience: z.string().min(1).describe('Claim aud.'),
    subject: z.string().optional().describe('Claim sub: the user to act for.'),
    scope: z.string().optional(),
    private_key: z.string().includes('PRIVATE KEY', { message: 'must be a PEM private key' }).describe('RSA, PEM.'),
  }),
]);

export type AuthConfig = z.output<typeof authSchema>;
export type OAuthConfig = Extract<AuthConfig, { type: `oauth2_${string}` }>;
