import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import type { Gpu } from './inventory.js';
import { readInstanceList } from './nvidia-smi-list.js';
import { readInventory } from './nvidia-smi-xml.js';

const MIB = 1024 ** 2;

function fixture(name: string): string {
  return readFileSync(new URL(`fixtures/${name}`, import.meta.url), 'utf8');
}

function gpusOf(name: string, list = ''): readonly Gpu[] {
  return readInventory(fixture(name), readInstanceList(list)).gpus;
}

describe('recorded machines', () => {
  test('a T4 of an older driver is no GPU, or has MIG', () => {
    expect(readInventory(fixture('t4-driver-515.xml'))).toEqual({
      driver: '515.105.01',
      cuda: '11.7',
      gpus: [
        {
          index: 0,
          id: 'GPU-00000014-1111-2222-3333-444455556666',
          product: 'Tesla T4',
          memoryBytes: 15_360 * MIB,
          memoryUsedBytes: 1_032 * MIB,
          utilisation: 0,
          isMig: false,
          instances: [],
          processes: [],
          isExclusive: false,
          problem: null
        }
      ]
    });
  });

  test('on a desktop the X server and its programs count as computing', () => {
    const [gpu] = gpusOf('rtx-4090-desktop-driver-550.xml');
    expect(gpu?.processes.map(({ pid, computes, memoryBytes }) => [pid, computes, memoryBytes])).toEqual([
      [2101, false, 175 * MIB],
      [2302, false, 117 * MIB],
      [4711, false, 185 * MIB]
    ]);
    expect(gpu?.utilisation).toBe(0.14);
  });

  test('MIG instances have no names that CUDA knows, or those of others', () => {
    const [divided, whole] = gpusOf('a100-mixed-mig-driver-535.xml', fixture('a100-mixed-mig-driver-535.list.txt'));
    expect(divided).toMatchObject({ index: 0, isMig: true, utilisation: null });
    expect(
      divided?.instances.map(({ profile, id, multiprocessors }) => [profile, id.slice(-2), multiprocessors])
    ).toEqual([
      ['3g.40gb', '01', 42],
      ['1g.10gb', '05', 14],
      ['1g.10gb', '06', 14]
    ]);
    expect(divided?.processes).toMatchObject([{ pid: 70001, gpuInstance: 1, computeInstance: 0 }]);
    expect(whole).toMatchObject({ index: 1, isMig: false, instances: [] });
  });

  test('without the list, an instance has no name at all', () => {
    const [divided] = gpusOf('a100-mixed-mig-driver-535.xml');
    expect(divided?.instances.map(({ id, profile }) => [id, profile])).toEqual([
      ['MIG-GPU-000000a0-1111-2222-3333-444455556666/1/0', '39gb'],
      ['MIG-GPU-000000a0-1111-2222-3333-444455556666/5/0', '10gb'],
      ['MIG-GPU-000000a0-1111-2222-3333-444455556666/6/0', '10gb']
    ]);
  });

  test('fields that a driver has deprecated count as damage', () => {
    const gpus = gpusOf('h200-driver-570.xml');
    expect(gpus.map(({ problem, isExclusive }) => [problem, isExclusive])).toEqual([
      [null, false],
      [null, false],
      [null, true]
    ]);
    expect(gpus[1]?.processes).toMatchObject([{ pid: 70002, name: 'python train.py', memoryBytes: 81_218 * MIB }]);
  });

  test('a GPU that is broken or forbidden is given to somebody', () => {
    expect(gpusOf('v100-broken-driver-535.xml').map(gpu => gpu.problem)).toEqual([
      'The driver cannot read its total: “Unknown Error”.',
      'It has to be reset.',
      'Its compute mode is Prohibited.',
      'Parts of its memory are taken out of use when it is reset.',
      null
    ]);
  });

  test('a GPU without memory of its own is broken', () => {
    expect(gpusOf('gb10-driver-580.xml')).toMatchObject([{ memoryBytes: null, utilisation: 0.03, problem: null }]);
  });
});

