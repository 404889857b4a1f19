import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { readTraces } from './read-traces.ts';
import { makeEvidence, makeKernel } from './testing/readings.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'berth-traces-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(file: string, part: object): void {
  const trace = {
    name: path.basename(file, '.json'),
    why: 'a kernel that nobody uses',
    source: 'synthetic',
    policy: {},
    samples: [{ t: 0, evidence: makeEvidence({ kernels: [makeKernel()] }) }],
    demand: [],
    expect: [{ t_from: 0, t_to: 60, kernel: 'k1', must: 'keep' }],
    ...part
  };
  writeFileSync(path.join(folder, file), JSON.stringify(trace));
}

test('everything that is wrong is said with its file and place, and the others are read all the same', async () => {
  put('good.json', {});
  put('bad.json', { policy: { warnSeconds: -1 }, samples: [{ t: 0, evidence: { kernels: [] } }], why: '' });
  put('wrong-name.json', { name: 'another' });
  put('no-such-kernel.json', { expect: [{ t_from: 0, t_to: 60, kernel: 'k2', must: 'stop' }] });
  writeFileSync(path.join(folder, 'cut.json'), '{"name": "cut", ');
  const { traces, problems } = await readTraces(folder);
  expect(traces.map(({ name }) => name)).toEqual(['good']);
  const places = problems.map(problem => problem.split(': ', 2).join(': '));
  expect(places).toEqual([
    'bad.json: $.why',
    'bad.json: $.policy.warnSeconds',
    'bad.json: $.samples[0]',
    expect.stringMatching(/^cut\.json: /),
    'no-such-kernel.json: $.expect[0].kernel',
    'wrong-name.json: $.name'
  ]);
});

test('a folder that is not there, or that holds no trace, is a problem', async () => {
  expect((await readTraces(folder)).problems).toEqual([`${folder}: there is no file *.json in it`]);
  expect((await readTraces(path.join(folder, 'none'))).problems).toEqual([expect.stringContaining('ENOENT')]);
});
