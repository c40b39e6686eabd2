import type { CheckFinding, RequestContext } from '../../destination.ts';
import { checkAccess } from './access.ts';
import { checkDuplicateRules } from './duplicate-rules.ts';
import { checkFields } from './fields.ts';
import { checkKeys } from './keys.ts';
import { checkLogin } from './login.ts';
import { failed, type Checked } from './look.ts';
import { checkRequired } from './required-fields.ts';
import { checkTasks } from './tasks.ts';

/** Login, org, quota, objects, unique keys, and every mapped field. Reads only. */
export async function checkLive(checked: Checked, context: RequestContext): Promise<readonly CheckFinding[]> {
  const login = await checkLogin(checked, context);
  if (!login.usable) return login.findings;
  const access = await checkAccess(checked, context);
  const org = await checked.parts.orgs.org(context, true);
  if ('kind' in org) return [...login.findings, ...access, failed(org)];
  return [
    ...login.findings,
    ...access,
    ...checkKeys(checked, org),
    ...checkTasks(checked, org),
    ...(await checkDuplicateRules(checked, context)),
    ...checkRequired(checked, org),
    ...checkFields(checked, org),
  ];
}
