import { systemClock } from '../../../shared/clock.ts';

/** What the API user may do beside reading and writing records. */
export interface UserPermissions {
  /** Create fields. */
  readonly customizeApplication: boolean;
  /** Create permission sets and assign them. */
  readonly managePermissionSets: boolean;
  /** Upsert by an external id that is not unique. */
  readonly viewAllData: boolean;
}

export const ADMINISTRATOR: UserPermissions = {
  customizeApplication: true,
  managePermissionSets: true,
  viewAllData: true,
};

export interface TaskStatus {
  readonly value: string;
  readonly isClosed: boolean;
}

/** How the simulated org is set up, and how it answers where salesforce.md (section 6) could not settle it. */
export interface SalesforceOptions {
  /** 0 picks a free one. */
  readonly port: number;
  /** Epoch ms; `advance` adds to it. Default: the real clock. */
  readonly clock: () => number;
  /** IANA; `Organization.TimeZoneSidKey` and the API user's. */
  readonly timeZone: string;
  readonly organizationType: string;
  readonly isSandbox: boolean;
  /** For phone numbers without a country code, in `duplicates()`. */
  readonly country: string;
  /** The newest API version it serves; the oldest is 31. */
  readonly latestVersion: number;

  /** API requests in any 24 hours. */
  readonly daily: number;
  readonly sessionTtlMs: number;
  /** Logins of one user in any hour. */
  readonly loginsPerHour: number;
  /** How long the search index does not know of a write. */
  readonly searchLagMs: number;
  /** Rows of a query before `nextRecordsUrl`. */
  readonly pageSize: number;
  /** A refresh token that was used is refused, and a new one comes with every access token. */
  readonly rotatesRefreshTokens: boolean;
  /** This is login.salesforce.com and no My Domain: client credentials are refused. */
  readonly isLoginHost: boolean;
  /** Username and password, as a flow of OAuth and of SOAP. */
  readonly allowsPasswords: boolean;

  readonly permissions: UserPermissions;
  readonly taskStatuses: readonly TaskStatus[];
  /** Custom fields that Activity may have in all. */
  readonly activityFieldLimit: number;

  /** Section 6: whether Task has the call fields (`CallObject`, `CallType`, …) without a call centre. */
  readonly hasCallFields: boolean;
  /** Section 6: what a single upsert answers to an update; 204 has no body. */
  readonly upsertUpdateStatus: 200 | 204;
  /** 4.5: a create-only field refuses an upsert that updates; else it is passed over. */
  readonly upsertRefusesCreateOnly: boolean;
  /** 4.4: an upsert that meets a record younger than this answers DUPLICATE_VALUE; 0: it is an update. */
  readonly raceWindowMs: number;
  /**
   * What cannot be read into a field (an unknown one, text for a number) refuses a whole collection with 400, not the row:
   * the documentation says "well-formed" and no more.
   */
  readonly unreadableRowRefusesAll: boolean;
  /** Section 6: `FieldPermissions` of activity fields must say `Task.X__c`; else `Activity.X__c` is taken too. */
  readonly refusesActivityFieldPermissions: boolean;
}

export const DEFAULT_OPTIONS: SalesforceOptions = {
  port: 0,
  clock: () => systemClock.now(),
  timeZone: 'America/New_York',
  organizationType: 'Enterprise Edition',
  isSandbox: false,
  country: 'US',
  latestVersion: 68,
  daily: 100_000,
  sessionTtlMs: 2 * 60 * 60 * 1000,
  loginsPerHour: 3600,
  searchLagMs: 0,
  pageSize: 2000,
  rotatesRefreshTokens: false,
  isLoginHost: false,
  allowsPasswords: true,
  permissions: { customizeApplication: true, managePermissionSets: true, viewAllData: false },
  taskStatuses: [
    { value: 'Not Started', isClosed: false },
    { value: 'In Progress', isClosed: false },
    { value: 'Completed', isClosed: true },
    { value: 'Waiting on someone else', isClosed: false },
    { value: 'Deferred', isClosed: false },
  ],
  activityFieldLimit: 100,
  hasCallFields: true,
  upsertUpdateStatus: 200,
  upsertRefusesCreateOnly: true,
  raceWindowMs: 0,
  unreadableRowRefusesAll: true,
  refusesActivityFieldPermissions: true,
};
