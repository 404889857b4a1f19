/** A program that says what `nvidia-smi` says on other machines, and counts how often it was asked. */
import { readFileSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** The document that was recorded on a machine. */
export function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

export class FakeNvidiaSmi {
  readonly program: string;

  static async make(xml: string, list = ''): Promise<FakeNvidiaSmi> {
    const fake = new FakeNvidiaSmi(await mkdtemp(join(tmpdir(), 'berth-smi-')));
    await fake.says(xml, list);
    return fake;
  }

  private constructor(private readonly folder: string) {
    this.program = join(folder, 'nvidia-smi');
  }

  async says(xml: string, list = ''): Promise<void> {
    await writeFile(join(this.folder, 'list.txt'), list);
    await this.put('query.xml', xml);
    await this.does(`case "$1" in -L) cat list.txt ;; *) cat query.xml ;; esac`);
  }

  /** Ends with a failure and these words. */
  async fails(words: string): Promise<void> {
    await this.does(`echo "${words}"; exit 9`);
  }

  async hangs(): Promise<void> {
    await this.does('exec sleep 600');
  }

  /** What it was asked, a line each. */
  async asked(): Promise<string[]> {
    const text = await readFile(join(this.folder, 'asked'), 'utf8').catch(() => ''); // not asked yet
    return text.split('\n').filter(line => line !== '');
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true });
  }

  private async does(commands: string): Promise<void> {
    const text = `#!/bin/sh\ncd "$(dirname "$0")" || exit 1\necho "$*" >> asked\n${commands}\n`;
    await this.put('nvidia-smi', text);
    await chmod(this.program, 0o700);
  }

  /** Whole or not at all: somebody may be reading it. */
  private async put(name: string, text: string): Promise<void> {
    const path = join(this.folder, name);
    await writeFile(`${path}.new`, text, { mode: 0o700 });
    await rename(`${path}.new`, path);
  }
}
