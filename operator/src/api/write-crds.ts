/** `node lib/api/write-crds.js FOLDER PAGE`: writes a CustomResourceDefinition each into FOLDER, and their reference as PAGE. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { stringify } from 'yaml';
import { customResourceDefinition } from './custom-resource.js';
import { CUSTOM_RESOURCES } from './custom-resources.js';
import { referencePage } from './reference-page.js';

const [folder, page] = process.argv.slice(2);
if (folder === undefined || page === undefined) throw new Error('usage: write-crds FOLDER PAGE');

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
for (const custom of CUSTOM_RESOURCES) {
  const file = path.join(folder, `${custom.resource.plural}.yaml`);
  const yaml = stringify(customResourceDefinition(custom), { aliasDuplicateObjects: false, lineWidth: 0 });
  const style = (await resolveConfig(file)) ?? {};
  await writeFile(
    file,
    await format(`# Made by npm run generate from operator/src/api.\n${yaml}`, { ...style, parser: 'yaml' })
  );
}
await writeFile(page, referencePage(CUSTOM_RESOURCES));
