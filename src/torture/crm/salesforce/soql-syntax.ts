/** A field, perhaps of a related record: `Account.Name`. */
export interface Path {
  readonly text: string;
  readonly at: number;
}

export interface Literal {
  readonly kind: 'string' | 'number' | 'boolean' | 'null' | 'date' | 'datetime' | 'day';
  readonly text: string;
  readonly at: number;
}

export type Operator = '=' | '!=' | '<' | '<=' | '>' | '>=' | 'like';

export type Condition =
  | { readonly kind: 'all' | 'any'; readonly of: readonly Condition[] }
  | { readonly kind: 'not'; readonly of: Condition }
  | { readonly kind: 'compare'; readonly path: Path; readonly operator: Operator; readonly value: Literal }
  | { readonly kind: 'in'; readonly path: Path; readonly negated: boolean; readonly values: readonly Literal[] }
  | { readonly kind: 'in_query'; readonly path: Path; readonly negated: boolean; readonly query: Query };

export interface Order {
  readonly path: Path;
  readonly descending: boolean;
  /** Nulls come first unless told otherwise. */
  readonly nullsLast: boolean;
}

/** What may follow an object's name, in a query and in the RETURNING of a search. */
export interface Clauses {
  readonly where: Condition | null;
  readonly order: readonly Order[];
  readonly limit: number | null;
  readonly offset: number;
}

export interface Query extends Clauses {
  readonly select: readonly Path[] | 'count';
  readonly from: Path;
}
