/** Kinds of compute that this platform can give, who has them now, and how busy they are. */
import { z } from 'zod';

export const OFFER_KINDS = ['cpu', 'gpu', 'mig', 'shared-gpu'] as const;

/** A run or a kernel that has, or waits for, compute. */
export const Holder = z
  .strictObject({
    kind: z.enum(['run', 'kernel']),
    id: z.string(),
    name: z.string().describe('For people: the notebook without folder and ending'),
    slots: z
      .int()
      .min(0)
      .describe('0: it uses the offer without keeping others from it, as kernels do with processors'),
    sinceMs: z.int()
  })
  .meta({ id: 'Holder' });
export type Holder = z.infer<typeof Holder>;

/** One GPU or MIG instance. */
export const Device = z
  .strictObject({
    id: z.string().describe('What CUDA_VISIBLE_DEVICES takes: `GPU-…` or `MIG-…`'),
    title: z.string().describe('For people, such as `NVIDIA H200 (0)`'),
    memoryBytes: z.int().min(0),
    holders: z.array(z.string()).describe('Ids of the runs and kernels that it was given to'),
    strangers: z
      .array(z.strictObject({ pid: z.int(), name: z.string(), memoryBytes: z.int().nullable() }))
      .describe('Computing processes on it that Berth did not start'),
    problem: z.string().nullable().describe('Why it cannot be given to anybody; null: it can')
  })
  .meta({ id: 'Device' });
export type Device = z.infer<typeof Device>;

export const Offer = z
  .strictObject({
    id: z.string().max(64).describe('Stable name, such as `cpu`, `gpu-nvidia-h200` or `mig-1g-18gb-nvidia-h200`'),
    kind: z.enum(OFFER_KINDS),
    title: z.string().describe('For people, such as `CPU · 8 cores · 31 GiB`'),
    slots: z.int().min(0).describe('Processes that fit at the same time'),
    used: z.int().min(0).describe('Slots held now, those that strangers keep busy included'),
    waiting: z.int().min(0).describe('Runs and kernels that wait for this offer'),
    mostSlots: z.int().min(1).describe('Slots that one run or kernel may have: 1 where a process cannot use two'),
    memoryBytes: z.int().min(0).describe('Of one slot; for `cpu` of the whole machine'),
    holders: z.array(Holder).describe('Who holds it, since when'),
    devices: z.array(Device).describe('Empty for `cpu`')
  })
  .meta({ id: 'Offer' });
export type Offer = z.infer<typeof Offer>;

export const OfferList = z.strictObject({ offers: z.array(Offer) }).meta({ id: 'OfferList' });

/** One look at how busy everything is. Null: not known, such as the utilisation of a MIG instance. */
export const UsageSample = z
  .strictObject({
    atMs: z.int().min(0),
    machine: z.strictObject({
      cores: z.number().min(0).nullable().describe('Processor cores that were busy on average since the sample before'),
      coresTotal: z.int().min(1),
      memoryBytes: z.int().min(0).nullable(),
      memoryTotalBytes: z.int().min(0)
    }),
    devices: z.array(
      z.strictObject({
        id: z.string(),
        utilisation: z.number().min(0).max(1).nullable(),
        memoryBytes: z.int().min(0).nullable(),
        memoryTotalBytes: z.int().min(0)
      })
    ),
    holders: z
      .array(
        z.strictObject({
          kind: z.enum(['run', 'kernel']),
          id: z.string(),
          cores: z.number().min(0).nullable(),
          memoryBytes: z.int().min(0).nullable().describe('Resident memory of all its processes')
        })
      )
      .describe('With all processes that they have started')
  })
  .meta({ id: 'UsageSample' });
export type UsageSample = z.infer<typeof UsageSample>;

export const UsageQuery = z.strictObject({
  afterMs: z.coerce.number().int().min(0).default(0).describe('Only samples after this one')
});
export type UsageQuery = z.infer<typeof UsageQuery>;

export const Usage = z
  .strictObject({
    samples: z
      .array(UsageSample)
      .describe('Oldest first, of the last ten minutes at most; taken only while somebody asks'),
    intervalMs: z.int().min(1)
  })
  .meta({ id: 'Usage' });
export type Usage = z.infer<typeof Usage>;
