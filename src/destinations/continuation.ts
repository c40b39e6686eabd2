import type { JsonValue } from '../domain/json.ts';
import type { Fields } from './destination.ts';

/** A text of a call that is longer than its record takes. */
export interface Continuation {
  readonly field: string;
  /** What stands in the field instead. */
  readonly value: JsonValue;
  /** The rest of it: the fields of the notes that carry it on, in order. None: everything fits. */
  readonly notes: readonly Fields[];
  /** What is to stand in such a note, counted from 0, that an earlier, longer text needed and this one does not. */
  readonly spent: (index: number) => Fields;
}
