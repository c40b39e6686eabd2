import { sql } from 'kysely';

/**
 * SQL for a table `destinations (name)` of those with a run that may be claimed some time, for `with recursive`. It steps
 * from one destination to the next through the index `runs_claim`: grouping would read every run that waits.
 */
export const DESTINATIONS = sql`destinations (name) as (
  select min(destination) from runs where claim_at_ms is not null
  union all
  select (select min(destination) from runs where claim_at_ms is not null and destination > destinations.name)
  from destinations where destinations.name is not null)`;
