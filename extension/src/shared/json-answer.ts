/** Reads what this page's Jupyter server answers, whichever of its parts answers. */
import { errorOf } from './gateway-error.js';

/** @returns the JSON of a good answer, null for an empty one. Throws the `GatewayError` of any other. */
export async function jsonAnswer<T>(response: Response): Promise<T> {
  const body = parse(await response.text());
  if (!response.ok) throw errorOf(response.status, body);
  return body as T;
}

function parse(text: string): unknown {
  try {
    return text === '' ? null : JSON.parse(text);
  } catch {
    return null;
  }
}
