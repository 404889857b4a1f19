/**
 * The runs on disk: `<folder>/<id>/{run.json,script.py,attempts/<n>/}`. A run is made under another name and renamed
 * when it is whole, so that a submission that was cut leaves nothing; the next start removes the pieces.
 */
import { mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RunId } from '../../contract/index.js';
import {
  asStorageError,
  errnoOf,
  makePrivateFolder,
  readJsonFile,
  removeLeftovers,
  syncFolder,
  writeFileAtomic
} from '../../store/index.js';
import type { DamagedRun } from './damaged-run.js';
import { RunRecord } from './run-record.js';

const RECORD = 'run.json';
const SCRIPT = 'script.py';
const NEW = '.new-';
const GONE = '.gone-';

export class RunStore {
  constructor(private readonly folder: string) {}

  /** Removes what cut submissions and deletions left, and reads all runs. */
  async load(): Promise<{ records: RunRecord[]; damaged: DamagedRun[] }> {
    await makePrivateFolder(this.folder);
    const names = (await readdir(this.folder, { withFileTypes: true })).filter(entry => entry.isDirectory());
    const records: RunRecord[] = [];
    const damaged: DamagedRun[] = [];
    for (const { name } of names) {
      if (name.startsWith(NEW) || name.startsWith(GONE)) {
        await rm(join(this.folder, name), { recursive: true, force: true }).catch(() => undefined); // the next start
        continue;
      }
      if (!RunId.safeParse(name).success) continue; // not ours, such as `lost+found`
      const found = await this.read(name);
      if (found instanceof Error) damaged.push(await this.damaged(name, found));
      else records.push(found);
    }
    return { records, damaged };
  }

  /** Makes the run appear as a whole, or not at all. */
  async create(record: RunRecord, script: string): Promise<void> {
    const unfinished = join(this.folder, NEW + record.id);
    try {
      await makePrivateFolder(unfinished);
      await writeFileAtomic(join(unfinished, SCRIPT), script);
      await writeFileAtomic(join(unfinished, RECORD), textOf(record));
      await rename(unfinished, join(this.folder, record.id)); // fails when the name is taken: a folder that is not empty
      await syncFolder(this.folder).catch(() => undefined); // it is there, whether or not the disk promises to keep it
    } catch (error: unknown) {
      await rm(unfinished, { recursive: true, force: true });
      throw asStorageError(error, this.folder);
    }
  }

  /** @throws PlatformError `storage-full`, with the former record still there. */
  async save(record: RunRecord): Promise<void> {
    await writeFileAtomic(join(this.folder, record.id, RECORD), textOf(record));
  }

  async script(id: string): Promise<string> {
    return readFile(join(this.folder, id, SCRIPT), 'utf8');
  }

  /** The run is gone at once; its files wait under another name, also for the next start. */
  async putAway(id: string): Promise<void> {
    await rename(join(this.folder, id), join(this.folder, GONE + id)).catch((error: unknown) => {
      if (errnoOf(error) !== 'ENOENT') throw error; // somebody has removed the folder by hand
    });
    await syncFolder(this.folder);
  }

  /** Removes the files of a run that was put away. */
  async removeAway(id: string): Promise<void> {
    await rm(join(this.folder, GONE + id), { recursive: true, force: true });
  }

  /** The attempts that have a folder, whatever the record says. */
  async attemptNumbers(id: string): Promise<number[]> {
    const names = await readdir(join(this.folder, id, 'attempts')).catch((error: unknown) => {
      if (errnoOf(error) === 'ENOENT') return [];
      throw error;
    });
    return names.filter(name => /^\d+$/.test(name)).map(Number);
  }

  attemptFolder(id: string, number: number): string {
    return join(this.folder, id, 'attempts', String(number));
  }

  async makeAttemptFolder(id: string, number: number): Promise<string> {
    const folder = this.attemptFolder(id, number);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  private async read(name: string): Promise<RunRecord | Error> {
    const path = join(this.folder, name, RECORD);
    try {
      await removeLeftovers(join(this.folder, name));
      const record = await readJsonFile(path, RunRecord);
      if (record === undefined) throw new Error(`the file ${path} is missing`);
      if (record.id !== name) throw new Error(`the file ${path} is that of ${record.id}`);
      return record;
    } catch (error: unknown) {
      return error instanceof Error ? error : new Error(String(error));
    }
  }

  private async damaged(id: string, { message: problem }: Error): Promise<DamagedRun> {
    const folder = join(this.folder, id);
    const seen = await stat(folder).catch(() => undefined);
    return { id, folder, problem, atMs: Math.max(0, Math.floor(seen?.mtimeMs ?? 0)) };
  }
}

function textOf(record: RunRecord): string {
  return `${JSON.stringify(record)}\n`;
}
