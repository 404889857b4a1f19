/** What is known of the NVIDIA GPUs of a machine: the words between what `nvidia-smi` says and what Berth offers. */

/** A process that has work on a GPU. */
export interface GpuProcess {
  readonly pid: number;
  /** It computes; otherwise it draws, as an X server and the programs of a desktop do. */
  readonly computes: boolean;
  readonly name: string;
  readonly memoryBytes: number | null;
  /** Of the MIG instance that it works on; null without MIG. */
  readonly gpuInstance: number | null;
  readonly computeInstance: number | null;
}

/** One part of a GPU that MIG has divided. */
export interface MigInstance {
  /** Place among the instances of its GPU. */
  readonly index: number;
  readonly gpuInstance: number;
  readonly computeInstance: number;
  /** What CUDA_VISIBLE_DEVICES takes. */
  readonly id: string;
  /** Such as `1g.18gb`. */
  readonly profile: string;
  readonly memoryBytes: number | null;
  readonly memoryUsedBytes: number | null;
  readonly multiprocessors: number | null;
}

export interface Gpu {
  /** Place among the GPUs, in the order of their addresses on the bus. */
  readonly index: number;
  /** What CUDA_VISIBLE_DEVICES takes. */
  readonly id: string;
  /** Such as `NVIDIA H200`. */
  readonly product: string;
  readonly memoryBytes: number | null;
  readonly memoryUsedBytes: number | null;
  /** From 0 to 1. */
  readonly utilisation: number | null;
  readonly isMig: boolean;
  readonly instances: readonly MigInstance[];
  readonly processes: readonly GpuProcess[];
  /** Only one process at a time may use it. */
  readonly isExclusive: boolean;
  /** Why it cannot be given to anybody; null: it can. */
  readonly problem: string | null;
}

export interface Inventory {
  readonly driver: string;
  readonly cuda: string;
  readonly gpus: readonly Gpu[];
}

export const NO_GPUS: Inventory = { driver: '', cuda: '', gpus: [] };
