/** What is said about a workspace's home volume. */
import type { SeenWorkspace } from './seen-workspace.js';
import type { HomeReason, Said } from './workspace-report.js';

/** Undefined where there is no volume yet. */
export function reportHome({ home, owner, reported }: SeenWorkspace): Said<HomeReason> | undefined {
  if (home === undefined) return undefined;
  if (home.owner !== owner) return not('OfAnother', 'The volume with this name holds the files of somebody else.');
  if (home.deleting) {
    return not(
      'BeingDeleted',
      'Somebody has deleted the home volume. It is kept only while the workspace runs: copy what you need.'
    );
  }
  if (home.phase === 'Lost') return not('Lost', 'The disk behind the home volume is gone.');
  if (wasRecreated(home.uid, reported)) {
    return {
      status: 'True',
      reason: 'Recreated',
      message: 'The earlier home volume was deleted. This one is new and was empty.'
    };
  }
  if (home.phase === 'Pending')
    return not('Pending', 'The home volume is made when the workspace first starts on a node.');
  return { status: 'True', reason: 'Bound', message: 'The home volume is there.' };
}

/** It stays said for as long as that volume is there: nobody should wonder where files have gone. */
function wasRecreated(uid: string, { homeUid, conditions }: SeenWorkspace['reported']): boolean {
  if (homeUid === undefined) return false;
  if (homeUid !== uid) return true;
  return conditions.some(({ type, reason }) => type === 'HomeReady' && reason === 'Recreated');
}

function not(reason: HomeReason, message: string): Said<HomeReason> {
  return { status: 'False', reason, message };
}
