/** What uv's own lines say about how far it is. Packages weigh what uv says they weigh; nothing is estimated by time. */

export interface Progress {
  /** 0 to 1; never goes back. */
  readonly progress: number;
  readonly message: string;
}

const RESOLVED = 0.02;
const PREPARED = 0.85;
const INSTALLED = 0.9;
/** uv announces only downloads above 1 MiB. */
const UNITS: Readonly<Record<string, number>> = { B: 1 / 1_048_576, KiB: 1 / 1024, MiB: 1, GiB: 1024 };

export class UvProgress {
  readonly #pending = new Map<string, number>();
  #announced = 0;
  #announcedMiB = 0;
  #doneMiB = 0;
  #now: Progress = { progress: 0, message: 'Making the environment' };

  get now(): Progress {
    return this.#now;
  }

  /** Takes one line of uv's standard error; true when it changed something. */
  take(line: string): boolean {
    const next = this.#after(line.trim());
    if (next === undefined) return false;
    this.#now = { message: next.message, progress: Math.max(this.#now.progress, next.progress) };
    return true;
  }

  #after(line: string): Progress | undefined {
    const started = /^Downloading (\S+) \(([\d.]+)\s*([KMG]?i?B)\)$/.exec(line);
    if (started !== null) return this.#start(started[1] ?? '', Number(started[2]) * (UNITS[started[3] ?? ''] ?? 1));
    const done = /^Downloaded (\S+)$/.exec(line)?.[1];
    if (done !== undefined) return this.#finish(done);
    if (line.startsWith('Resolved ')) return { progress: RESOLVED, message: 'Downloading packages' };
    if (line.startsWith('Prepared ')) return { progress: PREPARED, message: 'Installing packages' };
    if (line.startsWith('Installed ')) return { progress: INSTALLED, message: 'Finishing' };
    return undefined;
  }

  #start(name: string, mib: number): Progress {
    this.#pending.set(name, mib);
    this.#announced += 1;
    this.#announcedMiB += mib;
    return this.#downloading();
  }

  #finish(name: string): Progress {
    this.#doneMiB += this.#pending.get(name) ?? 0;
    this.#pending.delete(name);
    return this.#downloading();
  }

  #downloading(): Progress {
    const largest = [...this.#pending].sort(([, a], [, b]) => b - a)[0];
    const done = this.#announced - this.#pending.size;
    const share = this.#announcedMiB === 0 ? 0 : this.#doneMiB / this.#announcedMiB;
    const of = `${done} of ${this.#announced} large packages done`;
    return {
      progress: RESOLVED + (PREPARED - RESOLVED) * share,
      message:
        largest === undefined ? 'Unpacking packages' : `Downloading ${largest[0]}, ${Math.ceil(largest[1])} MiB (${of})`
    };
  }
}
