/**
 * Notebook kernels and the compute that they hold. A kernel is asked for first and started later: it waits in the same
 * queue as runs, and only when it is `Ready` the client starts (or restarts) the Jupyter kernel, whose provisioner takes it.
 */
import { KERNEL_PHASES } from '@berth/operator/plan';
import { z } from 'zod';
import { EnvironmentName } from './environment.js';

export const KernelId = z
  .string()
  .regex(/^[a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?$/)
  .meta({ id: 'KernelId' });

export const KernelRequest = z
  .strictObject({
    notebook: z.string().min(1).max(4096).describe('Path from the Jupyter root, with `/`'),
    environment: EnvironmentName,
    offer: z.string().min(1).max(64).default('cpu'),
    count: z
      .int()
      .min(1)
      .max(1024)
      .default(1)
      .describe('Slots of the offer; for `cpu` the cores that libraries may use'),
    kernelId: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/)
      .optional()
      .describe(
        'Jupyter’s id of the kernel that the notebook has now; what that one holds is given back when it is replaced'
      )
  })
  .meta({ id: 'KernelRequest' });
export type KernelRequest = z.infer<typeof KernelRequest>;

export const KernelView = z
  .strictObject({
    id: KernelId,
    notebook: z.string(),
    name: z.string().describe('The notebook without folder and ending'),
    environment: z.string(),
    lockHash: z.string().describe('Of the environment it was started in; empty before'),
    offer: z.string(),
    count: z.int().min(1).describe('Slots of the offer; for `cpu` the cores that it may use'),
    phase: z.enum(KERNEL_PHASES),
    message: z.string().describe('Why it waits, or what is to be done next; empty when there is nothing to say'),
    position: z.int().min(1).nullable().describe('Place in the queue of its offer; 1 is next'),
    devices: z.array(z.string()).describe('Ids of the GPUs or MIG instances that it has'),
    kernelId: z.string().nullable().describe('Jupyter’s id, once it was started'),
    claimedAtMs: z.int().min(0),
    sinceMs: z.int().min(0).nullable().describe('Since when it has its compute; null while it waits'),
    expiresAtMs: z
      .int()
      .min(0)
      .nullable()
      .describe('While Ready: when the compute goes to the next one unless it is started')
  })
  .meta({ id: 'Kernel' });
export type KernelView = z.infer<typeof KernelView>;

export const KernelList = z.strictObject({ kernels: z.array(KernelView) }).meta({ id: 'KernelList' });

/** What the Jupyter server's half sends before it starts a kernel process in an environment. Not for browsers. */
export const KernelLaunch = z
  .strictObject({
    kernelId: z.string().regex(/^[A-Za-z0-9-]{1,64}$/),
    environment: EnvironmentName,
    notebook: z.string().max(4096).nullable().describe('Absolute path of its notebook; null when it is not known'),
    restart: z.boolean().default(false)
  })
  .meta({ id: 'KernelLaunch' });
export type KernelLaunch = z.infer<typeof KernelLaunch>;

/** How to start it. */
export const KernelLaunchPlan = z
  .strictObject({
    id: KernelId,
    python: z.string().describe('Path of the environment’s interpreter'),
    argv: z.array(z.string()).min(1).describe('With `{connection_file}` to be filled in'),
    variables: z.record(z.string(), z.string()).describe('Set on top of what the Jupyter server gives its kernels'),
    removed: z.array(z.string()).describe('Variables that the kernel must not see')
  })
  .meta({ id: 'KernelLaunchPlan' });
export type KernelLaunchPlan = z.infer<typeof KernelLaunchPlan>;

export const KernelStarted = z.strictObject({ pid: z.int().min(1) }).meta({ id: 'KernelStarted' });
export type KernelStarted = z.infer<typeof KernelStarted>;
