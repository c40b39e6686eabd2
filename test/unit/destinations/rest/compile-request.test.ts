import { describe, expect, test } from '@jest/globals';
import * as fc from 'fast-check';

import type { JsonObject } from '../../../../src/domain/json.ts';
import { compileRequest, type CompiledRequest } from '../../../../src/destinations/rest/compile-request.ts';
import { createCompiler } from '../../../../src/destinations/rest/compiler.ts';
import type { RequestConfig } from '../../../../src/destinations/rest/schema.ts';
import type { ConfigIssue } from '../../../../src/shared/config-issue.ts';
import type { HttpRequest } from '../../../../src/shared/http-client.ts';

const BASE = 'https://crm.example.com/api';

function compile(changes: Partial<RequestConfig>, headers: Record<string, string> = {}): CompiledRequest {
  const issues: ConfigIssue[] = [];
  const config: RequestConfig = { method: 'POST', path: '/x', query: {}, headers: {}, encoding: 'json', ...changes };
  const base = { url: BASE, headers, timeoutMs: 1000 };
  const request = compileRequest({
    config,
    path: ['r'],
    compiler: createCompiler(issues),
    base,
    defaultBody: 'fields',
  });
  expect(issues).toEqual([]);
  return request;
}

function render(request: CompiledRequest, scope: JsonObject): HttpRequest {
  const rendered = request.render(scope);
  if (rendered.kind !== 'request') throw new Error(rendered.reason);
  return rendered.request;
}

describe('path', () => {
  test('values are encoded whole, literal parts stay', () => {
    const request = compile({ path: '/people/{{ id }}/notes/{{ contact_id | upcase }}.json' });
    expect(render(request, { id: 'a/b?c#d e', contact_id: 'é' }).url).toBe(
      `${BASE}/people/a%2Fb%3Fc%23d%20e/notes/%C3%89.json`,
    );
  });

  test('a slash inside an expression splits nothing', () => {
    const request = compile({ path: '/on/{{ call.started_at | date: "%d/%m" }}/x' });
    expect(render(request, { call: { started_at: '2026-11-20T11:55:00Z' } }).url).toBe(`${BASE}/on/20%2F11/x`);
  });

  test.each(['.', '..', '', ' ', null])('%j as a segment is not sent', (id) => {
    expect(compile({ path: '/people/{{ id }}' }).render({ id })).toMatchObject({
      kind: 'unsendable',
      reason: expect.stringContaining('{{ id }}'),
    });
  });

  test('no value leads out of the place it stands in', () => {
    const request = compile({ path: '/people/{{ id }}/notes', query: { q: '{{ key }}' } });
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('..', '../..', '%2e%2e', '..%2f', '\\..\\', '//evil.example', 'a\r\nb', '@evil'),
    );
    fc.assert(
      fc.property(text, text, (id, key) => {
        const rendered = request.render({ id, key });
        if (rendered.kind === 'unsendable') return;
        const url = new URL(rendered.request.url);
        expect(url.origin).toBe('https://crm.example.com');
        expect(url.pathname.split('/')).toHaveLength(5);
        expect(url.pathname).toMatch(/^\/api\/people\/.*\/notes$/);
        expect(url.hash).toBe('');
        expect([...url.searchParams.keys()].every((name) => name === 'q')).toBe(true);
        expect(decodeURIComponent(url.pathname.split('/')[3] ?? '')).toBe(id.toWellFormed());
      }),
    );
  });
});

describe('headers', () => {
  test('the request’s own replace those of the destination, whatever their case', () => {
    const request = compile(
      { headers: { 'content-type': 'application/vnd.api+json', 'X-Key': '{{ key }}' } },
      { 'x-key': 'old', Version: '1' },
    );
    expect(render(request, { key: 'k' }).headers).toEqual({
      Version: '1',
      'content-type': 'application/vnd.api+json',
      'X-Key': 'k',
    });
  });

  test.each(['a\r\nX-Admin: 1', 'a\nb', 'a\u0000b', '漢字'])('the value %j is not sent, and not told', (key) => {
    const rendered = compile({ headers: { 'X-Key': '{{ key }}' } }).render({ key });
    expect(rendered).toEqual({ kind: 'unsendable', reason: expect.stringContaining('header X-Key') });
    expect(JSON.stringify(rendered)).not.toContain('Admin');
  });
});

describe('query and body', () => {
  test('empty parameters are left out and noticed', () => {
    const request = compile({ query: { phone: '{{ contact.phone }}', limit: 5, exact: true } });
    expect(request.render({ contact: {} })).toMatchObject({
      hasEmptyParameter: true,
      request: { url: `${BASE}/x?limit=5&exact=true` },
    });
    expect(render(request, { contact: { phone: '+1 5' } }).url).toBe(`${BASE}/x?phone=%2B1%205&limit=5&exact=true`);
  });

  test('without a body the projected fields go as they are', () => {
    const request = render(compile({}), { fields: { a: 1, b: 'x' } });
    expect(request).toMatchObject({ body: '{"a":1,"b":"x"}', headers: { 'Content-Type': 'application/json' } });
  });

  test('a body is a tree; what is not known is left out, not blanked', () => {
    const body = {
      '...': '{{ fields }}',
      who: { phone: '{{ contact.phone }}', email: '{{ contact.email }}' },
      flag: true,
    };
    expect(render(compile({ body }), { fields: { a: 1 }, contact: { phone: '+1' } }).body).toBe(
      '{"a":1,"who":{"phone":"+1"},"flag":true}',
    );
  });

  test('a form carries flat values', () => {
    const request = render(compile({ encoding: 'form', body: { a: '{{ key }}', b: { c: 1 } } }), { key: 'x&y=z é' });
    expect(request.headers['Content-Type']).toBe('application/x-www-form-urlencoded');
    expect(Object.fromEntries(new URLSearchParams(String(request.body)))).toEqual({ a: 'x&y=z é', b: '{"c":1}' });
  });

  test('a GET carries none', () => {
    expect(render(compile({ method: 'GET' }), { fields: { a: 1 } }).body).toBeNull();
  });
});
