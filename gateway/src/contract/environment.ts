/** Named, hashed, immutable Python environments, and the locks that they are made from. */
import { z } from 'zod';

export const ENVIRONMENT_STATES = ['absent', 'creating', 'ready', 'failed'] as const;
/** Where a lock came from; `berth`: it ships with Berth. */
export const ENVIRONMENT_ORIGINS = ['berth', 'requirements', 'pylock', 'uv-lock', 'kernel', 'notebook'] as const;

export const ENVIRONMENT_NAME_PATTERN = /^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/;
export const EnvironmentName = z
  .string()
  .regex(ENVIRONMENT_NAME_PATTERN)
  .describe('Lower-case letters, digits and hyphens, at most 48')
  .meta({ id: 'EnvironmentName' });

/** A lock of some hundred packages for all platforms is below 2 MB. */
const LOCK_MAX_CHARACTERS = 8_000_000;
const LockText = z.string().min(1).max(LOCK_MAX_CHARACTERS);
const Hash = z.string().describe('sha256, 64 hex digits; empty while it is not known');

/** Who would be hurt if the environment went. */
export const EnvironmentUse = z
  .strictObject({
    kind: z.enum(['run', 'kernel', 'process']),
    id: z.string().describe('Of the run or kernel; the number of a process that is neither'),
    name: z.string().describe('For people: a notebook, or a command')
  })
  .meta({ id: 'EnvironmentUse' });
export type EnvironmentUse = z.infer<typeof EnvironmentUse>;

export const Environment = z
  .strictObject({
    name: z.string().max(64),
    hash: Hash.describe('sha256 over lock, interpreter version and platform; empty while it is being resolved'),
    lockHash: Hash.describe('sha256 over names, versions, markers and file hashes; equal on every machine'),
    state: z.enum(ENVIRONMENT_STATES),
    message: z.string().describe('What is going on, or why it failed; empty when there is nothing to say'),
    progress: z.number().min(0).max(1).nullable().describe('While creating, where known'),
    python: z.string().describe('Interpreter version, such as `3.12.4`'),
    packages: z.array(z.string()).describe('The packages asked for, such as `torch==2.15.0`; not their dependencies'),
    sizeBytes: z.int().min(0).nullable().describe('On disk; null when it does not exist or was not measured'),
    kernelspec: z.string().describe('Name of its kernelspec, such as `berth-default`'),
    origin: z.enum(ENVIRONMENT_ORIGINS),
    createdAtMs: z.int().min(0).nullable().describe('When its files were made; null when they are not there'),
    lastUsedAtMs: z
      .int()
      .min(0)
      .nullable()
      .describe('When a kernel or run last started in it; null: never, as far as known'),
    inUse: z.array(EnvironmentUse).describe('Who uses it now; it cannot be deleted meanwhile'),
    changed: z
      .array(z.string())
      .describe(
        'What is in its folder that is not as the lock says, such as `pandas 2.4.0 instead of 2.3.1`; repair mends it'
      )
  })
  .meta({ id: 'Environment' });
export type Environment = z.infer<typeof Environment>;

export const EnvironmentList = z.strictObject({ environments: z.array(Environment) }).meta({ id: 'EnvironmentList' });

export const LockedPackage = z
  .strictObject({ name: z.string().describe('Normalised, such as `typing-extensions`'), version: z.string() })
  .meta({ id: 'LockedPackage' });
export type LockedPackage = z.infer<typeof LockedPackage>;

/** An environment with all that is in it. */
export const EnvironmentDetail = z
  .strictObject({
    environment: Environment,
    lock: z.string().describe('Text of its lock: a `uv.lock` without addresses, what a notebook is pinned with'),
    contents: z.array(LockedPackage).describe('All packages that the lock has for this machine, by name')
  })
  .meta({ id: 'EnvironmentDetail' });
export type EnvironmentDetail = z.infer<typeof EnvironmentDetail>;

/** What an environment is made from. */
export const EnvironmentSource = z
  .discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('requirements'),
      text: LockText.describe(
        'Lines as in requirements.txt: packages by name; with every version and hash it counts as a lock'
      )
    }),
    z.strictObject({ kind: z.literal('pylock'), text: LockText.describe('A pylock.toml (PEP 751)') }),
    z.strictObject({
      kind: z.literal('uv-lock'),
      text: LockText.describe('A uv.lock, of a project, a script or a notebook')
    }),
    z.strictObject({
      kind: z.literal('kernel'),
      packages: z
        .array(LockedPackage)
        .min(1)
        .max(5_000)
        .describe('What the running kernel has; resolved by uv at these versions')
    }),
    z.strictObject({
      kind: z.literal('notebook'),
      path: z.string().min(1).max(4096).describe('Path of a pinned notebook, from the Jupyter root, with `/`')
    })
  ])
  .meta({ id: 'EnvironmentSource' });
export type EnvironmentSource = z.infer<typeof EnvironmentSource>;

export const EnvironmentRequest = z
  .strictObject({
    name: EnvironmentName,
    source: EnvironmentSource,
    python: z
      .string()
      .regex(/^3\.\d{1,2}(\.\d{1,2})?$/)
      .optional()
      .describe('Interpreter version, such as `3.12`; default: the one that the Jupyter server runs on'),
    allowBuilds: z
      .boolean()
      .default(false)
      .describe('Packages without a wheel for this machine may be built, which runs their code')
  })
  .meta({ id: 'EnvironmentRequest' });
export type EnvironmentRequest = z.infer<typeof EnvironmentRequest>;

/** A lock's text, from a notebook that anybody may have written. */
export const LockInspection = z.strictObject({ text: LockText }).meta({ id: 'LockInspection' });
export type LockInspection = z.infer<typeof LockInspection>;

/** What a lock says, read without executing or fetching anything. */
export const LockView = z
  .strictObject({
    lockHash: Hash.describe('Empty when the lock cannot be used'),
    requiresPython: z.string().describe('Such as `>=3.11`; empty where it says nothing'),
    contents: z.array(LockedPackage).describe('All packages that it has for this machine, by name'),
    requested: z.array(z.string()).describe('The packages asked for, such as `torch==2.15.0`'),
    environments: z
      .array(z.string())
      .describe('Names of the environments here that were made from this very lock, ready ones first'),
    problem: z.string().nullable().describe('Why it cannot be used here, and what would be right; null: it can')
  })
  .meta({ id: 'LockView' });
export type LockView = z.infer<typeof LockView>;

/** What could be deleted because nobody uses it. */
export const Garbage = z
  .strictObject({
    folders: z.array(
      z.strictObject({
        name: z.string().describe('Name of the environment that it was made for'),
        hash: z.string().describe('First digits of its hash'),
        sizeBytes: z.int().min(0).nullable(),
        lastUsedAtMs: z.int().min(0).nullable(),
        why: z
          .enum(['no-definition', 'long-unused'])
          .describe('Nothing refers to it any more, or nobody used it for a month')
      })
    )
  })
  .meta({ id: 'Garbage' });
export type Garbage = z.infer<typeof Garbage>;
