/** Whether a program runs where there is nothing else: an image from nothing has no dynamic loader. */

const PROGRAM_INTERPRETER = 3;

/** True for a 64-bit little-endian ELF file without an interpreter; `head` is the file or enough of it to hold its program headers. */
export function isStaticProgram(head: Buffer): boolean {
  const isElf = head.length >= 64 && head.subarray(0, 6).equals(Buffer.from([0x7f, 0x45, 0x4c, 0x46, 2, 1]));
  if (!isElf) return false;
  const offset = Number(head.readBigUInt64LE(32));
  const size = head.readUInt16LE(54);
  const count = head.readUInt16LE(56);
  if (offset + size * count > head.length) return false;
  return Array.from({ length: count }, (_, index) => head.readUInt32LE(offset + index * size)).every(
    type => type !== PROGRAM_INTERPRETER
  );
}
