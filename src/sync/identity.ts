import type { Call } from '../domain/call.ts';
import { identityEmail, identityId, identityText } from '../domain/identity-text.ts';
import type { CompiledContact, IdentityKind } from './compiled-sync.ts';

/** One thing by which a person is known. */
export interface Identity {
  readonly kind: IdentityKind;
  readonly value: string;
  /** Key of the link that remembers whose it is: `phone:+14155550100`. */
  readonly key: string;
}

/** The identities a call gives of its person, in the operator's order of trust. */
export function identitiesOf(call: Call, contact: Pick<CompiledContact, 'match'>): readonly Identity[] {
  return contact.match.flatMap((kind) => {
    const value = valueOf(call, kind);
    return value === null ? [] : [{ kind, value, key: `${PREFIXES[kind]}:${value}` }];
  });
}

const PREFIXES: Readonly<Record<IdentityKind, string>> = { external_id: 'external', phone: 'phone', email: 'email' };

function valueOf(call: Call, kind: IdentityKind): string | null {
  switch (kind) {
    case 'external_id':
      return identityId(call.contact.external_id);
    case 'email':
      return identityEmail(call.contact.email);
    case 'phone':
      // An agent who calls in through our own number must not get every call on his contact (field-notes.md C4).
      return call.customer_number === call.business_number ? null : identityText(call.customer_number);
  }
}
