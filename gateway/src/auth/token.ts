/** The per-start token: who can read the gateway's private folder has it, nobody else. */
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new token: 32 random bytes as base64url. */
export function newToken(): string {
  return randomBytes(32).toString('base64url');
}

/** Says whether an `Authorization` header carries the right token. */
export type TokenCheck = (authorization: string | undefined) => boolean;

/** Compares digests, so that neither the content nor the length of a wrong token shows in the time it takes. */
export function tokenCheck(token: string): TokenCheck {
  const want = sha256(token);
  return authorization => {
    const given = /^Bearer ([\x21-\x7e]{1,512})$/i.exec(authorization ?? '')?.[1] ?? '';
    return timingSafeEqual(sha256(given), want);
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
