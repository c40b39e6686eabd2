import { expect, test } from '@jest/globals';

import { CALL_STATUSES } from '../../../src/domain/call.ts';
import { knownNames } from '../../../src/templates/known-names.ts';
import { knownValues } from '../../../src/templates/known-values.ts';
import { compileTemplate } from '../../../src/templates/template.ts';

function known(source: string): unknown {
  const site = { known: knownNames(), issues: [], path: [] };
  return knownValues(compileTemplate(source, site));
}

test.each([
  ['OPEN_DEAL', ['OPEN_DEAL']],
  ['{{ 5 }}', [5]],
  ['{{ call.direction | map: inbound: "IN", outbound: "OUT", else: "" }}', ['IN', 'OUT', '']],
  ['{% if call.status == "completed" %}CONNECTED{% else %}TRIED{% endif %}', ['TRIED', 'CONNECTED']],
  ['{% if call.status == "busy" and call.direction == "inbound" %}a{% endif %}', ['', 'a']],
  ['{{ call.status }}', CALL_STATUSES],
])('%s', (source, values) => {
  expect(known(source)).toEqual(values);
});

test.each(['{{ call.summary }}', '{{ call.status }} {{ agent.name }}', '{{ outcomes.status | default: call.status }}'])(
  '%s depends on the call',
  (source) => {
    expect(known(source)).toBeNull();
  },
);
