/** `node lib/contract/write-openapi.js PATH`: writes the OpenAPI document there, as Prettier would have it. */
import { writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';
import { openApiDocument } from './openapi.js';

const [path] = process.argv.slice(2);
if (path === undefined) throw new Error('usage: write-openapi PATH');
const style = (await resolveConfig(path)) ?? {};
await writeFile(path, await format(JSON.stringify(openApiDocument(), undefined, 2), { ...style, parser: 'json' }));
