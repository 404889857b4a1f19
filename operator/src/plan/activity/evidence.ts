/**
 * What the agent beside a Jupyter server has measured. This is the published format of the corpus and of the wire, in the
 * agent's own words: times `…_t` and `t` are Unix seconds, `…_s` durations in seconds; both may have fractions. `null` always
 * means "could not be measured", never zero.
 */
import { z } from 'zod';

const Seconds = z.number().min(0);
const Id = z.string().min(1).max(128);
const Name = z.string().max(256);

export const KERNEL_STATES = ['starting', 'idle', 'busy', 'restarting', 'dead', 'unknown'] as const;

/** What is known of a GPU that a kernel holds: NVML has no utilisation for a MIG instance, and of a shared one only a part is ours. */
export const GPU_KINDS = ['none', 'whole', 'mig', 'shared'] as const;

export const KernelEvidence = z
  .strictObject({
    id: Id.describe('Jupyter’s id of the kernel'),
    state: z.enum(KERNEL_STATES),
    path: z.string().max(4096).nullable().describe('Its notebook, from the root of the Jupyter server'),
    name: Name.describe('For people: the notebook’s file name, else the kernel’s'),
    cpu_s: Seconds.nullable().describe('CPU seconds of the kernel’s own process since it began'),
    executions: z
      .int()
      .min(0)
      .describe('Cells it has begun to run since the agent has known it; comm messages are none'),
    waits_input: z.boolean().describe('A cell waits for a person to answer input()'),
    input_t: Seconds.nullable().describe('When a person last typed, clicked or ran something in its notebook'),
    gpu: z.enum(GPU_KINDS),
    gpu_util: z
      .number()
      .min(0)
      .max(100)
      .nullable()
      .describe('Percent, of its own processes, the most since the last reading'),
    gpu_mem_mib: z.number().min(0).nullable()
  })
  .meta({ id: 'KernelEvidence' });
export type KernelEvidence = z.infer<typeof KernelEvidence>;

/** A process that the server, a kernel or a terminal has started, or that has outlived whom it was started by. Shells and monitors (top, watch) are left out. */
export const ProcessEvidence = z
  .strictObject({
    id: Id.describe('Process id and start time: never used again'),
    program: Name.describe('Its name without arguments'),
    kernel: Id.nullable().describe('The kernel below which it was started'),
    terminal: Name.nullable().describe('The terminal below which it was started'),
    cpu_s: Seconds.nullable(),
    io_bytes: z.number().min(0).nullable().describe('Read and written since it began, files and sockets')
  })
  .meta({ id: 'ProcessEvidence' });
export type ProcessEvidence = z.infer<typeof ProcessEvidence>;

/** Something that asks to be left alone: a run that is attached, a person's explicit keep-alive. */
export const LeaseEvidence = z
  .strictObject({
    id: Id,
    why: Name,
    kernel: Id.nullable().describe('null: the whole workspace'),
    until_t: Seconds.nullable().describe('null: as long as it is listed')
  })
  .meta({ id: 'LeaseEvidence' });
export type LeaseEvidence = z.infer<typeof LeaseEvidence>;

export const Evidence = z
  .strictObject({
    kernels: z.array(KernelEvidence).max(1000),
    processes: z.array(ProcessEvidence).max(200).describe('Those that have used most; more than fit are left out'),
    terminals: z.array(z.strictObject({ name: Name })).max(1000),
    input_t: Seconds.nullable().describe('When a person last typed, clicked or ran something anywhere in JupyterLab'),
    tabs: z.int().min(0).nullable().describe('Pages that are open; for people to read, it decides nothing'),
    leases: z.array(LeaseEvidence).max(200)
  })
  .meta({ id: 'Evidence' });
export type Evidence = z.infer<typeof Evidence>;

/** One look of the agent: what it saw, or why it could not see. */
export const Reading = z.union([
  z.strictObject({ t: Seconds, evidence: Evidence }),
  z.strictObject({ t: Seconds, failed: z.string().max(500) })
]);
export type Reading = z.infer<typeof Reading>;
