import { generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { checkConfig } from './check-config.ts';

const { privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** A value that fits wherever a secret, a token or a key is referred to. */
function variable(name: string): string {
  if (name.endsWith('PRIVATE_KEY')) return privateKey;
  return `whsec_${Buffer.from('a secret of 30 characters, yes').toString('base64url')}`;
}

/** What is wrong with a config in which every `${NAME}` is set. */
export function problemsWithAllSet(text: string): readonly string[] {
  const result = checkConfig(text, variable);
  return result.kind === 'ok' ? [] : result.problems.map(({ position, message }) => `${position.line}: ${message}`);
}

export interface Fence {
  /** `README.md:57` */
  readonly place: string;
  readonly text: string;
}

/** The ```yaml fences of a Markdown file. */
export function yamlFences(file: string): readonly Fence[] {
  const markdown = readFileSync(file, 'utf8');
  return [...markdown.matchAll(/^```yaml\n(.*?)^```$/gms)].map(({ index, 1: text = '' }) => ({
    place: `${file}:${markdown.slice(0, index).split('\n').length + 1}`,
    text,
  }));
}

const SECTIONS: Readonly<Record<string, string>> = {
  sources: `sources:\n  callab: { platform: callab, secrets: ['\${CALLAB_SECRET}'] }\n`,
  destinations: `destinations:
  sandbox: { type: sandbox }
  crm: { type: rest, base_url: 'https://crm.example.com', contact: { strategy: upsert, upsert: { path: /contacts } } }
`,
};

/** A snippet of the docs shows whole sections: those it leaves out are added. */
export function completed(snippet: string): string {
  const missing = Object.entries(SECTIONS).filter(([name]) => !new RegExp(`^${name}:`, 'm').test(snippet));
  return `${snippet}\n${missing.map(([, section]) => section).join('')}`;
}
