/** What the panel says of an environment. Pure. */
import type { Environment } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import { formatBytes } from '../../shared/byte-size.js';
import { formatMoment } from '../../shared/moment-text.js';

/** The state in words, with the size where it was measured. */
function stateText({ state, sizeBytes }: Environment, trans: TranslationBundle): string {
  switch (state) {
    case 'absent':
      return trans.__('Not created yet');
    case 'creating':
      return trans.__('Being created');
    case 'failed':
      return trans.__('Failed');
    case 'ready':
      return sizeBytes === null ? trans.__('Ready') : trans.__('Ready · %1', formatBytes(sizeBytes));
  }
}

/** State, interpreter, age and last use in one line. */
export function factsText(environment: Environment, nowMs: number, trans: TranslationBundle): string {
  const { python, state, createdAtMs, lastUsedAtMs } = environment;
  const parts = [stateText(environment, trans)];
  if (python !== '') parts.push(trans.__('Python %1', python));
  if (createdAtMs !== null) parts.push(trans.__('made %1', formatMoment(createdAtMs, nowMs)));
  if (lastUsedAtMs !== null) parts.push(trans.__('used %1', formatMoment(lastUsedAtMs, nowMs)));
  else if (state === 'ready') parts.push(trans.__('never used'));
  return parts.join(' · ');
}

/** Who uses it now, each once: a kernel and what it waits for have one name. Empty: nobody. */
export function usersText({ inUse }: Environment, trans: TranslationBundle): string {
  const kinds = { run: trans.__('run'), kernel: trans.__('kernel'), process: trans.__('process') };
  const users = inUse.map(({ kind, name }) => trans.__('%1 (%2)', name, kinds[kind]));
  return [...new Set(users)].join(', ');
}

export function originText(origin: Environment['origin'], trans: TranslationBundle): string {
  switch (origin) {
    case 'berth':
      return trans.__('comes with Berth');
    case 'requirements':
      return trans.__('packages by name');
    case 'pylock':
      return trans.__('a pylock.toml');
    case 'uv-lock':
      return trans.__('a uv.lock');
    case 'kernel':
      return trans.__('a running kernel');
    case 'notebook':
      return trans.__('a pinned notebook');
  }
}
