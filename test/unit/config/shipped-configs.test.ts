import { globSync, readFileSync } from 'node:fs';

import { expect, test } from '@jest/globals';
import { parse } from 'yaml';

import { createJsonSchema, type JsonSchema } from '../../../src/config/json-schema.ts';
import type { JsonObject, JsonValue } from '../../../src/domain/json.ts';
import { completed, problemsWithAllSet, yamlFences } from '../../support/config-files.ts';
import { choicesOf, keysOfConfig, keysOfSchema } from '../../support/schema-coverage.ts';

const EXAMPLE = 'config/hookline.example.yaml';

/** Every config that is not a fixture: what operators copy has to work. */
test.each([EXAMPLE, ...globSync('config/examples/*.yaml')])('%s is right', (file) => {
  expect(problemsWithAllSet(readFileSync(file, 'utf8'))).toEqual([]);
});

test('the CRMs the README names have their example', () => {
  expect(globSync('config/examples/*.yaml').toSorted()).toEqual(
    ['espocrm', 'gohighlevel', 'hubspot', 'pipedrive', 'salesforce', 'twenty'].map(
      (name) => `config/examples/${name}.yaml`,
    ),
  );
});

const FENCES = ['README.md', ...globSync('docs/*.md')].flatMap(yamlFences);

test.each(FENCES)('the YAML at $place is right', ({ text }) => {
  expect(problemsWithAllSet(completed(text))).toEqual([]);
});

test('README and docs do show YAML', () => {
  const files = new Set(FENCES.map(({ place }) => place.split(':')[0]));
  expect([...files]).toEqual(
    expect.arrayContaining([
      'README.md',
      ...['custom-sources', 'destinations', 'hubspot', 'salesforce', 'sources', 'templates'].map(
        (name) => `docs/${name}.md`,
      ),
    ]),
  );
});

/** Without what proves the sender, which is a fixture's own. */
function description(source: JsonValue | undefined): JsonObject {
  const { secrets: _secrets, token: _token, ...rest } = source as JsonObject;
  return rest;
}

test.each(['atoms', 'callscaler'])('the docs describe %s as the tests of custom sources do', (platform) => {
  const fences = yamlFences('docs/custom-sources.md').map(({ text }) => parse(text) as JsonObject);
  const sources = Object.assign({}, ...fences.map((fence) => fence['sources'])) as JsonObject;
  const tested = parse(readFileSync(`test/fixtures/custom/${platform}.yaml`, 'utf8')) as JsonValue;
  expect(description(sources[`${platform}-described`])).toEqual(description(tested));
});

const SCHEMA = JSON.parse(readFileSync('config/hookline.schema.json', 'utf8')) as JsonSchema;

test('the schema that editors read is the one that is checked', () => {
  expect(SCHEMA).toEqual(JSON.parse(JSON.stringify(createJsonSchema())));
});

test('every key of the schema stands in the example', () => {
  const example = parse(readFileSync(EXAMPLE, 'utf8')) as JsonValue;
  const shown = keysOfConfig(SCHEMA, example);
  expect([...keysOfSchema(SCHEMA)].filter((key) => !shown.has(key))).toEqual([]);
});

test('every platform, type and way of authentication stands in the example', () => {
  const words = new Set(readFileSync(EXAMPLE, 'utf8').match(/\w+/g));
  const choices = choicesOf(SCHEMA);
  expect(choices).toEqual(expect.arrayContaining(['callab', 'rest', 'oauth2_jwt_bearer']));
  // `bare` is the default signature format, of which nothing has to be written.
  expect(choices.filter((word) => word !== 'bare' && !words.has(word))).toEqual([]);
});
