import { writeFileSync } from 'node:fs';

import { createJsonSchema } from '../src/config/json-schema.ts';

/** Writes the JSON Schema editors use to complete and check `hookline.yaml`. */
writeFileSync('config/hookline.schema.json', `${JSON.stringify(createJsonSchema(), null, 2)}\n`);
