/**
 * The variables that uv gets: the person's own mirrors, proxies, certificates and cache hold, also where they are set up
 * for pip; what would change which files are installed, or switch off their check, does not.
 */

type Variables = Readonly<Record<string, string | undefined>>;

/** uv reads no `PIP_` variables; these mean the same. */
const FROM_PIP: Readonly<Record<string, string>> = {
  PIP_INDEX_URL: 'UV_DEFAULT_INDEX',
  PIP_EXTRA_INDEX_URL: 'UV_INDEX',
  PIP_FIND_LINKS: 'UV_FIND_LINKS',
  PIP_TRUSTED_HOST: 'UV_INSECURE_HOST',
  PIP_CERT: 'SSL_CERT_FILE'
};
/** Older names of uv for the same setting. */
const OLDER: Readonly<Record<string, string>> = { UV_DEFAULT_INDEX: 'UV_INDEX_URL', UV_INDEX: 'UV_EXTRA_INDEX_URL' };
/** The lists that pip separates by spaces and uv by commas. */
const COMMAS = new Set(['UV_FIND_LINKS']);

const DROPPED = new Set([
  'UV_BREAK_SYSTEM_PACKAGES',
  'UV_BUILD_CONSTRAINT',
  'UV_COMPILE_BYTECODE',
  'UV_CONSTRAINT',
  'UV_EXCLUDE',
  'UV_EXCLUDE_NEWER',
  'UV_NO_BINARY',
  'UV_NO_VERIFY_HASHES',
  'UV_OVERRIDE',
  'UV_PRERELEASE',
  'UV_PROJECT',
  'UV_PYTHON',
  'UV_REQUIRE_HASHES',
  'UV_RESOLUTION',
  'UV_SYSTEM_PYTHON',
  'UV_TORCH_BACKEND',
  'UV_VENV_CLEAR',
  'UV_VENV_SEED',
  'UV_WORKING_DIR',
  'CONDA_PREFIX',
  'PYTHONHOME',
  'PYTHONPATH',
  'VIRTUAL_ENV'
]);

/** What to run uv with, given our own variables. */
export function uvVariables(own: Variables): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && !DROPPED.has(name)) variables[name] = value;
  }
  for (const [pip, uv] of Object.entries(FROM_PIP)) {
    const value = own[pip] ?? '';
    if (value !== '' && !isSet(own, uv)) variables[uv] = COMMAS.has(uv) ? value.trim().split(/\s+/).join(',') : value;
  }
  return variables;
}

/** Under its name of today or its older one. */
function isSet(own: Variables, uv: string): boolean {
  return own[uv] !== undefined || own[OLDER[uv] ?? uv] !== undefined;
}

/** Further arguments of `uv pip install`, for what uv has no variable for. */
export function uvArguments(own: Variables): string[] {
  return /^(1|true|yes|on|y|t)$/i.test(own['PIP_NO_INDEX'] ?? '') ? ['--no-index'] : [];
}
