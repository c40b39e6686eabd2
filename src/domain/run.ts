/**
 * A run is one integration at work for one call: one row per (call, integration), however many events arrive.
 *
 * - `waiting`: settles until analysed data is there or `dueAtMs` passes
 * - `due`: may be claimed from `dueAtMs` on
 * - `running`: claimed by a worker until its lease ends; an ended lease counts as `due`
 * - `done`: the CRM shows call version `doneVersion`
 * - `held`: waits for a person (or for `dueAtMs`, when a paused destination said when)
 * - `dead`: a dead letter
 */
export const RUN_STATES = ['waiting', 'due', 'running', 'done', 'held', 'dead'] as const;
export type RunState = (typeof RUN_STATES)[number];

/** Legal transitions, as data: what the ledger does to runs is checked against it. */
const RUN_TRANSITIONS: Readonly<Record<RunState, readonly RunState[]>> = {
  // A new event settles a waiting run anew.
  waiting: ['waiting', 'due', 'running'],
  due: ['due', 'running'],
  // A lease that ended is claimed again.
  running: ['running', 'due', 'done', 'held', 'dead'],
  done: ['due', 'waiting'],
  // A hold with an end is claimed when it is over.
  held: ['due', 'waiting', 'running'],
  // Only a person brings a dead letter back.
  dead: ['due'],
};

/** True when a run may go from one state to the other. */
export function isLegalTransition(from: RunState, to: RunState): boolean {
  return RUN_TRANSITIONS[from].includes(to);
}
