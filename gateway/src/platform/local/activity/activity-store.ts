/** The judge's promises on disk. What cannot be read is set aside: warnings are given anew, snoozes asked for anew. */
import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { makePrivateFolder, readJsonFile, removeLeftovers, writeFileAtomic } from '../../../store/index.js';
import type { PlatformLog } from '../ports.js';
import { ActivityRecord, BLANK_RECORD } from './activity-record.js';

const FILE = 'judge.json';
const DAMAGED = '.damaged';

export class ActivityStore {
  private saved = '';
  private readonly path: string;

  constructor(
    private readonly folder: string,
    private readonly log: PlatformLog
  ) {
    this.path = join(folder, FILE);
  }

  async load(): Promise<ActivityRecord> {
    await makePrivateFolder(this.folder);
    await removeLeftovers(this.folder);
    try {
      const record = (await readJsonFile(this.path, ActivityRecord)) ?? BLANK_RECORD;
      this.saved = textOf(record);
      return record;
    } catch (error: unknown) {
      this.log.error('the record of snoozes and warnings cannot be read and is set aside', { path: this.path, error });
      await rename(this.path, this.path + DAMAGED).catch((problem: unknown) => {
        this.log.warn('it could not be set aside', { path: this.path, error: problem });
      });
      return BLANK_RECORD;
    }
  }

  /** Saves it if it has changed. False: it could not be saved, and is tried again with the next. */
  async save(record: ActivityRecord): Promise<boolean> {
    const text = textOf(record);
    if (text === this.saved) return true;
    try {
      await writeFileAtomic(this.path, text);
      this.saved = text;
      return true;
    } catch (error: unknown) {
      this.log.warn('snoozes and warnings could not be saved; it is tried again', { path: this.path, error });
      return false;
    }
  }
}

function textOf(record: ActivityRecord): string {
  return `${JSON.stringify(record)}\n`;
}
