import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import type {
  Destination,
  Fields,
  RecordKind,
  RecordWrite,
  Result,
  Written,
} from '../../src/destinations/destination.ts';
import type { JsonObject } from '../../src/domain/json.ts';
import type { HttpClient, HttpOutcome, HttpRequest } from '../../src/shared/http-client.ts';
import { createTestContext } from '../support/destination-context.ts';

/** What can happen to this CRM: tests of what cannot are not run. */
export type Hazard = 'deleted' | 'conflict' | 'rate_limit' | 'credentials';

export interface CrmRecord {
  readonly id: string;
  readonly fields: Fields;
}

/** One implementation, ready to be tried. Field names are those of the harness's CRM: `phone`, `email`, `note`. */
export interface DestinationHarness {
  readonly destination: Destination;
  readonly http: HttpClient;
  /** Which requests write; default: all but GET. */
  readonly isWrite?: (request: HttpRequest) => boolean;
  /** What the CRM holds, oldest first. */
  records(kind: RecordKind): Promise<readonly CrmRecord[]>;
  /** `deleted`: somebody deletes a record in the CRM. */
  readonly remove?: (kind: RecordKind, id: string) => Promise<void>;
  /** `conflict`: somebody creates a person in the CRM by hand who is only known by this phone; returns the id. */
  readonly conflicting?: (phone: string) => Promise<string>;
  /** `rate_limit`: the next request is turned away for so many seconds. */
  readonly limitNext?: (seconds: number) => void;
  /** `credentials`: from now on they are wrong. */
  readonly revokeCredentials?: () => void;
  nowMs(): number;
  close(): Promise<void>;
}

const KINDS: readonly RecordKind[] = ['contact', 'call', 'task'];
const PHONE = '+14155550123';

function write(kind: RecordKind, changes: Partial<RecordWrite> = {}): RecordWrite {
  const person = { phone: PHONE, email: 'ada@example.com', note: 'first' };
  const fields = changes.fields ?? (kind === 'contact' ? person : { note: 'first' });
  const scope: JsonObject = { call: { id: 'call-1' }, contact: { phone: PHONE, email: 'ada@example.com' } };
  return {
    kind,
    key: `${kind}:1`,
    id: null,
    contactId: null,
    attach: (changes.contactId ?? null) !== null,
    attemptedAtMs: null,
    scope,
    fields,
    allFields: fields,
    ...changes,
  };
}

function valueOf<Value>(result: Result<Value> | { readonly kind: string }): Value {
  expect(result).toMatchObject({ kind: 'ok' });
  return (result as { readonly value: Value }).value;
}

/** The wire breaks: `lost` answers do their work, `dropped` requests do not. */
function breaking(http: HttpClient, how: 'lost' | 'dropped', isHit: (request: HttpRequest) => boolean): HttpClient {
  return {
    async send(request): Promise<HttpOutcome> {
      if (!isHit(request)) return http.send(request);
      if (how === 'lost') await http.send(request);
      return { kind: 'unknown', reason: 'connection reset' };
    },
  };
}

