import { atoms } from './atoms/index.ts';
import { callab } from './callab/index.ts';
import { callscaler } from './callscaler/index.ts';
import { callttone } from './callttone/index.ts';
import { custom } from './custom/index.ts';

/** Every kind of sender there is: the one list to add to. */
export const PLATFORMS = [callab, callttone, callscaler, atoms, custom] as const;
