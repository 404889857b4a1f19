import { createHmac } from 'node:crypto';

/**
 * What the agent of a workspace asks to hear from whoever asks it. It follows from a key that only the operator has, so the operator need
 * not read the Secret that holds it; and one workspace's says nothing of another's.
 */
export function agentTokenOf(agentKey: string, workspaceUid: string): string {
  return createHmac('sha256', agentKey).update(workspaceUid).digest('hex');
}
