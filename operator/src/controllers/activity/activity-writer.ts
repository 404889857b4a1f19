/** Writes what is known of a workspace's activity, tells people of it, and stops the workspace. */
import { isDeepStrictEqual } from 'node:util';
import { API_VERSION, type IdleStop, type Workspace, WORKSPACES } from '../../api/index.js';
import type { ApiClient } from '../../runtime/api-client.js';
import type { EventRecorder, EventWish } from '../../runtime/events.js';
import type { ApiObject } from '../../runtime/resource.js';
import { conditionOfType } from '../workspace/status-of.js';
import type { ActivityReport } from './activity-report.js';

/** Of its own: what the workspace controller applies does not take away what is applied here, nor the other way round. */
export const ACTIVITY_FIELD_MANAGER = 'berth-operator-activity';

export interface ActivityWriterOptions {
  readonly client: Pick<ApiClient, 'apply' | 'merge'>;
  readonly events: Pick<EventRecorder, 'record'>;
}

export class ActivityWriter {
  readonly #options: ActivityWriterOptions;

  constructor(options: ActivityWriterOptions) {
    this.#options = options;
  }

  /**
   * One write where something is new, then its event. Returns the workspace as it is then; the same object where nothing was written.
   * @throws ApiError 409 where it was decided on an older one
   */
  async report(workspace: Workspace, report: ActivityReport, signal: AbortSignal): Promise<Workspace> {
    const before = conditionOfType(workspace.status, 'Idle');
    const isSame = isDeepStrictEqual(report.idle, before);
    if (isSame && isDeepStrictEqual(report.activity, workspace.status?.activity)) return workspace;
    const { idle, activity } = report;
    const status = { ...(idle && { conditions: [idle] }), ...(activity && { activity }) };
    const applied = { ...subjectOf(workspace), status };
    const written = await this.#options.client.apply<ApiObject>(WORKSPACES, applied, { subresource: 'status', signal });
    if (idle?.reason !== before?.reason) await this.#tell(workspace, report, before?.reason);
    return written as Workspace;
  }

  /** @throws ApiError 409 where somebody has changed it since: then their wish counts */
  async stop(workspace: Workspace, { why }: IdleStop, signal: AbortSignal): Promise<void> {
    await this.#options.client.merge(WORKSPACES, workspace.metadata, { spec: { running: false } }, signal);
    const message = `${why} Its home is kept; it is resumed by setting spec.running to true.`;
    await this.#record(workspace, { type: 'Normal', reason: 'StoppedIdle', message });
  }

  async #tell(workspace: Workspace, { idle }: ActivityReport, before: string | undefined): Promise<void> {
    if (idle !== undefined) {
      const isToAct = idle.reason !== 'Snoozed' && idle.reason !== 'WouldStop';
      await this.#record(workspace, {
        type: isToAct ? 'Warning' : 'Normal',
        reason: idle.reason,
        message: idle.message
      });
    } else if (workspace.spec.running && (before === 'IdleWarning' || before === 'Snoozed')) {
      const message = 'It is not stopped: somebody works in it again, or its policy is another.';
      await this.#record(workspace, { type: 'Normal', reason: 'IdleOver', message });
    }
  }

  async #record(workspace: Workspace, said: Omit<EventWish, 'regarding'>): Promise<void> {
    await this.#options.events.record({ regarding: subjectOf(workspace), ...said });
  }
}

function subjectOf({ metadata }: Workspace): ApiObject & { readonly apiVersion: string; readonly kind: string } {
  const { name, namespace = '', uid = '', resourceVersion = '' } = metadata;
  return { apiVersion: API_VERSION, kind: WORKSPACES.kind, metadata: { name, namespace, uid, resourceVersion } };
}
