/** What a proof on a GPU runs on: the bundle beside which ONNX Runtime's CUDA provider lies, and the card. */
import { mustRun } from '../../scripts/command.ts';

/** Where nodes of a graph have to be, by what an option `--device` says. */
export const PROVIDERS: Readonly<Record<string, string>> = {
  cuda: 'CUDAExecutionProvider',
  cpu: 'CPUExecutionProvider'
};

const FIND_RUNTIME = [
  'import os, sys',
  'from pathlib import Path',
  'from berth_recsys.cuda import cuda_parts, cuda_variables, runtime_with_cuda',
  'parts = cuda_parts()',
  'bundle = Path(os.environ["BERTH_RECSYS_RUNTIME"])',
  'print(runtime_with_cuda(bundle, parts, Path(sys.argv[1])) if parts else bundle)',
  'print(cuda_variables(os.environ, parts)["LD_LIBRARY_PATH"] if parts else "")'
].join('\n');

/** @param python  an interpreter with numpy and what the extra `cuda` of berth-recsys installs */
export async function runtimeWithCuda(
  python: string,
  scratch: string,
  env: Record<string, string>
): Promise<{ readonly runtime: string; readonly libraries: string }> {
  const found = await mustRun(python, ['-c', FIND_RUNTIME, scratch], { env, capture: true });
  const [runtime = '', libraries = ''] = found.split('\n');
  return { runtime, libraries };
}

/** Throws where a node of a profile, `{"provider operator": count}`, ran elsewhere than on the device. */
export function requireAllOn(device: string, nodes: Readonly<Record<string, number>>): void {
  const elsewhere = Object.keys(nodes).filter(
    node => !node.startsWith(PROVIDERS[device] ?? ' ') || node.includes('Memcpy')
  );
  if (Object.keys(nodes).length === 0 || elsewhere.length > 0)
    throw new Error(`not all of the graph ran on ${device}: ${JSON.stringify(nodes)}`);
}

/** Its name and its driver. */
export async function card(): Promise<string> {
  const query = ['--query-gpu=name,driver_version', '--format=csv,noheader'];
  return (await mustRun('nvidia-smi', query, { capture: true })).trim();
}
