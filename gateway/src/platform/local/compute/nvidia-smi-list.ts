/**
 * Reads what `nvidia-smi -L` says of MIG instances: their profiles and UUIDs, which the XML has not. Lines that are not
 * understood are passed over.
 */

/** A MIG instance as the list has it. */
export interface ListedInstance {
  readonly gpu: string;
  readonly index: number;
  readonly profile: string;
  readonly id: string;
}

const GPU_LINE = /^GPU +\d+: .*\(UUID: *(GPU-[\w-]{1,64})\)/;
const MIG_LINE = /^ +MIG +([\w.+-]{1,32}) +Device +(\d{1,4}): *\(UUID: *(MIG-[\w/-]{1,100})\)/;

/** The MIG instances by the UUID of their GPU and their index. */
export function readInstanceList(text: string): ListedInstance[] {
  const listed: ListedInstance[] = [];
  let gpu: string | undefined;
  for (const line of text.split(/\r?\n/)) {
    gpu = GPU_LINE.exec(line)?.[1] ?? gpu;
    const [, profile, index, id] = MIG_LINE.exec(line) ?? [];
    if (gpu === undefined || profile === undefined || index === undefined || id === undefined) continue;
    listed.push({ gpu, index: Number(index), profile, id });
  }
  return listed;
}
