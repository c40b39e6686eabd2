import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

import { CommandFailure } from './failure.ts';
import { hookline, print } from './output.ts';

const PLATFORMS = ['callab', 'callttone', 'callscaler', 'atoms'] as const;
export type InitPlatform = (typeof PLATFORMS)[number];

/** Platforms that sign share a secret; CallScaler documents no signature, so an unguessable path stands in. */
const CREDENTIAL: Readonly<Record<InitPlatform, (name: string) => string>> = {
  callab: (name) => `secrets: ['\${${name}}']`,
  callttone: (name) => `secrets: ['\${${name}}']`,
  callscaler: (name) => `token: '\${${name}}' # the last part of the address: /webhooks/callscaler/<token>`,
  atoms: (name) => `secrets: ['\${${name}}']`,
};

const SAMPLE: Readonly<Record<InitPlatform, string>> = {
  callab: 'call_ended.json',
  callttone: 'call.ended.json',
  callscaler: 'call.completed.json',
  atoms: 'post-conversation.json',
};

/** `hookline init`: writes a config that works at once (with the sandbox as its CRM) and a secret for it. Overwrites nothing. */
export function init(configFile: string, platform: string): void {
  if (platform === 'custom')
    throw new CommandFailure('A custom source is described by hand: docs/custom-sources.md shows how.', 2);
  if (!isPlatform(platform))
    throw new CommandFailure(`"${platform}" is not a platform init knows. One of: ${PLATFORMS.join(', ')}.`, 2);
  if (existsSync(configFile)) throw new CommandFailure(`${configFile} exists already and was left alone.`, 1);
  const variable = `${platform.toUpperCase()}_SECRET`;
  mkdirSync(path.dirname(configFile), { recursive: true });
  writeFileSync(configFile, template(platform, variable));
  print(`Wrote ${configFile}.`);
  addSecret(variable);
  printNextSteps(platform);
}

function printNextSteps(platform: InitPlatform): void {
  const token = platform === 'callscaler' ? '/<the secret>' : '';
  print('\nEnter at the platform:');
  print(`  address   https://<your host>/webhooks/${platform}${token}`);
  if (token === '') print("  secret    the one in .env; or put the platform's own there");
  print('\nNext:');
  print(`  ${hookline('check')}     is the config right?`);
  print('  npm start                     starts the daemon; then, from a second terminal:');
  print(`  ${hookline(`send ${platform} config/samples/${platform}/${SAMPLE[platform]}`)}`);
  print(`  ${hookline('calls')}     what became of it`);
}

function isPlatform(name: string): name is InitPlatform {
  return (PLATFORMS as readonly string[]).includes(name);
}

function template(platform: InitPlatform, variable: string): string {
  return `# yaml-language-server: $schema=./hookline.schema.json
# Every key is explained in docs/configuration.md. Secrets stay in the environment (.env).

sources:
  ${platform}: # served at POST /webhooks/${platform}
    platform: ${platform}
    ${CREDENTIAL[platform](variable)}

destinations:
  sandbox: { type: sandbox } # a CRM of our own, to look at before the real one

integrations:
  - name: Keep the CRM in step
    trigger: [call.ended, call.analyzed]
    actions:
      - sync: sandbox
`;
}

function addSecret(variable: string): void {
  const content = existsSync('.env') ? readFileSync('.env', 'utf8') : '';
  const line = `${variable}=${randomBytes(24).toString('hex')}`;
  // As `.env.example` leaves it.
  const empty = new RegExp(`^${variable}=[ \\t]*$`, 'm');
  if (!empty.test(content) && new RegExp(`^${variable}=`, 'm').test(content)) {
    print(`.env has ${variable} already; it was left alone.`);
    return;
  }
  const separator = content === '' || content.endsWith('\n') ? '' : '\n';
  const filled = empty.test(content) ? content.replace(empty, line) : `${content}${separator}${line}\n`;
  writeFileSync('.env', filled, { mode: 0o600 });
  print(`Wrote a fresh ${variable} to .env.`);
}
