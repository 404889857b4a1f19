import { readComputeConfig } from './compute-config.js';
import { computeVariables } from './compute-variables.js';

test.each(['1', '0', '-2', '2.5', 'two', '', ' ', '65', '1e9'])('GPUs are shared by %j', shares => {
  expect(() => readComputeConfig({ BERTH_GPU_SHARES: shares })).toThrow(/BERTH_GPU_SHARES=.*an integer from 2 to 64/);
});

test('an administrator is not heard', () => {
  expect(readComputeConfig({})).toEqual({ nvidiaSmi: 'nvidia-smi', gpuShares: 1 });
  expect(readComputeConfig({ BERTH_NVIDIA_SMI: '/opt/smi', BERTH_GPU_SHARES: '4' })).toEqual({
    nvidiaSmi: '/opt/smi',
    gpuShares: 4
  });
});

test('a process sees GPUs that it was not given, or all cores', () => {
  expect(computeVariables(['GPU-1', 'GPU-2'], 3)).toEqual({
    CUDA_VISIBLE_DEVICES: 'GPU-1,GPU-2',
    CUDA_DEVICE_ORDER: 'PCI_BUS_ID'
  });
  expect(computeVariables([])).toEqual({ CUDA_VISIBLE_DEVICES: '' });
  expect(computeVariables([], 3)).toMatchObject({
    CUDA_VISIBLE_DEVICES: '',
    OMP_NUM_THREADS: '3',
    POLARS_MAX_THREADS: '3'
  });
});
