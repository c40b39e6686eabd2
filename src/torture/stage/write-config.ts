import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ConfiguredCrm } from '../crm/torture-crm.ts';
import { SECRETS } from '../traffic/delivery.ts';

export interface ConfigOptions {
  readonly folder: string;
  readonly crms: readonly ConfiguredCrm[];
  /** The retry policy, as YAML. */
  readonly retry: string;
}

/** Writes `hookline.yaml` for three sources and these CRMs; its path. */
export function writeConfig(options: ConfigOptions): string {
  const file = join(options.folder, 'hookline.yaml');
  writeFileSync(file, configText(options));
  return file;
}

function configText(options: ConfigOptions): string {
  return `server:
  rate_limit: { per_address: off }
sources:
  callab: { platform: callab, secrets: ["${SECRETS.callab}"] }
  callttone: { platform: callttone, secrets: ["${SECRETS.callttone}"] }
  atoms: { platform: atoms, secrets: ["${SECRETS.atoms}"] }
destinations:
${options.crms.map(({ name, destination }) => `  ${name}: ${JSON.stringify(destination)}\n`).join('')}integrations:
${options.crms.map((crm) => integrationText(crm, options)).join('')}`;
}

/** JSON is YAML. */
function integrationText({ name, action }: ConfiguredCrm, { retry }: ConfigOptions): string {
  return `  - name: Keep ${name} in step
    retry: ${retry}
    actions: [${JSON.stringify({ sync: name, ...action })}]
`;
}
