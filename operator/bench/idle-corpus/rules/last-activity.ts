/**
 * `last_activity` as jupyter_server 2 would report it, derived from what a trace holds.
 *
 * A kernel's moves when a cell begins and when it ends; while a cell runs it moves only when the cell prints, which the
 * evidence does not hold, so a running cell is taken to be silent. Comm messages, which move it too, are not held either:
 * both choices are in favour of whoever stops by `last_activity`. The server's own is the latest of its kernels', of a
 * person's input (a save, a keystroke in a terminal) and of the requests that every open page sends: JupyterLab asks for
 * kernels, sessions and terminals again and again, and these requests count. A hidden page sends none, but the evidence does not
 * say which are hidden, so every open one is taken to be visible: the one choice that is not in their favour
 * (jupyter_server 2.20, `ServerWebApplication.last_activity`, `APIHandler.update_api_activity`, `record_activity`).
 */
import type { Evidence, KernelEvidence, Reading } from '@berth/operator/plan';

export class LastActivity {
  readonly #kernels = new Map<string, { at: number; seen: KernelEvidence }>();
  #server: number | null = null;

  /** Takes in what a reading shows; a failed one shows nothing. */
  see(reading: Reading): void {
    this.#server ??= reading.t;
    if (!('evidence' in reading)) return;
    const { kernels, input_t, tabs } = reading.evidence;
    for (const kernel of kernels) this.#seeKernel(kernel, reading.t);
    if (input_t !== null) this.#advance(input_t);
    if (tabs !== null && tabs > 0) this.#advance(reading.t);
  }

  /** The server's, as in `/api/status`; before the first reading it has none. */
  get server(): number | null {
    return this.#server;
  }

  /** The latest of the kernels that `evidence` lists, as in `/api/kernels`. */
  ofKernels(evidence: Evidence): number | null {
    const known = evidence.kernels.map(({ id }) => this.#kernels.get(id)?.at ?? 0);
    return known.length === 0 ? null : Math.max(...known);
  }

  #seeKernel(kernel: KernelEvidence, t: number): void {
    const before = this.#kernels.get(kernel.id);
    const moved =
      before === undefined ||
      kernel.executions !== before.seen.executions ||
      (before.seen.state === 'busy' && kernel.state !== 'busy');
    this.#kernels.set(kernel.id, { at: moved ? t : before.at, seen: kernel });
    if (moved) this.#advance(t);
  }

  #advance(t: number): void {
    this.#server = Math.max(this.#server ?? 0, t);
  }
}
