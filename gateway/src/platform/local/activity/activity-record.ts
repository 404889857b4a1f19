/**
 * What the judge must not forget: `judge.json`. The readings are the agents', but a snooze that was granted and a warning
 * that was given are promises. Another version of this program may have written it: unknown keys are dropped, new ones need
 * a default.
 */
import { Subject } from '@berth/operator/plan';
import type { GrantedSnooze } from '@berth/operator/plan';
import { z } from 'zod';

const EpochMs = z.int().min(0);
/** Which life of an agent it is about: a Jupyter server that starts anew is no longer idle, and its kernels are others. */
const boot = z.string();

const KeptSnooze = z.object({ boot, id: z.string(), subject: Subject, atMs: EpochMs, addedMs: z.int().min(0) });
export type KeptSnooze = z.infer<typeof KeptSnooze>;

/** Somebody was told that it will be released, or stopped. */
const Announcement = z.object({ boot, subject: Subject, atMs: EpochMs, limit: z.enum(['soft', 'hard']).nullable() });
export type Announcement = z.infer<typeof Announcement>;

export const ActivityRecord = z.object({
  version: z.literal(1),
  snoozes: z.array(KeptSnooze),
  announcements: z.array(Announcement)
});
export type ActivityRecord = z.infer<typeof ActivityRecord>;

export const BLANK_RECORD: ActivityRecord = { version: 1, snoozes: [], announcements: [] };

/** Also while the policy cannot be read, what its budget counts over is not forgotten. */
const KEPT_MS = 7 * 24 * 3_600_000;
const MOST = 5_000;

/** The record with what is announced of one agent now in place of what was. */
export function withAnnouncements(
  record: ActivityRecord,
  agent: string,
  announced: readonly Announcement[],
  nowMs: number
): ActivityRecord {
  const others = record.announcements.filter(one => one.boot !== agent && nowMs - one.atMs < KEPT_MS);
  return { ...record, announcements: [...others, ...announced].slice(-MOST) };
}

/** The record with more snoozes of one agent, but without those that no budget of `perSeconds` counts any more. */
export function withSnoozes(
  record: ActivityRecord,
  agent: string,
  more: readonly GrantedSnooze[],
  perSeconds: number,
  nowMs: number
): ActivityRecord {
  const keptMs = Math.max(KEPT_MS, perSeconds * 1_000);
  const all = [...record.snoozes, ...more.map(snooze => ({ ...snooze, boot: agent }))];
  return { ...record, snoozes: all.filter(({ atMs }) => nowMs - atMs < keptMs).slice(-MOST) };
}
