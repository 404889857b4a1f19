/** Sessions of ONNX Runtime over files of a folder. */
import * as ort from 'onnxruntime-node';
import type { TileLimits } from '../../graphs/index.js';
import { encodeModel, type Graph } from '../../onnx/index.js';

export interface SessionOptions {
  /** Where the files of the items are. */
  readonly folder: string;
  /** Where temporary ones may be made. */
  readonly scratch: string;
  readonly threads: number;
  /** Whole scans by `deviceScan`, and what runs them; left out, none. Tests run them on the CPU. */
  readonly deviceScans?: DeviceScans;
  /** Left out, those that are quickest. */
  readonly limits?: TileLimits;
}

export interface DeviceScans {
  readonly provider: Device;
  readonly limits: TileLimits;
}

/** What scans the items: a provider of ONNX Runtime. */
export type Device = 'cpu' | 'cuda';

export type Feeds = Readonly<Record<string, ort.Tensor>>;
export type Answer = ort.InferenceSession.ReturnType;

export interface SessionKind {
  /** Lets ONNX Runtime keep its own, packed copy of the items instead of the mapped file: needed for 8-bit items, wasteful for others. */
  readonly pack?: boolean;
  /** Gives memory back after each run instead of keeping it for the next: many sessions, of which one runs at a time, take no more than one. */
  readonly isOneOfMany?: boolean;
  /** `cuda`: nothing is left to the CPU, else it is refused. */
  readonly provider?: Device;
}

/** Loads a graph whose external data, if it has any, is in `folder`. */
export function createSession(
  graph: Graph,
  folder: string,
  threads: number,
  { pack = false, isOneOfMany = false, provider = 'cpu' }: SessionKind = {}
): Promise<ort.InferenceSession> {
  const session = {
    ...(provider === 'cuda' ? { disable_cpu_ep_fallback: '1', use_device_allocator_for_initializers: '1' } : {}),
    model_external_initializers_file_folder_path: folder,
    disable_prepacking: pack ? '0' : '1',
    intra_op: { allow_spinning: '0' } // the notebook and other sessions want the cores between two calls
  };
  return ort.InferenceSession.create(encodeModel(graph), {
    executionProviders: [provider],
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableCpuMemArena: !isOneOfMany,
    enableMemPattern: false, // scores of strips would lie side by side in memory, not in the same place one after the other
    logSeverityLevel: 3,
    extra: { session }
  });
}
