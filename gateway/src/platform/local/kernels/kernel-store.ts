/** The kernels on disk: `<folder>/<id>.json`. What cannot be read is set aside: nobody knows what it held. */
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { KernelId } from '../../../contract/index.js';
import { errnoOf, makePrivateFolder, readJsonFile, removeLeftovers, writeFileAtomic } from '../../../store/index.js';
import type { PlatformLog } from '../ports.js';
import { KernelRecord } from './kernel-record.js';

const ENDING = '.json';
const DAMAGED = '.damaged';

export class KernelStore {
  constructor(
    private readonly folder: string,
    private readonly log: PlatformLog
  ) {}

  /** All that can be read, oldest claim first. */
  async load(): Promise<KernelRecord[]> {
    await makePrivateFolder(this.folder);
    await removeLeftovers(this.folder);
    const names = (await readdir(this.folder)).filter(name => name.endsWith(ENDING));
    const ids = names.map(name => name.slice(0, -ENDING.length)).filter(id => KernelId.safeParse(id).success);
    const records = await Promise.all(ids.map(id => this.read(id)));
    return records.flatMap(record => record ?? []).sort((a, b) => a.claimedAtMs - b.claimedAtMs);
  }

  /** @throws PlatformError `storage-full`, with the former record still there. */
  async save(record: KernelRecord): Promise<void> {
    await writeFileAtomic(this.pathOf(record.id), `${JSON.stringify(record)}\n`);
  }

  async remove(id: string): Promise<void> {
    await rm(this.pathOf(id), { force: true });
  }

  private async read(id: string): Promise<KernelRecord | undefined> {
    const path = this.pathOf(id);
    try {
      const record = await readJsonFile(path, KernelRecord);
      if (record === undefined || record.id === id) return record;
      throw new Error(`the file ${path} is that of ${record.id}`);
    } catch (error: unknown) {
      this.log.error('the record of a kernel cannot be read and is set aside; what it held is free', { id, error });
      await rename(path, path + DAMAGED).catch((problem: unknown) => {
        if (errnoOf(problem) !== 'ENOENT') this.log.warn('it could not be set aside', { id, error: problem });
      });
      return undefined;
    }
  }

  private pathOf(id: string): string {
    return join(this.folder, id + ENDING);
  }
}
