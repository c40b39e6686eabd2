import type { JsonObject } from '../../domain/json.ts';
import type { CrmState } from '../judge/compare.ts';
import type { ApiRequest, Fault, Simulator } from './simulator.ts';

/** What the config says of one CRM, and of the integration that keeps it in step. */
export interface ConfiguredCrm {
  readonly name: string;
  /** What stands below its name under `destinations:`. */
  readonly destination: JsonObject;
  /** What stands beside `sync:`. */
  readonly action: JsonObject;
}

/** One simulated CRM at work in a torture: where it is, how it fails, and what it holds. */
export interface TortureCrm extends ConfiguredCrm {
  readonly server: Pick<Simulator, 'setLatency' | 'setChaos' | 'fail' | 'onDone' | 'close'>;
  /** For `setChaos`: a share of all requests goes wrong in the ways of this CRM; the same seed gives the same sequence. */
  readonly createChaos: (rate: number, seed: number) => (request: ApiRequest) => Fault | undefined;
  /** Every record it holds, in the words of the judge. */
  readonly state: () => CrmState;
}
