/** Where ONNX Runtime ran the nodes of a session with profiling: `{"provider operator": count}`. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** @param folder  with the profile of one session, whose name begins with `profile` */
export function readProfile(folder: string): Record<string, number> {
  const profile = readdirSync(folder).find(name => name.startsWith('profile')) ?? '';
  const events = JSON.parse(readFileSync(path.join(folder, profile), 'utf8')) as {
    cat: string;
    args?: { op_name?: string; provider?: string };
  }[];
  const counts: Record<string, number> = {};
  for (const { cat, args } of events) {
    if (cat !== 'Node' || args?.op_name === undefined || args.provider === undefined) continue;
    const name = `${args.provider} ${args.op_name}`;
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}
