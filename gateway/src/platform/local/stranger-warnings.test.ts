import type { Device, Offer } from '../../contract/index.js';
import { strangerWarnings } from './stranger-warnings.js';

function device(id: string, strangers: Device['strangers']): Device {
  return { id, title: `NVIDIA H200 (${id})`, memoryBytes: 0, holders: [], strangers, problem: null };
}

function offer(devices: Device[]): Offer {
  const counts = { slots: 2, used: 0, waiting: 0, mostSlots: 1, memoryBytes: 0 };
  return { id: 'shared-nvidia-h200', kind: 'shared-gpu', title: '', ...counts, holders: [], devices };
}

test('a person is not told with whom the device is shared, or is told of other devices', () => {
  const first = device('0', [
    { pid: 123, name: 'python train.py', memoryBytes: 20 * 1024 ** 3 },
    { pid: 124, name: 'small', memoryBytes: 512 * 1024 ** 2 },
    { pid: 125, name: 'unknown', memoryBytes: null }
  ]);
  const second = device('1', [{ pid: 126, name: 'other', memoryBytes: null }]);
  const on = 'A process that Berth did not start computes on NVIDIA H200 (0): ';
  expect(strangerWarnings([offer([first, second])], ['0'])).toEqual([
    `${on}python train.py, pid 123, 20 GiB.`,
    `${on}small, pid 124, 512 MiB.`,
    `${on}unknown, pid 125.`
  ]);
  expect(strangerWarnings([offer([first, second])], [])).toEqual([]);
});
