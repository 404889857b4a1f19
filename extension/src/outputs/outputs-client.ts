/** Typed calls to `berth/outputs` of this page's Jupyter server. */
import type { ICodeCellModel } from '@jupyterlab/cells';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';

export type Outputs = ICodeCellModel['outputs'];
export type Output = Parameters<Outputs['add']>[0];

/** One execution of a cell, as the server has kept it. */
export interface IKeptExecution {
  readonly kernel: string;
  readonly msgId: string;
  readonly cellId: string;
  /** What was run; null until the kernel has begun with it. */
  readonly code: string | null;
  readonly count: number | null;
  readonly phase: 'queued' | 'running' | 'ended';
  /** When it last printed, by the clock that also dates files. */
  readonly changedMs: number;
  /** The page that started it, or the one that goes on with it, is connected. */
  readonly watched: boolean;
  readonly outputs: readonly Output[];
  /** The next output replaces all of these. */
  readonly clearNext: boolean;
  /** The last messages that `outputs` has in it. */
  readonly heard: readonly string[];
}

/** Requests of one kernel connection, and the cells they came from. */
export interface ISentCells {
  readonly kernel: string;
  readonly session: string;
  readonly path: string;
  readonly cells: readonly (readonly [msgId: string, cellId: string])[];
  /** The server was told of them before: what it does not keep any more must not come back. */
  readonly known: boolean;
}

export class OutputsClient {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  async kept(path: string): Promise<readonly IKeptExecution[]> {
    const answer = await this._call('GET', URLExt.objectToQueryString({ path }));
    return ((await answer.json()) as { executions: IKeptExecution[] }).executions;
  }

  /** Goes out even if the page closes right now. */
  async sent(cells: ISentCells): Promise<void> {
    await this._call('POST', '/cells', cells, true);
  }

  async cleared(path: string, cells: readonly string[]): Promise<void> {
    await this._call('POST', '/clear', { path, cells });
  }

  async saved(executions: readonly string[]): Promise<void> {
    await this._call('POST', '/saved', { executions });
  }

  private async _call(method: string, rest: string, body?: unknown, keepalive = false): Promise<Response> {
    const url = URLExt.join(this._settings.baseUrl, 'berth/outputs') + rest;
    const init: RequestInit = body === undefined ? { method } : { method, body: JSON.stringify(body), keepalive };
    const response = await ServerConnection.makeRequest(url, init, this._settings);
    if (!response.ok) throw new ServerConnection.ResponseError(response);
    return response;
  }
}
