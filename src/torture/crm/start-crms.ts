import type { CrmKind } from '../options.ts';
import { startHubSpotTorture } from './hubspot-torture.ts';
import { startRestTorture } from './rest-torture.ts';
import { startSalesforceTorture } from './salesforce-torture.ts';
import type { TortureCrm } from './torture-crm.ts';

/** What `--crm` can choose. */
const STARTS: Readonly<Record<CrmKind, () => Promise<readonly TortureCrm[]>>> = {
  rest: startRestTorture,
  hubspot: startHubSpotTorture,
  salesforce: startSalesforceTorture,
};

/** Starts the simulated CRMs of one kind; each gets every call. */
export function startCrms(kind: CrmKind): Promise<readonly TortureCrm[]> {
  return STARTS[kind]();
}
