/** Whether the API server of a cluster answers. */
import { readFile } from 'node:fs/promises';
import { request } from 'node:https';
import path from 'node:path';
import type { ClusterSpec } from './spec.ts';

/** Asks `/readyz` as the administrator. */
export function isReady({ addresses: { node, apiPort } }: ClusterSpec, folder: string): Promise<boolean> {
  const pem = (file: string) => readFile(path.join(folder, 'pki', file));
  return Promise.all([pem('ca.crt'), pem('admin.crt'), pem('admin.key')]).then(
    ([ca, cert, key]) =>
      new Promise(resolve => {
        const call = request({
          host: node,
          port: apiPort,
          path: '/readyz',
          ca,
          cert,
          key,
          timeout: 2_000,
          agent: false
        });
        call.once('response', answer => {
          answer.resume();
          resolve(answer.statusCode === 200);
        });
        call.once('timeout', () => call.destroy());
        call.once('error', () => resolve(false));
        call.end();
      }),
    () => false
  );
}
