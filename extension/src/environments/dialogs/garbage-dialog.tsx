/** The dialog "Clean up": what nobody uses any more, with its sizes, before anything is deleted. */
import type { Garbage } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { useState, type ReactElement } from 'react';
import { formatBytes } from '../../shared/byte-size.js';
import { ErrorBox } from '../../shared/error-box.js';
import { toGatewayError, type GatewayError } from '../../shared/gateway-error.js';
import { DialogButton, ModalDialog } from '../../shared/modal-dialog.js';
import { formatMoment } from '../../shared/moment-text.js';
import { useAnswer } from './use-answer.js';

export interface IGarbageDialogProps {
  readonly list: (signal: AbortSignal) => Promise<Garbage>;
  readonly collect: () => Promise<Garbage>;
  readonly trans: TranslationBundle;
  readonly onClose: () => void;
}

type Folders = Garbage['folders'];

export function GarbageDialog({ list, collect, trans, onClose }: IGarbageDialogProps): ReactElement {
  const { value, error } = useAnswer(list);
  const collecting = useCollecting(collect);
  const folders = value?.folders ?? [];
  const canCollect = folders.length > 0 && collecting.deleted === null;
  const note = noteOf(value, collecting.deleted, error !== null, trans);
  return (
    <ModalDialog
      title={trans.__('Clean up environments')}
      isWide
      onClose={onClose}
      buttons={
        <>
          <DialogButton text={trans.__('Close')} onClick={onClose} />
          {canCollect && (
            <DialogButton
              kind="warn"
              text={collecting.isBusy ? trans.__('Deleting…') : trans.__('Delete %1', sizeOf(folders))}
              disabled={collecting.isBusy}
              onClick={collecting.start}
            />
          )}
        </>
      }
    >
      {error !== null && <ErrorBox error={error} trans={trans} />}
      {collecting.error !== null && <ErrorBox error={collecting.error} trans={trans} />}
      <p className="jp-BerthDialog-note" role="status">
        {note}
      </p>
      {canCollect && <FolderTable folders={folders} trans={trans} />}
    </ModalDialog>
  );
}

interface ICollecting {
  readonly isBusy: boolean;
  /** What was deleted; null: nothing yet. */
  readonly deleted: Folders | null;
  readonly error: GatewayError | null;
  readonly start: () => void;
}

function useCollecting(collect: () => Promise<Garbage>): ICollecting {
  const [state, setState] = useState<Omit<ICollecting, 'start'>>({ isBusy: false, deleted: null, error: null });
  const start = (): void => {
    setState({ isBusy: true, deleted: null, error: null });
    collect().then(
      ({ folders }) => setState({ isBusy: false, deleted: folders, error: null }),
      (thrown: unknown) => setState({ isBusy: false, deleted: null, error: toGatewayError(thrown) })
    );
  };
  return { ...state, start };
}

function FolderTable({ folders, trans }: { folders: Folders; trans: TranslationBundle }): ReactElement {
  const now = Date.now();
  const whys = {
    'no-definition': trans.__('Nothing refers to it'),
    'long-unused': trans.__('Not used for a month; made again when it is needed')
  };
  return (
    <div className="jp-BerthTable-scroll" tabIndex={0} role="region" aria-label={trans.__('What would be deleted')}>
      <table className="jp-BerthTable">
        <thead>
          <tr>
            <th scope="col">{trans.__('Environment')}</th>
            <th scope="col">{trans.__('Size')}</th>
            <th scope="col">{trans.__('Last used')}</th>
            <th scope="col">{trans.__('Why')}</th>
          </tr>
        </thead>
        <tbody>
          {folders.map(({ name, hash, sizeBytes, lastUsedAtMs, why }) => (
            <tr key={hash + name}>
              <th scope="row">
                {name} <code>{hash}</code>
              </th>
              <td>{sizeBytes === null ? trans.__('not measured') : formatBytes(sizeBytes)}</td>
              <td>{lastUsedAtMs === null ? trans.__('never') : formatMoment(lastUsedAtMs, now)}</td>
              <td>{whys[why]}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function noteOf(found: Garbage | null, deleted: Folders | null, hasFailed: boolean, trans: TranslationBundle): string {
  if (deleted !== null) return deletedText(deleted, trans);
  if (found === null) return hasFailed ? '' : trans.__('Looking…');
  if (found.folders.length > 0) return trans.__('Nobody uses these files. What somebody uses by then stays.');
  return trans.__('There is nothing to clean up.');
}

function deletedText(folders: Folders, trans: TranslationBundle): string {
  return trans._n('%1 folder was deleted: %2.', '%1 folders were deleted: %2.', folders.length, sizeOf(folders));
}

function sizeOf(folders: Folders): string {
  return formatBytes(folders.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0));
}
