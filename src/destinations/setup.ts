/**
 * What `hookline setup` came to with one thing.
 *
 * - `made`: it was not there, and is now
 * - `present`: it was there already, as it should be
 * - `refused`: the CRM does not offer it; everything works without, as `message` says
 * - `failed`: a person has to do something first
 */
export interface SetupStep {
  readonly outcome: 'made' | 'present' | 'refused' | 'failed';
  /** A sentence; what could not be done comes with the reason and with what would be right. */
  readonly message: string;
}

export interface SetupOptions {
  /** Credentials for this alone: a token that writes records usually may not change how they are made. Null: the usual ones. */
  readonly token: string | null;
}
