/**
 * Which packages of an environment have files that are not as they were installed. uv links files from its cache, so that
 * whoever writes into one changes uv's own copy as well, and making the environment anew would bring the change back.
 */
import { z } from 'zod';
import { runCommand } from './child-command.js';

/** Only files that somebody else links, too: any other is made anew from what is whole. */
const SCRIPT = `
import base64, csv, glob, hashlib, json, os, sys
def digest(path):
    with open(path, "rb") as file:
        value = hashlib.sha256()
        for block in iter(lambda: file.read(1 << 20), b""):
            value.update(block)
        return "sha256=" + base64.urlsafe_b64encode(value.digest()).rstrip(b"=").decode()
damaged = set()
packages = glob.glob(os.path.join(glob.escape(sys.argv[1]), "lib", "python*", "site-packages"))
packages.append(os.path.join(sys.argv[1], "berth-kernel"))
for folder in packages:
    for info in glob.glob(os.path.join(glob.escape(folder), "*.dist-info")):
        try:
            with open(os.path.join(info, "RECORD"), newline="") as record:
                rows = list(csv.reader(record))
        except (OSError, ValueError, csv.Error):
            continue
        for path, wanted, *_ in (row for row in rows if len(row) > 1):
            file = os.path.join(folder, path)
            try:
                if wanted.startswith("sha256=") and os.stat(file).st_nlink > 1 and digest(file) != wanted:
                    damaged.add(os.path.basename(info).split("-")[0])
                    break
            except (OSError, ValueError):
                pass
print(json.dumps(sorted(damaged)))`;

export interface DamageLook {
  /** Of the environment. */
  readonly folder: string;
  /** Path of an interpreter that is not in it. */
  readonly python: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

/** Names, as uv knows them. @throws the signal's reason when it was aborted */
export async function damagedPackages({ folder, python, variables, signal }: DamageLook): Promise<string[]> {
  const { output } = await runCommand(python, ['-I', '-S', '-c', SCRIPT, folder], { cwd: '/', variables, signal });
  return z.array(z.string().regex(/^[A-Za-z0-9][\w.]*$/)).safeParse(parsed(output.at(-1) ?? '')).data ?? [];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // It could not look: then the environment is made anew from what uv has.
    return [];
  }
}
