import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

import { startSalesforce, type Salesforce, type SalesforceOptions } from '../../simulators/salesforce/index.ts';
import { openSession, type SalesforceAnswer, type SalesforceSession } from '../../support/ask-salesforce.ts';

/* SOQL and SOSL: what they find and what they refuse, over plain HTTP. */

let salesforce: Salesforce;
let session: SalesforceSession;

beforeEach(() => start({}));
afterEach(() => salesforce.close());

async function start(options: Partial<SalesforceOptions>): Promise<void> {
  salesforce = await startSalesforce(options);
  session = await openSession(salesforce);
}

async function restart(options: Partial<SalesforceOptions>): Promise<void> {
  await salesforce.close();
  await start(options);
}

function addLead(LastName: string, more: Readonly<Record<string, string | number>> = {}): string {
  return salesforce.create('Lead', { LastName, Company: 'Analytical Engines', ...more });
}

interface Page {
  readonly records?: readonly Readonly<Record<string, unknown>>[];
  readonly searchRecords?: readonly Readonly<Record<string, unknown>>[];
}

function namesIn({ body, text }: SalesforceAnswer): readonly unknown[] {
  const { records, searchRecords } = body as unknown as Page;
  const rows = records ?? searchRecords;
  if (rows === undefined) throw new Error(text);
  return rows.map((row) => row['LastName']);
}

async function leadsWhere(condition: string): Promise<readonly unknown[]> {
  return namesIn(await session.query(`SELECT LastName FROM Lead WHERE ${condition}`));
}

