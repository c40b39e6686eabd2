/** What an operator gets when `fields`, `status`… are not written: CRM field → template. */
export interface SyncDefaults {
  readonly contact: DefaultFields;
  readonly call: DefaultFields;
  readonly task: DefaultFields;
  /** The `status` block of the contact; the first rule that holds decides. */
  readonly status?: StatusDefaults;
}

/** A template, or one with the policy by which it meets what is there. */
export type DefaultFields = Readonly<Record<string, string | DefaultField>>;

export interface DefaultField {
  readonly value: string;
  readonly write?: 'fill_if_empty';
  readonly only_on?: 'create';
}

export interface StatusDefaults {
  readonly field: string;
  readonly rules: readonly { readonly when: string; readonly set: string }[];
  readonly default?: string;
}
