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
  /** Left out, those that are quickest. */
  readonly limits?: TileLimits;
}

export type Feeds = Readonly<Record<string, ort.Tensor>>;
export type Answer = ort.InferenceSession.ReturnType;

/**
 * Loads a graph whose external data is in `folder`.
 *
 * @param pack  lets ONNX Runtime keep its own, packed copy of the items instead of the mapped file: needed for 8-bit items, wasteful for others
 */
export function createSession(
  graph: Graph,
  folder: string,
  threads: number,
  pack: boolean
): Promise<ort.InferenceSession> {
  const session = {
    model_external_initializers_file_folder_path: folder,
    disable_prepacking: pack ? '0' : '1',
    intra_op: { allow_spinning: '0' } // the notebook and other sessions want the cores between two calls
  };
  return ort.InferenceSession.create(encodeModel(graph), {
    executionProviders: ['cpu'],
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableMemPattern: false, // scores of strips would lie side by side in memory, not in the same place one after the other
    logSeverityLevel: 3,
    extra: { session }
  });
}