/** What every destination must do (see `Destination`). */
export function describeDestination(
  name: string,
  hazards: readonly Hazard[],
  open: () => Promise<DestinationHarness>,
): void {
  describe(`destination: ${name}`, () => {
    let harness: DestinationHarness;
    beforeEach(async () => {
      harness = await open();
    });
    afterEach(async () => {
      await harness.close();
    });
    const context = (mode: 'live' | 'preview' = 'live', http = harness.http): ReturnType<typeof createTestContext> =>
      createTestContext(http, mode);
    const testHazard = (hazard: Hazard, title: string, run: () => Promise<void>): void => {
      if (hazards.includes(hazard)) test(title, run);
    };
    const records = async (kind: RecordKind): Promise<readonly CrmRecord[]> =>
      (await harness.records(kind)).map(({ id, fields }) => ({ id, fields }));
    const isWrite = (request: HttpRequest): boolean => harness.isWrite?.(request) ?? request.method !== 'GET';
    /** As the sync does: what turns out to be there already is updated by its id. */
    const put = async (wish: RecordWrite): Promise<Written> => {
      const written = await harness.destination.write(wish, context());
      if (written.kind !== 'exists') return valueOf<Written>(written);
      return valueOf<Written>(await harness.destination.write({ ...wish, id: written.record.id }, context()));
    };
    const create = async (kind: RecordKind, changes: Partial<RecordWrite> = {}): Promise<string> =>
      (await put(write(kind, changes))).id;

    test('keeps contacts, and says what it keeps', () => {
      expect(harness.destination.kinds).toContain('contact');
      expect(harness.destination.defaults.contact).not.toEqual({});
    });

    test.each(KINDS)('a new %s is there once, with its fields', async (kind) => {
      const contactId = kind === 'contact' ? null : await create('contact');
      const written = valueOf(await harness.destination.write(write(kind, { contactId }), context()));
      expect(written).toEqual({ id: expect.any(String), created: true });
      expect(await records(kind)).toEqual([
        { id: (written as { id: string }).id, fields: expect.objectContaining({ note: 'first' }) },
      ]);
    });

    test.each(KINDS)('creating a %s again by the same key makes no second one', async (kind) => {
      const contactId = kind === 'contact' ? null : await create('contact');
      const first = await create(kind, { contactId });
      const fields = { ...write(kind).fields, note: 'second' };
      const again = await put(write(kind, { contactId, fields, allFields: fields }));
      expect(again).toEqual({ id: first, created: false });
      expect(await records(kind)).toEqual([{ id: first, fields: expect.objectContaining({ note: 'second' }) }]);
    });

    test.each(KINDS)('an update of a %s changes what it names and nothing else', async (kind) => {
      const contactId = kind === 'contact' ? null : await create('contact');
      const fields = { ...write(kind).fields, note: 'first', kept: 'as it was' };
      const id = await create(kind, { contactId, fields, allFields: fields });
      const changed = { fields: { note: 'later' }, allFields: { ...fields, note: 'later' } };
      const updated = await harness.destination.write(write(kind, { id, contactId, ...changed }), context());
      expect(valueOf(updated)).toEqual({ id, created: false });
      expect(await records(kind)).toEqual([
        { id, fields: expect.objectContaining({ note: 'later', kept: 'as it was' }) },
      ]);
    });

    test('people are found by phone and by email, others are not', async () => {
      const id = await create('contact');
      const find = async (by: 'phone' | 'email', value: string): Promise<readonly { id: string }[]> =>
        valueOf(await harness.destination.findContacts({ by, value }, write('contact').scope, context()));
      expect((await find('phone', PHONE)).map((record) => record.id)).toEqual([id]);
      expect((await find('email', 'ada@example.com')).map((record) => record.id)).toEqual([id]);
      expect(await find('phone', '+14155550199')).toEqual([]);
      expect(await find('email', 'nobody@example.com')).toEqual([]);
    });

    test('looking writes nothing', async () => {
      const looking = context();
      await harness.destination.findContacts({ by: 'phone', value: PHONE }, {}, looking);
      await harness.destination.check(looking);
      expect(looking.sent.every(({ effect }) => effect === 'read')).toBe(true);
    });

    test('a record can be read back where there is a way', async () => {
      const id = await create('contact');
      const read = await harness.destination.readRecord?.('contact', id, {}, context());
      if (read !== undefined) expect(valueOf(read)).toMatchObject({ id, fields: { note: 'first', phone: PHONE } });
    });

    test.each(KINDS)('a preview of a %s says what would be sent and sends nothing', async (kind) => {
      const contactId = kind === 'contact' ? null : await create('contact');
      const before = await records(kind);
      const previewing = context('preview');
      expect(await harness.destination.write(write(kind, { contactId }), previewing)).toEqual({ kind: 'planned' });
      expect(previewing.sent.filter(({ effect }) => effect === 'write')).toHaveLength(1);
      expect(await records(kind)).toEqual(before);
    });

    test.each(KINDS)('the answer to a new %s is lost: recovering never makes a second one', async (kind) => {
      const contactId = kind === 'contact' ? null : await create('contact');
      const wish = write(kind, { contactId });
      const lost = await harness.destination.write(wish, context('live', breaking(harness.http, 'lost', isWrite)));
      expect(lost).toMatchObject({ kind: 'unknown', reason: expect.stringContaining('connection reset') });
      const [there] = await records(kind);
      const recovered = await harness.destination.recover({ ...wish, attemptedAtMs: harness.nowMs() }, context());
      if (recovered.kind === 'repeatable') {
        expect(await put(wish)).toEqual({ id: there?.id, created: false });
      } else {
        expect(valueOf(recovered)).toMatchObject({ found: { id: there?.id } });
      }
      expect(await records(kind)).toHaveLength(1);
    });

    test.each(KINDS)('a new %s that never arrived is found to be missing, or can be repeated', async (kind) => {
      const contactId = kind === 'contact' ? null : await create('contact');
      const wish = write(kind, { contactId });
      const dropped = await harness.destination.write(
        wish,
        context('live', breaking(harness.http, 'dropped', isWrite)),
      );
      expect(dropped).toMatchObject({ kind: 'unknown' });
      const recovered = await harness.destination.recover(
        { ...wish, attemptedAtMs: harness.nowMs() - 3_600_000 },
        context(),
      );
      if (recovered.kind !== 'repeatable') expect(valueOf(recovered)).toEqual({ found: null });
    });

    test('a look without an answer is to be repeated, and finds nobody by mistake', async () => {
      await create('contact');
      const deaf = context(
        'live',
        breaking(harness.http, 'dropped', () => true),
      );
      const result = await harness.destination.findContacts({ by: 'phone', value: PHONE }, {}, deaf);
      expect(['retry', 'unknown']).toContain(result.kind);
    });

    testHazard('deleted', 'a record that was deleted is gone', async () => {
      const id = await create('contact');
      await harness.remove?.('contact', id);
      const fields = { note: 'later' };
      expect(
        await harness.destination.write(write('contact', { id, fields, allFields: fields }), context()),
      ).toMatchObject({ kind: 'gone' });
      const read = await harness.destination.readRecord?.('contact', id, {}, context());
      if (read !== undefined) expect(read).toMatchObject({ kind: 'gone' });
    });

    testHazard('conflict', 'somebody made the same person by hand a moment ago: that one is updated', async () => {
      const id = (await harness.conflicting?.(PHONE)) ?? 'no hazard';
      const written = await harness.destination.write(write('contact'), context());
      expect(valueOf(written)).toEqual({ id, created: false });
      expect(await records('contact')).toEqual([{ id, fields: expect.objectContaining({ note: 'first' }) }]);
    });

    testHazard(
      'rate_limit',
      'turned away by a rate limit: says when to come back, sends nothing more and does not wait',
      async () => {
        const limited = context();
        harness.limitNext?.(7);
        const result = await harness.destination.findContacts({ by: 'phone', value: PHONE }, {}, limited);
        expect(result).toMatchObject({ kind: 'retry', notBeforeMs: harness.nowMs() + 7000 });
        expect(limited.sent).toHaveLength(1);
      },
    );

    testHazard('credentials', 'wrong credentials pause the whole destination', async () => {
      harness.revokeCredentials?.();
      const refused = await harness.destination.write(write('contact'), context());
      expect(refused).toMatchObject({ kind: 'paused', hint: expect.stringContaining('auth') });
      const findings = await harness.destination.check(context());
      expect(findings).toContainEqual({ level: 'error', message: expect.any(String) });
    });

    test('a failing write is tried once', async () => {
      const failing = context('live', breaking(harness.http, 'dropped', isWrite));
      await harness.destination.write(write('contact'), failing);
      expect(failing.sent.filter(({ effect }) => effect === 'write')).toHaveLength(1);
    });

    test.each([
      `"; DROP TABLE contacts; --`,
      'line\nbreak\ttab "quotes" \\ back',
      '{{ contact.email }}',
      'Zoë 🐟 漢字',
      '../../admin?x=1#y',
    ])('the value %j arrives as it is', async (value) => {
      const fields = { ...write('contact').fields, note: value };
      await create('contact', { fields, allFields: fields });
      expect((await records('contact'))[0]?.fields['note']).toBe(value);
    });

    test.each(['callab/a b', 'callab/../../x', 'callab/%2e%2e', 'callab/a?b=c#d&e', 'callab/Zoë"\\'])(
      'the key %j makes one record, and another key another one',
      async (key) => {
        const contactId = await create('contact');
        const first = await create('call', { key, contactId });
        expect(await create('call', { key, contactId })).toBe(first);
        expect(await create('call', { key: `${key}2`, contactId })).not.toBe(first);
        expect(await harness.records('call')).toHaveLength(2);
      },
    );
  });
}
