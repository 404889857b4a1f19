import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Layer } from './layer.ts';
import { imageDocuments, imageName, indexDocument, ociArchitecture, writeArchive } from './oci.ts';

const sha256 = (text: string): string => `sha256:${createHash('sha256').update(text).digest('hex')}`;
const layer = (text: string): Layer => ({
  digest: sha256(text),
  sizeBytes: text.length,
  path: '/nowhere',
  form: 'tar'
});

describe('imageDocuments', () => {
  const config = { user: '65532', entrypoint: ['/manager'], env: { B: '2', A: '1' } };
  const documents = imageDocuments(config, [layer('one'), layer('two')], 'amd64');

  it('describes who runs what, and the layers from the lowest', () => {
    expect(JSON.parse(documents.config.json)).toEqual({
      created: '1970-01-01T00:00:00Z',
      architecture: 'amd64',
      os: 'linux',
      config: {
        User: '65532',
        Env: ['A=1', 'B=2', expect.stringMatching(/^PATH=\/usr\/local\/sbin:/)],
        Entrypoint: ['/manager'],
        WorkingDir: '/'
      },
      rootfs: { type: 'layers', diff_ids: [sha256('one'), sha256('two')] }
    });
  });

  it('names the config and the layers by digest and size in the manifest', () => {
    const manifest = JSON.parse(documents.manifest.json);
    expect(manifest.config).toMatchObject({
      digest: sha256(documents.config.json),
      size: documents.config.json.length
    });
    expect(manifest.layers).toMatchObject([
      { digest: sha256('one'), size: 3 },
      { digest: sha256('two'), size: 3 }
    ]);
    expect(documents.manifest.digest).toBe(sha256(documents.manifest.json));
  });

  it('has the same digest whatever the order of the variables, and another one for another user', () => {
    const again = imageDocuments({ ...config, env: { A: '1', B: '2' } }, [layer('one'), layer('two')], 'amd64');
    const other = imageDocuments({ ...config, user: '0' }, [layer('one'), layer('two')], 'amd64');
    expect(again.manifest.digest).toBe(documents.manifest.digest);
    expect(other.manifest.digest).not.toBe(documents.manifest.digest);
  });

  it('leaves out what is not set', () => {
    const { config: plain } = imageDocuments({}, [], 'arm64');
    expect(Object.keys(JSON.parse(plain.json).config)).toEqual(['User', 'Env', 'WorkingDir']);
  });
});

it('an image is named after its content, in the annotation that containerd reads', () => {
  const { manifest } = imageDocuments({}, [], 'amd64');
  const name = imageName('localhost/berth/pause', manifest.digest);
  expect(name).toBe(`localhost/berth/pause:${manifest.digest.slice(7, 19)}`);
  const [entry] = JSON.parse(indexDocument(manifest, name, 'amd64')).manifests;
  expect(entry.annotations['io.containerd.image.name']).toBe(name);
  expect(entry).toMatchObject({ digest: manifest.digest, size: manifest.json.length });
});

it('processors have other names in images, and an unknown one is refused', () => {
  expect([ociArchitecture('x64'), ociArchitecture('arm64')]).toEqual(['amd64', 'arm64']);
  expect(() => ociArchitecture('mips')).toThrow("no images are made for the processor 'mips'");
});

it('the same image has the same bytes wherever and whenever it is written', async () => {
  const folders = await Promise.all([1, 2].map(() => mkdtemp(path.join(tmpdir(), 'berth-oci-'))));
  try {
    const written = await Promise.all(
      folders.map(async folder => {
        const file = path.join(folder, 'layer.tar');
        await writeFile(file, 'a layer');
        const archive = path.join(folder, 'image.tar');
        await writeArchive(archive, 'localhost/berth/x', {}, [{ ...layer('a layer'), path: file }]);
        return sha256((await readFile(archive)).toString('latin1'));
      })
    );
    expect(written[0]).toBe(written[1]);
  } finally {
    await Promise.all(folders.map(folder => rm(folder, { recursive: true })));
  }
});
