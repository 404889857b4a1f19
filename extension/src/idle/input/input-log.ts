/** When a person did something, anywhere on this page and in each notebook; what was delivered is not told twice. Pure. */

export interface IInputAges {
  /** Seconds since the last input, by kernel; only those where there was some since it was last delivered. */
  readonly kernels: Record<string, number>;
  /** Null: nothing was done yet. */
  readonly input: number | null;
}

export class InputLog {
  /** @param kernel - Of the notebook or console where it was; null: elsewhere. */
  note(kernel: string | null, nowMs: number): void {
    this._lastMs = nowMs;
    if (kernel !== null) this._kernels.set(kernel, nowMs);
  }

  ages(nowMs: number): IInputAges {
    const age = (atMs: number): number => Math.max(0, nowMs - atMs) / 1000;
    const kernels = Object.fromEntries([...this._kernels].map(([id, atMs]) => [id, age(atMs)]));
    return { kernels, input: this._lastMs === null ? null : age(this._lastMs) };
  }

  /** What was done until then has arrived. */
  delivered(untilMs: number): void {
    for (const [id, atMs] of this._kernels) if (atMs <= untilMs) this._kernels.delete(id);
  }

  private readonly _kernels = new Map<string, number>();
  private _lastMs: number | null = null;
}
