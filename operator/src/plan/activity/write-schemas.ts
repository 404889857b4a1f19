/** `node lib/plan/activity/write-schemas.js FOLDER`: writes the published JSON schemas into FOLDER. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { jsonSchemas } from './json-schemas.js';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: write-schemas FOLDER');

for (const [name, schema] of Object.entries(jsonSchemas())) {
  const file = path.join(folder, name);
  const style = (await resolveConfig(file)) ?? {};
  await writeFile(file, await format(JSON.stringify(schema), { ...style, parser: 'json' }));
}
