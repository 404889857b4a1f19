/** Asks a Python interpreter what it is. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { z } from 'zod';
import type { InterpreterIdentity, MarkerVariables } from './locks/index.js';

const run = promisify(execFile);
const TIMEOUT_MS = 30_000;

const QUESTION = `
import json, os, platform, sys
print(json.dumps({
  "path": sys.executable,
  "identity": {
    "version": platform.python_version(), "implementation": sys.implementation.name, "os": sys.platform,
    "arch": platform.machine(),
    "libc": (platform.libc_ver()[0] or "musl") if sys.platform == "linux" else "",
  },
  "markers": {
    "os_name": os.name, "sys_platform": sys.platform, "platform_machine": platform.machine(),
    "platform_system": platform.system(), "platform_python_implementation": platform.python_implementation(),
    "platform_release": platform.release(), "platform_version": platform.version(),
    "implementation_name": sys.implementation.name,
    "implementation_version": platform.python_version(), "python_full_version": platform.python_version(),
    "python_version": ".".join(platform.python_version_tuple()[:2]), "extra": "",
  },
}))`;

const Answer = z.object({
  path: z.string(),
  identity: z.object({
    version: z.string(),
    implementation: z.string(),
    os: z.string(),
    arch: z.string(),
    libc: z.string()
  }),
  markers: z.record(z.string(), z.string())
});

export interface Interpreter {
  /** Absolute: the program itself, not a shim or a name that means another one elsewhere. */
  readonly path: string;
  readonly identity: InterpreterIdentity;
  readonly markers: MarkerVariables;
}

/** @throws Error naming the interpreter when it cannot be run */
export async function probeInterpreter(path: string): Promise<Interpreter> {
  try {
    const { stdout } = await run(path, ['-I', '-c', QUESTION], { timeout: TIMEOUT_MS });
    const answer = Answer.parse(JSON.parse(stdout));
    return { ...answer, path: answer.path || path };
  } catch (error: unknown) {
    throw new Error(`the Python interpreter ${path} does not work`, { cause: error });
  }
}

/** For people, such as `Python 3.12.4 on linux x86_64`. */
export function describeInterpreter({ identity }: Interpreter): string {
  return `Python ${identity.version} on ${identity.os} ${identity.arch}`;
}
