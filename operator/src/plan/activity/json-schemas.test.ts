import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { jsonSchemas } from './json-schemas.js';

test.each(Object.entries(jsonSchemas()))('%s is what the code says: if not, run `npm run generate`', (name, schema) => {
  const written: unknown = JSON.parse(readFileSync(join(import.meta.dirname, name), 'utf8'));
  expect(written).toEqual(JSON.parse(JSON.stringify(schema)));
});

test('a trace names either a kernel or the workspace, for those who read only the schema too', () => {
  expect(jsonSchemas()['trace.schema.json']).toMatchObject({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $defs: { Expectation: { oneOf: [{ required: ['kernel'] }, { required: ['workspace'] }] } }
  });
});
