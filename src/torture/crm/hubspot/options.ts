import { systemClock } from '../../../shared/clock.ts';
import type { ObjectType } from './object-types.ts';

/** Rules an administrator set, enforced on API writes from version 2026-09 on (hubspot.md 8.4). */
export interface RecordRules {
  readonly requiredOnCreate?: Partial<Record<ObjectType, readonly string[]>>;
  /** Setting `property` to `value` makes `requires` mandatory. */
  readonly conditional?: readonly {
    readonly type: ObjectType;
    readonly property: string;
    readonly value: string;
    readonly requires: string;
  }[];
}

/** How the simulated portal is set up, and how it answers where hubspot.md (section 14) could not settle it. */
export interface HubSpotOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Epoch ms; `advance` adds to it. Default: the real clock. */
  readonly clock: () => number;
  /** A service key with every scope; more tokens through `addToken`. */
  readonly token: string;
  readonly portalId: number;
  /** IANA; the daily quota ends at midnight here. */
  readonly timeZone: string;
  /** For phone numbers typed without a country code. */
  readonly country: string;

  /** Requests per token in any 10 s. */
  readonly burst: number;
  /** Requests per account and day. */
  readonly daily: number;
  /** Searches per account in any second. */
  readonly searchesPerSecond: number;
  /** Token requests in any 10 s. */
  readonly tokenRequests: number;
  /** How long the search index does not know of a write. */
  readonly searchLagMs: number;
  readonly recordRules: RecordRules;
  /** Properties that lists or workflows use (`contacts.plan`): archiving them is refused. */
  readonly propertiesInUse: readonly string[];
  /** `contacts>calls` → how many a record may have (the limit is the administrator's). */
  readonly associationLimits: Readonly<Record<string, number>>;
  readonly owners: readonly { readonly id: string; readonly email: string; readonly archived?: boolean }[];
  /** A refresh token that was used is refused, and a new one comes with every access token. */
  readonly rotatesRefreshTokens: boolean;

  /** 14.1: kinds on which `hasUniqueValue` is refused. */
  readonly refusesUniqueOn: readonly ObjectType[];
  /**
   * 14.2: an upsert that meets a record younger than this is refused as one that ran at the same moment; 0: it is an
   * update.
   */
  readonly raceWindowMs: number;
  /** 14.3: results of a batch carry the `objectWriteTraceId` of their input. */
  readonly echoesTraceIds: boolean;
  /** 14.4: `idProperty=email` finds a contact by a secondary address too. */
  readonly findsSecondaryEmail: boolean;
  /** 14.4: upserts by email ignore trace ids: one bad row fails all. */
  readonly emailUpsertsAllOrNothing: boolean;
  /** Some portals refuse `email` as the id property of an upsert ("non-unique 0-1 property"). */
  readonly upsertsByEmail: boolean;
  /** 14.5: a contact needs an email, a first name or a last name. */
  readonly contactNeedsName: boolean;
  /** 14.6: a recording URL may have a query after `.mp3`. */
  readonly allowsRecordingQuery: boolean;
  /** 14.7: the half-allocated record of a unique conflict stays behind, empty. */
  readonly leavesGhosts: boolean;
  /** 14.8: the id of a contact that was merged away still leads to the survivor. */
  readonly mergedIdsRedirect: boolean;
  /** A merge makes a new record id (the default) or keeps the primary's (a beta). */
  readonly mergeKeepsId: boolean;
  /** 14.9: 429 answers carry `Retry-After`. */
  readonly retryAfterOn429: boolean;
  /** 14.9: association batches count towards the burst limit. */
  readonly associationsCountInBurst: boolean;
  /** 14.10: an archived record still holds its unique values. */
  readonly archivedHoldsUnique: boolean;
}

export const DEFAULT_OPTIONS: HubSpotOptions = {
  port: 0,
  clock: () => systemClock.now(),
  token: 'pat-na1-simulator',
  portalId: 4_242_424,
  timeZone: 'America/New_York',
  country: 'US',
  burst: 100,
  daily: 250_000,
  searchesPerSecond: 5,
  tokenRequests: 20,
  searchLagMs: 0,
  recordRules: {},
  propertiesInUse: [],
  associationLimits: {},
  owners: [
    { id: '7001', email: 'ada@hookline.example' },
    { id: '7002', email: 'grace@hookline.example' },
    { id: '7003', email: 'left@hookline.example', archived: true },
  ],
  rotatesRefreshTokens: false,
  refusesUniqueOn: [],
  raceWindowMs: 0,
  echoesTraceIds: true,
  findsSecondaryEmail: false,
  emailUpsertsAllOrNothing: true,
  upsertsByEmail: true,
  contactNeedsName: true,
  allowsRecordingQuery: true,
  leavesGhosts: false,
  mergedIdsRedirect: false,
  mergeKeepsId: false,
  retryAfterOn429: false,
  associationsCountInBurst: true,
  archivedHoldsUnique: false,
};