describe('SOQL', () => {
  beforeEach(() => {
    addLead('Lovelace', { FirstName: 'Ada', Email: 'ada@example.com', NumberOfEmployees: 3 });
    addLead("O'Brien", { FirstName: 'Pat', Phone: '+12025550143', NumberOfEmployees: 30 });
    addLead('100%', { Phone: '202_555' });
  });

  test.each<[string, readonly string[]]>([
    ["LastName = 'LOVELACE'", ['Lovelace']],
    ["LastName != 'lovelace'", ["O'Brien", '100%']],
    ["FirstName <> 'Ada'", ["O'Brien", '100%']],
    ["LastName = 'O\\'Brien'", ["O'Brien"]],
    ["LastName IN ('Lovelace', '100%')", ['Lovelace', '100%']],
    ["FirstName NOT IN ('Ada')", ["O'Brien", '100%']],
    ['FirstName = null', ['100%']],
    ['FirstName != null', ['Lovelace', "O'Brien"]],
    ["LastName LIKE 'l%e'", ['Lovelace']],
    ["FirstName LIKE '_a_'", ["O'Brien"]],
    ["LastName LIKE '%\\%'", ['100%']],
    ["Phone LIKE '202\\_5%'", ['100%']],
    ["Phone = '202\\_555'", ['100%']],
    ['NumberOfEmployees > 3', ["O'Brien"]],
    ['NumberOfEmployees <= 3', ['Lovelace']],
    ['IsConverted = false AND (NumberOfEmployees = 3 OR NumberOfEmployees = 30)', ['Lovelace', "O'Brien"]],
    ["NOT (FirstName = 'Ada' OR FirstName = null)", ["O'Brien"]],
    ["NOT FirstName = 'Ada' AND NumberOfEmployees != null", ["O'Brien"]],
    ['CreatedDate = TODAY AND CreatedDate > 2020-01-01T00:00:00Z', ['Lovelace', "O'Brien", '100%']],
    ['CreatedDate < LAST_N_DAYS:2', []],
    ["Owner.Name = 'ada admin' AND LastName = 'Lovelace'", ['Lovelace']],
    ["lead.lastname = 'Lovelace'", ['Lovelace']],
  ])('%s', async (condition, names) => {
    expect(await leadsWhere(condition)).toEqual(names);
  });

  test.each([
    ["LastName = 'a' AND FirstName = 'b' OR FirstName = 'c'", 'MALFORMED_QUERY'],
    ["LastName = 'a", 'MALFORMED_QUERY'],
    ["LastName = 'O'Brien'", 'MALFORMED_QUERY'],
    ["LastName = 'a\\d'", 'MALFORMED_QUERY'],
    ['LastName = Lovelace', 'MALFORMED_QUERY'],
    ['LastName = :name', 'MALFORMED_QUERY'],
    ["LastName == 'a'", 'MALFORMED_QUERY'],
    ["(LastName = 'a'", 'MALFORMED_QUERY'],
    ['LastName IN ()', 'MALFORMED_QUERY'],
    ["LastName = 'a'; DELETE", 'MALFORMED_QUERY'],
    ["LastName = 'a' ORDER BY Description", 'MALFORMED_QUERY'],
    ['LastName = 5', 'INVALID_FIELD'],
    ["NumberOfEmployees = '5'", 'INVALID_FIELD'],
    ["IsConverted = 'false'", 'INVALID_FIELD'],
    ["CreatedDate > '2020-01-01T00:00:00Z'", 'INVALID_FIELD'],
    ['CreatedDate > 2020-01-01', 'INVALID_FIELD'],
    ["Description = 'a'", 'INVALID_FIELD'],
    ["Colour__c = 'blue'", 'INVALID_FIELD'],
    ["Nobody.Name = 'x'", 'INVALID_FIELD'],
    ["Owner.Colour__c = 'x'", 'INVALID_FIELD'],
    ["Id = 'abc'", 'INVALID_QUERY_FILTER_OPERATOR'],
    ["Id LIKE '00Q%'", 'INVALID_QUERY_FILTER_OPERATOR'],
  ])('WHERE %s is refused', async (condition, code) => {
    const answer = await session.query(`SELECT Id FROM Lead WHERE ${condition}`);
    expect(answer).toMatchObject({ status: 400, code });
  });

  test.each([
    ['SELECT Id FROM Nothing__c', 'INVALID_TYPE'],
    ['SELECT Id FROM CustomField', 'INVALID_TYPE'],
    ['SELECT Colour__c FROM Lead', 'INVALID_FIELD'],
    ['SELECT Id, id FROM Lead', 'MALFORMED_QUERY'],
    ['SELECT FROM Lead', 'MALFORMED_QUERY'],
    ['SELECT * FROM Lead', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Lead LIMIT many', 'MALFORMED_QUERY'],
    ['SELECT Id FROM Lead OFFSET 2001', 'NUMBER_OUTSIDE_VALID_RANGE'],
    ['DELETE FROM Lead', 'MALFORMED_QUERY'],
    ['', 'MALFORMED_QUERY'],
  ])('%s is refused', async (soql, code) => {
    expect(await session.query(soql)).toMatchObject({ status: 400, code });
  });

  test('order, limit, offset and count', async () => {
    const names = async (clauses: string): Promise<unknown> =>
      namesIn(await session.query(`SELECT LastName FROM Lead ${clauses}`));
    expect(await names('ORDER BY LastName DESC')).toEqual(["O'Brien", 'Lovelace', '100%']);
    expect(await names('ORDER BY FirstName')).toEqual(['100%', 'Lovelace', "O'Brien"]);
    expect(await names('ORDER BY FirstName NULLS LAST LIMIT 2 OFFSET 1')).toEqual(["O'Brien", '100%']);
    expect(await session.query('SELECT COUNT() FROM Lead')).toMatchObject({ body: { totalSize: 3, records: [] } });
  });

  test('a query within a query', async () => {
    const [first] = salesforce.records('Lead');
    salesforce.create('Task', { WhoId: first?.id ?? '', Subject: 'Call' });
    expect(await leadsWhere("Id IN (SELECT WhoId FROM Task WHERE Subject = 'call')")).toEqual(['Lovelace']);
    expect(await leadsWhere("Id NOT IN (SELECT WhoId FROM Task WHERE Subject = 'call')")).toHaveLength(2);
  });

  test('2,000 rows a page; a page of a query nobody asked is refused', async () => {
    for (let index = 0; index < 2000; index += 1) addLead(`L${index}`);
    const first = await session.query('SELECT Id FROM Lead');
    expect(first).toMatchObject({ body: { totalSize: 2003, done: false } });
    const { records, nextRecordsUrl } = first.body as unknown as Page & { nextRecordsUrl: string };
    expect(records).toHaveLength(2000);
    const second = await session.ask(`GET ${nextRecordsUrl}`);
    expect((second.body as Page).records).toHaveLength(3);
    expect(second).toMatchObject({ body: { done: true } });
    expect(await session.ask('GET /query/01g000000000001AAA-2000')).toMatchObject({
      status: 400,
      code: 'INVALID_QUERY_LOCATOR',
    });
  });

  test('a request line of more than 16,000 bytes is too long, a body does not help', async () => {
    const query = (length: number): string => `SELECT Id FROM Lead WHERE LastName = '${'x'.repeat(length)}'`;
    expect(await session.query(query(15_500))).toMatchObject({ status: 200 });
    expect(await session.query(query(16_000))).toMatchObject({ status: 414 });
    expect(await session.ask('POST /query', { q: query(1) })).toMatchObject({
      status: 405,
      code: 'METHOD_NOT_ALLOWED',
    });
    const compositeRequest = [
      { method: 'GET', url: `/services/data/v66.0/query?q=${query(100_000)}`, referenceId: 'q' },
    ];
    expect((await session.ask('POST /composite', { compositeRequest })).text).toContain('100000 characters');
  });

  test('what is hidden from the user does not exist', async () => {
    salesforce.setFieldAccess('Lead', 'Phone', 'none');
    expect(await session.query('SELECT Phone FROM Lead')).toMatchObject({ code: 'INVALID_FIELD' });
    expect(await session.query("SELECT Id FROM Lead WHERE Phone = 'x'")).toMatchObject({ code: 'INVALID_FIELD' });
    salesforce.setObjectAccess('Lead', 'none');
    expect(await session.query('SELECT Id FROM Lead')).toMatchObject({ code: 'INVALID_TYPE' });
    expect(await session.search('FIND {Lovelace} RETURNING Lead(Id)')).toMatchObject({ code: 'INVALID_TYPE' });
  });
});

describe('SOSL', () => {
  const inPhones = (term: string): Promise<SalesforceAnswer> =>
    session.search(`FIND {${term}} IN PHONE FIELDS RETURNING Contact(LastName), Lead(LastName)`);

  beforeEach(() => {
    addLead('E164', { Phone: '+12025550143', Email: 'ada@example.com' });
    addLead('National', { MobilePhone: '(202) 555-0143' });
    salesforce.create('Contact', { LastName: 'Dotted', OtherPhone: '202.555.0143', Title: 'Countess' });
  });

  test.each<[string, readonly string[]]>([
    // Punctuation parts words, so that a number is found as it was written and not otherwise.
    ['"12025550143"', ['E164']],
    ['"\\+12025550143"', ['E164']],
    ['"202 555 0143"', ['Dotted', 'National']],
    ['"\\(202\\) 555\\-0143"', ['Dotted', 'National']],
    ['"555 202 0143"', []],
    ['2025550143', []],
    ['0143 202', ['Dotted', 'National']],
    ['"12025550143" OR "202 555 0143"', ['Dotted', 'E164', 'National']],
    ['(0143 AND 202) AND NOT 999', ['Dotted', 'National']],
    ['0143 AND NOT 202', []],
    ['1202*', ['E164']],
    ['1202555014?', ['E164']],
    ['"202 555 01*"', ['Dotted', 'National']],
  ])('{%s} in phone fields', async (term, names) => {
    expect(namesIn(await inPhones(term))).toEqual(names);
  });

  test.each([
    ['FIND {+12025550143}', 'MALFORMED_SEARCH'],
    ['FIND {"202-555"}', 'MALFORMED_SEARCH'],
    ["FIND {O'Brien}", 'MALFORMED_SEARCH'],
    ['FIND {a@example.com:}', 'MALFORMED_SEARCH'],
    ['FIND {"202}', 'MALFORMED_SEARCH'],
    ['FIND {(202}', 'MALFORMED_SEARCH'],
    ['FIND {202 OR}', 'MALFORMED_SEARCH'],
    ['FIND {*0143}', 'MALFORMED_SEARCH'],
    ['FIND {x}', 'MALFORMED_SEARCH'],
    ['FIND {}', 'MALFORMED_SEARCH'],
    ['FIND 202', 'MALFORMED_SEARCH'],
    ['FIND {202} IN FAX FIELDS', 'MALFORMED_SEARCH'],
    ['FIND {202} RETURNING Lead(Id', 'MALFORMED_SEARCH'],
    ['FIND {202} RETURNING User(Id)', 'MALFORMED_SEARCH'],
    ['FIND {202} RETURNING Lead(Id) nonsense', 'MALFORMED_SEARCH'],
    ['FIND {202} RETURNING Nothing__c(Id)', 'INVALID_TYPE'],
    ['FIND {202} RETURNING Lead(Colour__c)', 'INVALID_FIELD'],
    ["FIND {202} RETURNING Lead(Id WHERE Description = 'x')", 'INVALID_FIELD'],
  ])('%s is refused', async (sosl, code) => {
    expect(await session.search(sosl)).toMatchObject({ status: 400, code });
  });

  test('fields to search in, conditions, limits, and what comes back without any', async () => {
    const names = async (sosl: string): Promise<unknown> => namesIn(await session.search(sosl));
    expect(await names('FIND {"ada\\@example.com"} IN EMAIL FIELDS RETURNING Lead(LastName)')).toEqual(['E164']);
    expect(await names('FIND {Countess} RETURNING Contact(LastName)')).toEqual(['Dotted']);
    expect(await names('FIND {Countess} IN NAME FIELDS RETURNING Contact(LastName)')).toEqual([]);
    expect(await names("FIND {0143} RETURNING Lead(LastName WHERE LastName != 'National')")).toEqual([]);
    expect(await names('FIND {"0143" OR 1202*} RETURNING Lead(LastName ORDER BY LastName DESC LIMIT 1)')).toEqual([
      'National',
    ]);
    expect(await names('FIND {0143} RETURNING Lead(LastName), Contact(LastName) LIMIT 1')).toEqual(['National']);
    expect((await session.search('FIND {Countess}')).body).toEqual({
      searchRecords: [
        {
          attributes: { type: 'Contact', url: expect.stringContaining('/sobjects/Contact/003') },
          Id: expect.any(String),
        },
      ],
    });
  });

  test('the index knows of a write later, the record is shown as it is', async () => {
    await restart({ searchLagMs: 60_000 });
    const id = addLead('Lovelace', { Phone: '202 555 0143' });
    expect(namesIn(await inPhones('"202 555 0143"'))).toEqual([]);
    expect(await leadsWhere("Phone = '202 555 0143'")).toEqual(['Lovelace']);
    salesforce.advance(60_000);
    expect(namesIn(await inPhones('"202 555 0143"'))).toEqual(['Lovelace']);

    salesforce.update('Lead', id, { LastName: 'King', Phone: '202 555 0199' });
    expect(namesIn(await inPhones('"202 555 0143"'))).toEqual(['King']);
    expect(namesIn(await inPhones('"202 555 0199"'))).toEqual([]);
    salesforce.lag(0);
    expect(namesIn(await inPhones('"202 555 0199"'))).toEqual(['King']);
    salesforce.remove('Lead', id);
    expect(namesIn(await inPhones('"202 555 0199"'))).toEqual([]);
  });

  test('2,000 results, shared between the objects; long terms lose their operators, longer ones find nothing', async () => {
    for (let index = 0; index < 1100; index += 1) addLead(`L${index}`, { Phone: '999 0000' });
    expect(namesIn(await inPhones('"999 0000"'))).toHaveLength(1000);
    const filler = (length: number): string =>
      'x'
        .repeat(40)
        .concat(' OR ')
        .repeat(Math.ceil(length / 44));
    expect(namesIn(await inPhones(`${filler(3000)}(202 AND 555)`))).toEqual(['Dotted', 'National']);
    expect(namesIn(await inPhones(`${filler(3000)}(202 AND nothing)`))).toEqual([]);
    expect(namesIn(await inPhones(`${filler(4100)}(202 AND nothing)`))).toEqual(['Dotted', 'National']);
    expect(namesIn(await inPhones(`${filler(10_100)}202`))).toEqual([]);
  });
});
