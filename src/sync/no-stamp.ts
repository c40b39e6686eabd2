import type { Stamp } from '../ledger/ledger.ts';

/** Nothing written yet. It equals no value and is older than every call. */
export const NO_STAMP: Stamp = { hash: '', asOf: '' };
