import { findDevice, type Gpu } from './find-device.js';

const absent: Gpu = { isThere: () => false, load: () => Promise.reject(new Error('must not be tried')) };
const broken: Gpu = { isThere: () => true, load: () => Promise.reject(new Error('libcudart.so.13 is missing')) };
const working: Gpu = { isThere: () => true, load: () => Promise.resolve() };

test.each([
  ['auto', absent, 'cpu'],
  ['auto', broken, 'cpu'],
  ['auto', working, 'cuda'],
  ['cpu', working, 'cpu'],
  ['cuda', working, 'cuda']
] as const)('%s is found where it works, else the CPU', async (wanted, gpu, device) => {
  expect(await findDevice(wanted, gpu)).toBe(device);
});

test.each([
  ['no driver', absent, /no driver of NVIDIA/],
  ['a library is missing', broken, /libcudart.so.13 is missing/]
])('cuda that does not work is refused with the reason and what to do: %s', async (_name, gpu, reason) => {
  const found = findDevice('cuda', gpu);
  await expect(found).rejects.toMatchObject({ code: 'invalid-input', field: 'device' });
  await expect(found).rejects.toThrow(reason);
  await expect(found).rejects.toThrow(/berth-recsys\[cuda\]/);
});
