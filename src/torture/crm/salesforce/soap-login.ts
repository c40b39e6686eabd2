import type { ApiAnswer, ApiRequest } from '../simulator.ts';
import type { Account } from './account.ts';
import { isLogin } from './oauth-api.ts';

/** `login()` is not there from this version on. */
const FIRST_WITHOUT = 65;
const XML = { 'Content-Type': 'text/xml; charset=UTF-8' };

/** `POST /services/Soap/u/64.0` with a login envelope. */
export function routeSoap({
  segments,
  method,
}: Pick<ApiRequest, 'segments' | 'method'>): ((account: Account, request: ApiRequest) => ApiAnswer) | undefined {
  const isSoap = method === 'POST' && segments.slice(0, 3).join('/') === 'services/Soap/u';
  return isSoap ? login : undefined;
}

function login(account: Account, { segments, text = '' }: ApiRequest): ApiAnswer {
  const version = Number(segments[3] ?? 0);
  if (!(version < FIRST_WITHOUT)) {
    return fault('UNSUPPORTED_API_VERSION', 'SOAP API login() is not available in this API version');
  }
  if (!isLogin(account, readElement(text, 'username'), readElement(text, 'password'))) {
    return fault('INVALID_LOGIN', 'Invalid username, password, security token; or user locked out.');
  }
  const session = account.access.open();
  if (session === null) return fault('LOGIN_RATE_EXCEEDED', 'login rate exceeded');
  return { status: 200, body: envelope(loginResult(account, session, version)), headers: XML };
}

function loginResult({ org, address, access }: Account, session: string, version: number): string {
  return [
    '<loginResponse><result>',
    `<passwordExpired>false</passwordExpired><sandbox>${org.options.isSandbox}</sandbox>`,
    `<serverUrl>${address()}/services/Soap/u/${version}.0/${org.id}</serverUrl>`,
    `<sessionId>${session}</sessionId><userId>${org.userId}</userId>`,
    `<userInfo><organizationId>${org.id}</organizationId><userName>${access.username}</userName></userInfo>`,
    '</result></loginResponse>',
  ].join('');
}

function fault(code: string, message: string): ApiAnswer {
  const text = `<soapenv:Fault><faultcode>sf:${code}</faultcode><faultstring>${code}: ${message}</faultstring></soapenv:Fault>`;
  return { status: 500, body: envelope(text), headers: XML };
}

function envelope(body: string): string {
  const spaces = 'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com"';
  return `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope ${spaces}><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
}

function readElement(xml: string, name: string): string {
  const text = new RegExp(`<(?:\\w+:)?${name}>([^<]*)</`).exec(xml)?.[1] ?? '';
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&');
}
