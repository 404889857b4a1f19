/**
 * Where ONNX Runtime ran each node of a device's scan: `node proof-cuda-profile.ts RUNTIME PROVIDER FOLDER`, RUNTIME being the bundle beside whose
 * ONNX Runtime the provider lies. Prints `{"provider operator": count}`.
 */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type * as Ort from 'onnxruntime-node';
import { deviceScan } from '../lib/graphs/index.js';
import { encodeModel } from '../lib/onnx/index.js';
import { readProfile } from './session-profile.ts';

const [ROWS, D, QUERIES] = [100_000, 64, 32];
const [, , runtime = '', provider = '', folder = ''] = process.argv;
const ort = createRequire(runtime)('onnxruntime-node') as typeof Ort;

writeFileSync(path.join(folder, 'items.f32'), new Uint8Array(ROWS * D * 4));
const graph = deviceScan({ file: 'items.f32', firstRow: 0, rows: ROWS, dimensions: D });
const session = await ort.InferenceSession.create(encodeModel(graph), {
  executionProviders: [provider],
  enableProfiling: true,
  profileFilePrefix: path.join(folder, 'profile'),
  logSeverityLevel: 3,
  extra: { session: { model_external_initializers_file_folder_path: folder } }
});
const queries = new ort.Tensor('float32', new Float32Array(QUERIES * D), [QUERIES, D]);
await session.run({ queries, added: new ort.Tensor('float32', new Float32Array(1), [1]) });
session.endProfiling();
await session.release();

console.log(JSON.stringify(readProfile(folder)));
