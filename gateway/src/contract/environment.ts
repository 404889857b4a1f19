/** Named, hashed, immutable Python environments. */
import { z } from 'zod';

export const ENVIRONMENT_STATES = ['absent', 'creating', 'ready', 'failed'] as const;

export const Environment = z
  .strictObject({
    name: z.string().max(64),
    hash: z.string().describe('sha256 over lock, interpreter version and platform; 64 hex digits'),
    state: z.enum(ENVIRONMENT_STATES),
    message: z.string().describe('What is going on, or why it failed; empty when there is nothing to say'),
    progress: z.number().min(0).max(1).nullable().describe('While creating, where known'),
    python: z.string().describe('Interpreter version, such as `3.12.4`'),
    packages: z.array(z.string()).describe('The packages asked for, such as `torch==2.15.0`; not their dependencies'),
    sizeBytes: z.int().min(0).nullable().describe('On disk; null when it does not exist or was not measured'),
    kernelspec: z.string().describe('Name of its kernelspec, such as `berth-default`')
  })
  .meta({ id: 'Environment' });
export type Environment = z.infer<typeof Environment>;

export const EnvironmentList = z.strictObject({ environments: z.array(Environment) }).meta({ id: 'EnvironmentList' });
