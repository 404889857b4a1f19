/** IOPub messages and kept executions, as far as our code needs them. */
import type { ICodeCellModel } from '@jupyterlab/cells';
import type { KernelMessage } from '@jupyterlab/services';
import type { IKeptExecution } from '../outputs-client.js';

export const CODE = 'for i in range(9): print(i)';

let number = 0;

/** One message of the execution `parent`. */
export function iopub(type: string, content: object, parent = 'm-1', id?: string): KernelMessage.IIOPubMessage {
  number += 1;
  return {
    channel: 'iopub',
    header: { msg_id: id ?? `io-${number}`, msg_type: type },
    parent_header: { msg_id: parent, msg_type: 'execute_request' },
    metadata: {},
    content
  } as unknown as KernelMessage.IIOPubMessage;
}

export const printed = (text: string, id?: string) => iopub('stream', { name: 'stdout', text }, 'm-1', id);
export const idle = (parent = 'm-1') => iopub('status', { execution_state: 'idle' }, parent);

export const shown = (text: string, displayId: string) => ({
  data: { 'text/plain': text },
  metadata: {},
  transient: { display_id: displayId }
});

/** What a cell shows. */
export const textOf = ({ outputs }: ICodeCellModel): string =>
  outputs
    .toJSON()
    .map(({ text, data }) => (typeof text === 'string' ? text : JSON.stringify(data)))
    .join('');

/** Two lines of a cell that is running. */
export function kept(fields: Partial<IKeptExecution> = {}): IKeptExecution {
  return {
    kernel: 'k-1',
    msgId: 'm-1',
    cellId: 'cell-0',
    code: CODE,
    count: 3,
    phase: 'running',
    changedMs: Date.parse('2026-01-02T00:00:00Z'),
    watched: false,
    outputs: [{ output_type: 'stream', name: 'stdout', text: '0\n1\n' }],
    clearNext: false,
    heard: [],
    ...fields
  };
}
