/** Which files look like secrets, judged by their names alone. They are kept in the snapshot, but the person is told. */

const NAMES = new Set([
  '.netrc',
  '.pypirc',
  '.npmrc',
  '.pgpass',
  '.git-credentials',
  'credentials.json',
  'kubeconfig',
  'id_rsa',
  'id_dsa',
  'id_ecdsa',
  'id_ed25519'
]);
const PATTERNS = [/^\.env(\..+)?$/, /\.(pem|key|p12|pfx)$/, /^service[-_]account.*\.json$/];
const PATHS = [/(^|\/)\.aws\/credentials$/, /(^|\/)\.kube\/config$/];
/** Templates that are meant to be shared. */
const HARMLESS = /^\.env\.(example|sample|template|dist)$/;
const SHOWN = 10;

/** True when a file of this path (with `/`) usually holds a password, token or private key. */
export function isSecretName(path: string): boolean {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  if (HARMLESS.test(name)) return false;
  return NAMES.has(name) || PATTERNS.some(each => each.test(name)) || PATHS.some(each => each.test(path));
}

/** One sentence that names the first ten of them; undefined where there is none. */
export function secretsWarning(paths: readonly string[]): string | undefined {
  const secrets = paths.filter(isSecretName);
  if (secrets.length === 0) return undefined;
  const more = secrets.length > SHOWN ? ` and ${secrets.length - SHOWN} more` : '';
  return (
    `These files look like secrets; they are included and stored with the run: ${secrets.slice(0, SHOWN).join(', ')}` +
    `${more}. A line for each in .gitignore leaves them out.`
  );
}
