/** `npm run proof cluster-cycles [-- --cycles N]`: up and down in a row leave the machine as it was; how long each took. */
import { parseArgs } from 'node:util';
import { median, spread } from '../../../scripts/bench-report.ts';
import { down, running, up } from '../cluster.ts';
import { clusterNames } from '../state.ts';
import { leftBehind, traces } from '../traces.ts';

const NAME = 'cycles';
const silent = (): void => undefined;

export async function proof(args: string[]): Promise<string> {
  const { values } = parseArgs({ args, options: { cycles: { type: 'string', default: '10' } } });
  const cycles = Number(values.cycles);
  await up({ name: NAME, profile: 'queue' }, silent); // what is not cached yet is made now
  const { block = 0 } = (await running(NAME)).spec;
  await down(NAME, silent);
  const before = await traces(NAME, block);
  const [ups, downs]: [number[], number[]] = [[], []];
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    ups.push(await seconds(() => up({ name: NAME, profile: 'queue' }, silent)));
    downs.push(await seconds(() => down(NAME, silent)));
    const left = [
      ...leftBehind(before, await traces(NAME, block)),
      ...(await clusterNames()).filter(name => name === NAME)
    ];
    if (left.length > 0) throw new Error(`after ${cycle} cycles the machine is not as it was:\n${left.join('\n')}`);
    console.log(`cycle ${cycle}: up ${ups.at(-1)?.toFixed(1)} s, down ${downs.at(-1)?.toFixed(1)} s, nothing left`);
  }
  return [
    `A cluster of profile \`queue\` came up and went ${cycles} times in a row, from cached programs and images.`,
    'After each time there was no mount, link, route, network namespace, firewall table, cgroup, process or folder under /var or /run',
    'that had not been there before the first (`operator/cluster/traces.ts`).',
    '',
    `| | median | spread |\n|---|---|---|`,
    `| up | ${median(ups).toFixed(1)} s | ${spread(ups)} s |`,
    `| down | ${median(downs).toFixed(1)} s | ${spread(downs)} s |`
  ].join('\n');
}

async function seconds(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await run();
  return (performance.now() - start) / 1000;
}
