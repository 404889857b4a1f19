/** Kinds of compute that this platform can give, and who has them now. */
import { z } from 'zod';

export const Offer = z
  .strictObject({
    id: z.string().max(64).describe('Stable name, such as `cpu`'),
    kind: z.enum(['cpu', 'gpu', 'mig', 'shared-gpu']),
    title: z.string().describe('For people, such as `CPU · 8 cores · 31 GiB`'),
    slots: z.int().min(1).describe('Processes that fit at the same time'),
    used: z.int().min(0).describe('Slots held now'),
    waiting: z.int().min(0).describe('Runs that wait for this offer'),
    memoryBytes: z.int().min(0),
    holders: z
      .array(z.strictObject({ runId: z.string(), name: z.string(), slots: z.int(), sinceMs: z.int() }))
      .describe('Who holds it, since when')
  })
  .meta({ id: 'Offer' });
export type Offer = z.infer<typeof Offer>;

export const OfferList = z.strictObject({ offers: z.array(Offer) }).meta({ id: 'OfferList' });
