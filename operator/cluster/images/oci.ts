/**
 * OCI images without a builder or a registry: a config, a manifest and an index over layers that are plain tar files, put together in
 * one archive that `ctr images import` takes. The same layers and the same config give the same bytes, and so the same digest.
 */
import { createHash } from 'node:crypto';
import { link, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type Layer, tarPlain, withStage } from './layer.ts';

const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const LAYER_TYPE = 'application/vnd.oci.image.layer.v1.tar';
const INDEX_TYPE = 'application/vnd.oci.image.index.v1+json';
const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Node's names of the processors in OCI's words. */
const ARCHITECTURES: Readonly<Record<string, string>> = { x64: 'amd64', arm64: 'arm64' };

export interface ImageConfig {
  /** `user` or `user:group`; default `0`. */
  readonly user?: string;
  /** Variables beside PATH. */
  readonly env?: Readonly<Record<string, string>>;
  readonly entrypoint?: readonly string[];
  readonly command?: readonly string[];
  /** Default `/`. */
  readonly workingDir?: string;
}

export interface Blob {
  readonly digest: string;
  readonly json: string;
}

/** The image's documents, from the config up: each one names the one before it by digest. */
export interface ImageDocuments {
  readonly config: Blob;
  readonly manifest: Blob;
}

export function imageDocuments(config: ImageConfig, layers: readonly Layer[], architecture: string): ImageDocuments {
  const configBlob = blob(configDocument(config, layers, architecture));
  return { config: configBlob, manifest: blob(manifestDocument(configBlob, layers)) };
}

function configDocument(config: ImageConfig, layers: readonly Layer[], architecture: string): unknown {
  const variables = { PATH: SYSTEM_PATH, ...config.env };
  return {
    created: '1970-01-01T00:00:00Z',
    architecture,
    os: 'linux',
    config: {
      User: config.user ?? '0',
      Env: Object.entries(variables)
        .map(([name, value]) => `${name}=${value}`)
        .sort(),
      ...(config.entrypoint === undefined ? {} : { Entrypoint: config.entrypoint }),
      ...(config.command === undefined ? {} : { Cmd: config.command }),
      WorkingDir: config.workingDir ?? '/'
    },
    rootfs: { type: 'layers', diff_ids: layers.map(layer => layer.digest) }
  };
}

function manifestDocument(config: Blob, layers: readonly Layer[]): unknown {
  return {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, digest: config.digest, size: Buffer.byteLength(config.json) },
    layers: layers.map(({ digest, sizeBytes }) => ({ mediaType: LAYER_TYPE, digest, size: sizeBytes }))
  };
}

/** The archive's table of contents. `name` is the image's full name: containerd takes it from the annotation and from nowhere else. */
export function indexDocument(manifest: Blob, name: string, architecture: string): string {
  return JSON.stringify({
    schemaVersion: 2,
    mediaType: INDEX_TYPE,
    manifests: [
      {
        mediaType: MANIFEST_TYPE,
        digest: manifest.digest,
        size: Buffer.byteLength(manifest.json),
        platform: { architecture, os: 'linux' },
        annotations: {
          'io.containerd.image.name': name,
          'org.opencontainers.image.ref.name': name.slice(name.lastIndexOf(':') + 1)
        }
      }
    ]
  });
}

/** An image is named after what is in it, so that a pod can never get another one under the same name. */
export function imageName(repository: string, manifestDigest: string): string {
  return `${repository}:${hexOf(manifestDigest).slice(0, 12)}`;
}

/** @throws Error for a processor that we make no images for. */
export function ociArchitecture(nodeArchitecture: string): string {
  const found = ARCHITECTURES[nodeArchitecture];
  if (found === undefined) throw new Error(`no images are made for the processor '${nodeArchitecture}'`);
  return found;
}

export interface WrittenImage {
  readonly name: string;
  /** Of the manifest. */
  readonly digest: string;
}

/**
 * Writes the image as an OCI archive to `archive`; a layer that is a tree is described in it and not contained.
 * @throws Error if tar fails, or a layer lies on another file system than the archive (it is linked into place before it is packed).
 */
export async function writeArchive(
  archive: string,
  repository: string,
  config: ImageConfig,
  layers: readonly Layer[]
): Promise<WrittenImage> {
  const architecture = ociArchitecture(process.arch);
  const documents = imageDocuments(config, layers, architecture);
  const name = imageName(repository, documents.manifest.digest);
  await withStage(archive, async stage => {
    const blobs = path.join(stage, 'blobs', 'sha256');
    await mkdir(blobs, { recursive: true });
    for (const { digest, json } of [documents.config, documents.manifest])
      await writeFile(path.join(blobs, hexOf(digest)), json);
    for (const layer of layers) {
      if (layer.form === 'tar') await linkOnce(layer.path, path.join(blobs, hexOf(layer.digest)));
    }
    await writeFile(path.join(stage, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    await writeFile(path.join(stage, 'index.json'), indexDocument(documents.manifest, name, architecture));
    await tarPlain(archive, stage, ['oci-layout', 'index.json', 'blobs']);
  });
  return { name, digest: documents.manifest.digest };
}

/** Two layers of one image may be the same one. */
async function linkOnce(from: string, to: string): Promise<void> {
  await link(from, to).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  });
}

function blob(document: unknown): Blob {
  const json = JSON.stringify(document);
  return { json, digest: `sha256:${createHash('sha256').update(json).digest('hex')}` };
}

function hexOf(digest: string): string {
  return digest.slice(digest.indexOf(':') + 1);
}
