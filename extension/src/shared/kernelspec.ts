/** The kernelspecs of Berth's environments. Pure. */

const BERTH_SPEC = /^berth-([a-z0-9](?:[a-z0-9-]{0,46}[a-z0-9])?)$/;

/** The environment that a kernelspec belongs to; null: it is none of Berth's. */
export function environmentOf(spec: string): string | null {
  return BERTH_SPEC.exec(spec)?.[1] ?? null;
}

export function kernelspecOf(environment: string): string {
  return `berth-${environment}`;
}
