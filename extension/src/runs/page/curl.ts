/** A command line that does again what Train did. Pure. */
import type { RunView } from '@berth/gateway/contract';

/**
 * A curl command that submits the same request as a new run. The token is read from the shell's environment and never
 * written here; the submission id is left out, or the answer would be the run that exists.
 *
 * @param endpoint - Absolute address of `/runs`.
 */
export function curlText(run: RunView, endpoint: string): string {
  const { submissionId: _, ...request } = run.request;
  return [
    'curl -X POST',
    '-H "Authorization: token $JUPYTER_TOKEN"',
    "-H 'Content-Type: application/json'",
    `--data ${shellQuoted(JSON.stringify(request))}`,
    shellQuoted(endpoint)
  ].join(' \\\n  ');
}

/** One word for a POSIX shell, whatever is in it: nothing is special inside single quotes but their end. */
export function shellQuoted(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}
