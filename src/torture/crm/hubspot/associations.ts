import { reverseAssociation, type ObjectType } from './object-types.ts';

export interface End {
  readonly type: ObjectType;
  readonly id: string;
}

/** Who is associated with whom and how, seen from both ends. */
export class Associations {
  /** `type:id` → type of the other end → id of the other end → association type ids in this direction. */
  readonly #bonds = new Map<string, Map<ObjectType, Map<string, Set<number>>>>();

  /** Ids of the records of one type that a record is associated with, and by which types; oldest first. */
  of(from: End, type: ObjectType): ReadonlyMap<string, ReadonlySet<number>> {
    return this.#bonds.get(keyOf(from))?.get(type) ?? new Map();
  }

  /** The types a record has any association with. */
  typesOf(from: End): readonly ObjectType[] {
    const bonds = this.#bonds.get(keyOf(from));
    return bonds === undefined ? [] : [...bonds].filter(([, ends]) => ends.size > 0).map(([type]) => type);
  }

  add(from: End, to: End, typeId: number): void {
    this.#side(from, to).add(typeId);
    const back = reverseAssociation(from.type, to.type, typeId);
    if (back !== undefined) this.#side(to, from).add(back);
  }

  /** Removes every association between two records. */
  cut(from: End, to: End): void {
    this.#bonds.get(keyOf(from))?.get(to.type)?.delete(to.id);
    this.#bonds.get(keyOf(to))?.get(from.type)?.delete(from.id);
  }

  /** What `from` was associated with, `to` is now. */
  move(from: End, to: End): void {
    for (const type of this.typesOf(from)) {
      for (const [id, typeIds] of this.of(from, type)) {
        for (const typeId of typeIds) this.add(to, { type, id }, typeId);
        this.cut(from, { type, id });
      }
    }
  }

  #side(from: End, to: End): Set<number> {
    const types = this.#bonds.get(keyOf(from)) ?? new Map<ObjectType, Map<string, Set<number>>>();
    this.#bonds.set(keyOf(from), types);
    const ends = types.get(to.type) ?? new Map<string, Set<number>>();
    types.set(to.type, ends);
    const typeIds = ends.get(to.id) ?? new Set<number>();
    ends.set(to.id, typeIds);
    return typeIds;
  }
}

function keyOf({ type, id }: End): string {
  return `${type}:${id}`;
}