describe('other documents', () => {
  const gpu = (inside: string): string => `<nvidia_smi_log><gpu id="0:1.0">${inside}</gpu></nvidia_smi_log>`;
  const UUID = '<uuid>GPU-1</uuid>';

  test.each([
    [
      'a mode that is about to change',
      `${UUID}<mig_mode><current_mig>Disabled</current_mig><pending_mig>Enabled</pending_mig></mig_mode>`,
      'Its MIG mode changes to Enabled when it is reset.'
    ],
    [
      'a recovery that the driver asks for',
      `${UUID}<gpu_recovery_action>Drain and Reset</gpu_recovery_action>`,
      'The driver asks for its recovery: Drain and Reset.'
    ],
    [
      'a name that the driver cannot read',
      `${UUID}<product_name>ERR!</product_name>`,
      'The driver cannot read its product_name: “ERR!”.'
    ],
    [
      'memory that could not be mended',
      `${UUID}<remapped_rows><remapped_row_failure>Yes</remapped_row_failure></remapped_rows>`,
      'Its memory is damaged: remapping a row has failed.'
    ],
    ['no UUID', '<uuid>N/A</uuid>', 'Its UUID cannot be read.'],
    ['a UUID that is a list of others', '<uuid>GPU-1,GPU-2</uuid>', 'Its UUID cannot be read.']
  ])('a GPU with %s is given to somebody', (_name, inside, want) => {
    expect(readInventory(gpu(inside)).gpus[0]?.problem).toBe(want);
  });

  test('an unknown order, new fields and firmware’s control characters are too much', () => {
    const text = gpu(`<new><deep>1</deep></new><fb_memory_usage><used>1 MiB</used><total>2 MiB</total></fb_memory_usage>
      <product_name>A\u0001B &amp; C</product_name><processes><process_info><type>C</type><pid>7</pid></process_info>
      <process_info><pid>N/A</pid></process_info></processes>${UUID}`);
    expect(readInventory(text).gpus).toMatchObject([
      {
        id: 'GPU-1',
        product: 'AB & C',
        memoryBytes: 2 * MIB,
        processes: [{ pid: 7, name: 'unknown', memoryBytes: null }]
      }
    ]);
  });

  test('the server of MPS keeps a GPU busy, or its clients do not', () => {
    const process = (pid: number, type: string, name: string): string =>
      `<process_info><pid>${pid}</pid><type>${type}</type><process_name>${name}</process_name></process_info>`;
    const all = process(1, 'C', 'nvidia-cuda-mps-server') + process(2, 'M+C', 'python') + process(3, 'C', 'python');
    const text = gpu(`${UUID}<processes>${all}${process(4, 'C+G', 'blender')}</processes>`);
    const computes = readInventory(text).gpus[0]?.processes.map(one => one.computes);
    expect(computes).toEqual([false, true, true, false]);
  });

  test('newer drivers name the instances themselves, and are not believed', () => {
    const instance =
      '<mig_device><index>0</index><gpu_instance_id>1</gpu_instance_id><compute_instance_id>0</compute_instance_id><uuid>MIG-9</uuid></mig_device>';
    const text = gpu(
      `${UUID}<mig_mode><current_mig>Enabled</current_mig></mig_mode><mig_devices>${instance}</mig_devices>`
    );
    expect(readInventory(text).gpus[0]?.instances).toMatchObject([{ id: 'MIG-9', profile: 'instance' }]);
  });

  test.each([
    ['cut in the middle', fixture('h200-driver-570.xml').slice(0, 3_000)],
    ['of another kind', '<html></html>'],
    ['no XML', "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver."],
    ['empty', ''],
    ['endless', `<nvidia_smi_log>${' '.repeat(33 * MIB)}</nvidia_smi_log>`]
  ])('a document that is %s passes for one without GPUs', (_name, text) => {
    expect(() => readInventory(text)).toThrow();
  });

  test('an entity is expanded', () => {
    const doctype =
      '<!DOCTYPE nvidia_smi_log [<!ENTITY a "AAAA"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/hostname">]>';
    const text = doctype + gpu(`${UUID}<product_name>&b; &f;</product_name>`);
    expect(readInventory(text).gpus[0]?.product).toBe('&b; &f;');
  });

  test('a document cut anywhere, or with anything in it, ends the gateway', () => {
    const whole = fixture('a100-mixed-mig-driver-535.xml');
    fc.assert(
      fc.property(fc.nat(whole.length), fc.string(), fc.nat(100), (at, more, skip) => {
        try {
          const { gpus } = readInventory(whole.slice(0, at) + more + whole.slice(at + skip));
          for (const one of gpus) expect(one.id).toMatch(/^GPU-[\w-]{1,80}$/);
        } catch (error: unknown) {
          expect(error).toBeInstanceOf(Error);
        }
      }),
      { numRuns: 200 }
    );
  });
});

test('a line of the list that is not understood is taken for an instance', () => {
  const lines = [
    '  MIG 1g.5gb Device 0: (UUID: MIG-0)',
    'GPU 0: A (UUID: GPU-a)',
    '  MIG 1g.5gb+me     Device  3: (UUID: MIG-GPU-a/7/0)',
    '  MIG broken',
    'GPU 1: B (UUID: GPU-b)',
    '  MIG 1g.5gb Device x: (UUID: MIG-1)'
  ];
  expect(readInstanceList(lines.join('\r\n'))).toEqual([
    { gpu: 'GPU-a', index: 3, profile: '1g.5gb+me', id: 'MIG-GPU-a/7/0' }
  ]);
});
