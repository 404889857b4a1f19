/** A session that is loaded when it is first needed; where that fails, the next call tries again. */
import type { InferenceSession } from 'onnxruntime-node';

export class LazySession {
  #session: Promise<InferenceSession> | undefined;

  constructor(private readonly load: () => Promise<InferenceSession>) {}

  async get(): Promise<InferenceSession> {
    const session = (this.#session ??= this.load());
    return session.catch((error: unknown) => {
      if (this.#session === session) this.#session = undefined;
      throw error;
    });
  }

  async release(): Promise<void> {
    const session = this.#session;
    this.#session = undefined;
    const loaded = await session?.catch(() => undefined); // whoever asked for it has heard
    await loaded?.release();
  }
}
