import { findDevice, type Gpu } from './find-device.js';

const gpu = (problem?: string): Gpu => ({ isThere: () => true, problem: () => Promise.resolve(problem) });
const absent: Gpu = { isThere: () => false, problem: () => Promise.reject(new Error('must not be tried')) };

test.each([
  ['auto', absent, 'cpu'],
  ['auto', gpu(), 'cpu'],
  ['cpu', gpu(), 'cpu'],
  ['cuda', gpu(), 'cuda']
] as const)('%s: a GPU is used where it is asked for and works', async (wanted, each, device) => {
  expect(await findDevice(wanted, '.', each)).toBe(device);
});

test.each([
  ['no driver', absent, /no driver of NVIDIA/],
  ['a wrong answer', gpu('off by 1'), /off by 1/]
])('cuda that does not work is refused with the reason and what to do: %s', async (_name, each, reason) => {
  const found = findDevice('cuda', '.', each);
  await expect(found).rejects.toMatchObject({ code: 'invalid-input', field: 'device' });
  await expect(found).rejects.toThrow(reason);
  await expect(found).rejects.toThrow(/berth-recsys\[cuda\]/);
});
