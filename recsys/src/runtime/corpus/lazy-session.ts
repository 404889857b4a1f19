/** A session that is loaded when it is first needed; where that fails, the next call tries again. */
import type { InferenceSession } from 'onnxruntime-node';

export class LazySession {
  #session: Promise<InferenceSession> | undefined;

  constructor(private readonly load: () => Promise<InferenceSession>) {}

  async get(): Promise<InferenceSession> {
    this.#session ??= this.load();
    return this.#session.catch((error: unknown) => {
      this.#session = undefined;
      throw error;
    });
  }

  async release(): Promise<void> {
    const session = await this.#session;
    this.#session = undefined;
    await session?.release();
  }
}
