/**
 * The runs on disk: `<folder>/<id>/{run.json,script.py,attempts/<n>/}`. A run is made under another name and renamed
 * when it is whole, so that a submission that was cut leaves nothing; the next start removes the pieces.
 */
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  asStorageError,
  errnoOf,
  makePrivateFolder,
  readJsonFile,
  removeLeftovers,
  writeFileAtomic
} from '../../store/index.js';
import { RunRecord } from './run-record.js';

const RECORD = 'run.json';
const SCRIPT = 'script.py';
const NEW = '.new-';
const GONE = '.gone-';

/** A run whose record could not be read; the file was put aside. */
export interface DamagedRun {
  readonly id: string;
  readonly problem: string;
}

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
        await rm(join(this.folder, name), { recursive: true, force: true });
        continue;
      }
      const found = await this.read(name);
      if (found instanceof Error) damaged.push({ id: name, problem: found.message });
      else if (found !== undefined) records.push(found);
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

  /** Gone at once, also when it is cut in the middle. */
  async remove(id: string): Promise<void> {
    const gone = join(this.folder, GONE + id);
    await rename(join(this.folder, id), gone);
    await rm(gone, { recursive: true, force: true });
  }

  attemptFolder(id: string, number: number): string {
    return join(this.folder, id, 'attempts', String(number));
  }

  async makeAttemptFolder(id: string, number: number): Promise<string> {
    const folder = this.attemptFolder(id, number);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    return folder;
  }

  private async read(name: string): Promise<RunRecord | undefined | Error> {
    const path = join(this.folder, name, RECORD);
    try {
      await removeLeftovers(join(this.folder, name));
      const record = await readJsonFile(path, RunRecord);
      if (record !== undefined && record.id !== name) throw new Error(`the file ${path} is that of ${record.id}`);
      return record;
    } catch (error: unknown) {
      // a system error is the disk's and may pass: only a document that was read and is wrong is put aside
      if (errnoOf(error) === undefined) await rename(path, `${path}.corrupt`);
      return error instanceof Error ? error : new Error(String(error));
    }
  }
}

function textOf(record: RunRecord): string {
  return `${JSON.stringify(record)}\n`;
}
