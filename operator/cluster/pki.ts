/** The certificates of a cluster, by openssl: two authorities, one for people and components, one for the aggregation layer. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { quietly } from './quietly.ts';
import { type ClusterSpec, NODE } from './spec.ts';

interface Certificate {
  readonly name: string;
  readonly authority: 'ca' | 'front-ca';
  readonly subject: string;
  readonly altNames?: readonly string[];
}

/** People and components that have a kubeconfig, and who they are to the API server. */
const USERS: Readonly<Record<string, string>> = {
  admin: '/O=system:masters/CN=admin',
  'controller-manager': '/CN=system:kube-controller-manager',
  scheduler: '/CN=system:kube-scheduler',
  kubelet: `/O=system:nodes/CN=system:node:${NODE}`,
  proxy: '/CN=system:kube-proxy'
};

function certificates({ addresses: { node, apiService } }: ClusterSpec): Certificate[] {
  const names = ['kubernetes', 'kubernetes.default', 'kubernetes.default.svc', 'kubernetes.default.svc.cluster.local'];
  const apiServer = [...names, 'localhost'].map(name => `DNS:${name}`);
  const altNames: Readonly<Record<string, string[]>> = { kubelet: [`DNS:${NODE}`, `IP:${node}`] };
  return [
    {
      name: 'apiserver',
      authority: 'ca',
      subject: '/CN=kube-apiserver',
      altNames: [...apiServer, `IP:${apiService}`, `IP:${node}`, 'IP:127.0.0.1']
    },
    { name: 'front-proxy', authority: 'front-ca', subject: '/CN=front-proxy' },
    ...Object.entries(USERS).map(([name, subject]) => ({
      name,
      authority: 'ca' as const,
      subject,
      ...(altNames[name] === undefined ? {} : { altNames: altNames[name] })
    }))
  ];
}

const openssl = (cwd: string, ...args: string[]) => quietly('openssl', args, { cwd });
const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

/** Writes `<folder>/pki` once, whole or not at all. */
export async function makePki(spec: ClusterSpec, folder: string): Promise<void> {
  const pki = path.join(folder, 'pki');
  if (existsSync(pki)) return;
  const part = `${pki}.part`;
  await rm(part, { recursive: true, force: true });
  await mkdir(part, { mode: 0o700 });
  for (const authority of ['ca', 'front-ca']) {
    const subject = ['-subj', `/CN=berth-test-${authority}`, '-days', '3650'];
    await openssl(
      part,
      'req',
      '-x509',
      ...NEW_KEY,
      ...subject,
      '-keyout',
      `${authority}.key`,
      '-out',
      `${authority}.crt`
    );
  }
  for (const certificate of certificates(spec)) await sign(part, certificate);
  await openssl(part, 'ecparam', '-name', 'prime256v1', '-genkey', '-noout', '-out', 'service-accounts.key');
  await openssl(part, 'ec', '-in', 'service-accounts.key', '-pubout', '-out', 'service-accounts.pub');
  await rename(part, pki);
}

async function sign(pki: string, { name, authority, subject, altNames }: Certificate): Promise<void> {
  const extensions = ['keyUsage=digitalSignature,keyEncipherment', 'extendedKeyUsage=serverAuth,clientAuth'];
  if (altNames !== undefined) extensions.push(`subjectAltName=${altNames.join(',')}`);
  await writeFile(path.join(pki, `${name}.ext`), extensions.join('\n'));
  await openssl(pki, 'req', '-new', ...NEW_KEY, '-subj', subject, '-keyout', `${name}.key`, '-out', `${name}.csr`);
  const authorities = ['-CA', `${authority}.crt`, '-CAkey', `${authority}.key`, '-CAcreateserial', '-days', '3650'];
  await openssl(
    pki,
    'x509',
    '-req',
    '-in',
    `${name}.csr`,
    ...authorities,
    '-extfile',
    `${name}.ext`,
    '-out',
    `${name}.crt`
  );
}

/** Writes `<folder>/<user>.kubeconfig` for every user; certificates are inside, so that a copy works anywhere on this machine. */
export async function writeKubeconfigs({ name, addresses }: ClusterSpec, folder: string): Promise<void> {
  const read = async (file: string) => (await readFile(path.join(folder, 'pki', file))).toString('base64');
  const server = `https://${addresses.node}:${addresses.apiPort}`;
  for (const user of Object.keys(USERS)) {
    const config = {
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      contexts: [{ name, context: { cluster: name, user } }],
      clusters: [{ name, cluster: { server, 'certificate-authority-data': await read('ca.crt') } }],
      users: [
        {
          name: user,
          user: { 'client-certificate-data': await read(`${user}.crt`), 'client-key-data': await read(`${user}.key`) }
        }
      ]
    };
    await writeFile(path.join(folder, `${user}.kubeconfig`), JSON.stringify(config, null, 2), { mode: 0o600 });
  }
}
