/**
 * Reads what `nvidia-smi -q -x` says. The document has grown with every driver: fields come, go and move, and any of them
 * may be `N/A`, `[Not Supported]`, `Unknown Error` or a sentence. What cannot be understood is unknown; only the document
 * as a whole must be whole.
 */
import type { Element } from '@xmldom/xmldom';
import { deviceProblem } from './device-problem.js';
import type { Gpu, GpuProcess, Inventory, MigInstance } from './inventory.js';
import type { ListedInstance } from './nvidia-smi-list.js';
import { childrenOf, elementAt, integerAt, readXml, textAt, withoutElements } from './xml-fields.js';

const LONGEST_NAME = 100;
const GPU_ID = /^GPU-[\w-]{1,64}$/;
const MIG_ID = /^MIG-[\w/-]{1,100}$/;
/** With `G` it is part of a desktop. `M`: it computes through MPS. */
const COMPUTING = /^(C|M\+C)$/;
/** It only passes on what its clients compute. */
const MPS_SERVER = 'nvidia-cuda-mps-server';
const UNITS: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1024,
  MB: 1024 ** 2,
  GB: 1024 ** 3,
  KIB: 1024,
  MIB: 1024 ** 2,
  GIB: 1024 ** 3
};

/**
 * The GPUs in the document.
 *
 * @param listed what `nvidia-smi -L` says of MIG instances, where there are any
 * @throws Error when it is no whole document of this kind
 */
export function readInventory(xml: string, listed: readonly ListedInstance[] = []): Inventory {
  const root = readXml(withoutElements(xml, 'supported_clocks'), 'nvidia_smi_log'); // that is most of the text
  return {
    driver: shortened(textAt(root, 'driver_version')),
    cuda: shortened(textAt(root, 'cuda_version')),
    gpus: childrenOf(root, 'gpu').map((gpu, index) => readGpu(gpu, index, listed))
  };
}

function readGpu(gpu: Element, index: number, listed: readonly ListedInstance[]): Gpu {
  const uuid = textAt(gpu, 'uuid');
  const hasId = GPU_ID.test(uuid);
  // the address tells it apart from others, although nothing can be started on it
  const id = hasId ? uuid : `GPU-at-${(gpu.getAttribute('id') ?? '').replace(/[^\w]+/g, '-') || index}`;
  const percent = /^(\d{1,3}) ?%$/.exec(textAt(gpu, 'utilization', 'gpu_util'))?.[1];
  return {
    index,
    id,
    product: shortened(textAt(gpu, 'product_name')) || 'NVIDIA GPU',
    memoryBytes: memoryAt(gpu, 'fb_memory_usage', 'total'),
    memoryUsedBytes: memoryAt(gpu, 'fb_memory_usage', 'used'),
    utilisation: percent === undefined ? null : Math.min(1, Number(percent) / 100),
    isMig: textAt(gpu, 'mig_mode', 'current_mig') === 'Enabled',
    instances: childrenOf(elementAt(gpu, 'mig_devices'), 'mig_device').flatMap(one => readInstance(one, id, listed)),
    processes: childrenOf(elementAt(gpu, 'processes'), 'process_info').flatMap(readProcess),
    isExclusive: textAt(gpu, 'compute_mode') === 'Exclusive_Process',
    problem: hasId ? deviceProblem(gpu) : 'Its UUID cannot be read.'
  };
}

function readInstance(instance: Element, gpu: string, listed: readonly ListedInstance[]): MigInstance[] {
  const index = integerAt(instance, 'index');
  const gpuInstance = integerAt(instance, 'gpu_instance_id');
  const computeInstance = integerAt(instance, 'compute_instance_id');
  if (index === null || gpuInstance === null || computeInstance === null) return [];
  const known = listed.find(one => one.gpu === gpu && one.index === index);
  const uuid = textAt(instance, 'uuid');
  const memoryBytes = memoryAt(instance, 'fb_memory_usage', 'total');
  return [
    {
      index,
      gpuInstance,
      computeInstance,
      // older drivers have no UUIDs for instances; this form is their name
      id: MIG_ID.test(uuid) ? uuid : (known?.id ?? `MIG-${gpu}/${gpuInstance}/${computeInstance}`),
      profile: known?.profile ?? (memoryBytes === null ? 'instance' : `${Math.round(memoryBytes / 1024 ** 3)}gb`),
      memoryBytes,
      memoryUsedBytes: memoryAt(instance, 'fb_memory_usage', 'used'),
      multiprocessors: integerAt(instance, 'device_attributes', 'shared', 'multiprocessor_count')
    }
  ];
}

function readProcess(process: Element): GpuProcess[] {
  const pid = integerAt(process, 'pid');
  if (pid === null || pid < 1) return [];
  const name = shortened(textAt(process, 'process_name')) || 'unknown';
  return [
    {
      pid,
      computes: COMPUTING.test(textAt(process, 'type')) && !name.endsWith(MPS_SERVER),
      name,
      memoryBytes: memoryAt(process, 'used_memory'),
      gpuInstance: integerAt(process, 'gpu_instance_id'),
      computeInstance: integerAt(process, 'compute_instance_id')
    }
  ];
}

function memoryAt(element: Element, ...path: readonly string[]): number | null {
  const [, digits, unit] = /^(\d{1,12}) *([KMG]?i?B)$/i.exec(textAt(element, ...path)) ?? [];
  const factor = UNITS[(unit ?? '').toUpperCase()];
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
}

function shortened(text: string): string {
  return text.length > LONGEST_NAME ? `${text.slice(0, LONGEST_NAME)}…` : text;
}
