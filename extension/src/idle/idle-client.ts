/**
 * Typed calls to the part of Berth inside the person's own Jupyter server that watches activity. None of them counts as
 * activity itself. Every failure is a `GatewayError`.
 */
import type { ActivityView, PolicyPart, SnoozeReply, Subject } from '@berth/gateway/contract';
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { toGatewayError } from '../shared/gateway-error.js';
import { jsonAnswer } from '../shared/json-answer.js';

const ROUTE = 'berth/activity';
const UNTRACKED = '?no_track_activity=1';

/** What a page knows of the person in front of it. Ages are in seconds. */
export interface IInputBody {
  /** Of notebooks and consoles in which something was done since it was last told, by their kernel's id. */
  readonly kernels: Readonly<Record<string, number>>;
  /** Null: nothing was done on this page yet. */
  readonly input: number | null;
  /** Kernels in which a cell waits for an answer to `input()`. */
  readonly waitsInput: readonly string[];
  readonly tabs: 1;
  /** What the person asks for; null: nothing beyond the policy; absent: that is not known yet. */
  readonly wish?: PolicyPart | null;
  /** Of this page, until it is loaded again. */
  readonly page: string;
}

/** "Was this wrong?": of what is there now, or of something that was stopped. */
export interface IReport {
  readonly subject: Subject | null;
  readonly stopId: string | null;
  readonly text: string;
}

export class IdleClient {
  constructor(private readonly _settings: ServerConnection.ISettings) {}

  /** @returns null where this Jupyter server has no such part, or has it not for this person. */
  async view(): Promise<ActivityView | null> {
    const response = await this._fetch('GET', []);
    if (response.status === 404 || response.status === 403) return null;
    return jsonAnswer(response);
  }

  /** @returns null while the judge has not answered. */
  async snooze(subject: Subject): Promise<SnoozeReply> {
    return jsonAnswer(await this._fetch('POST', ['snooze'], { subject }));
  }

  async tellInput(body: IInputBody): Promise<void> {
    await jsonAnswer(await this._fetch('POST', ['input'], body));
  }

  /** The person has seen what was stopped. */
  async dismiss(id: string): Promise<void> {
    await jsonAnswer(await this._fetch('POST', ['stops', 'dismiss'], { id }));
  }

  /** @returns the file with the last readings, beside the person's own data. */
  async report(report: IReport): Promise<{ readonly file: string }> {
    return jsonAnswer(await this._fetch('POST', ['wrong'], report));
  }

  private async _fetch(method: 'GET' | 'POST', path: readonly string[], body?: unknown): Promise<Response> {
    const url = URLExt.join(this._settings.baseUrl, ROUTE, ...path) + UNTRACKED;
    const init: RequestInit = { method, cache: 'no-cache' };
    if (body !== undefined) {
      init.body = JSON.stringify(body);
      init.headers = { 'Content-Type': 'application/json' };
    }
    try {
      return await ServerConnection.makeRequest(url, init, this._settings);
    } catch (error: unknown) {
      throw toGatewayError(error);
    }
  }
}
