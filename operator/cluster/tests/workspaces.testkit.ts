/** Workspaces for tests of what the API server lets people write; none of them runs. */

export interface WorkspaceMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

export interface WorkspaceObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: WorkspaceMetadata & { readonly name: string };
  readonly spec: {
    readonly owner?: string;
    readonly compute?: { readonly cpu?: string };
    readonly [field: string]: unknown;
  };
}

export function workspace(
  name: string,
  { spec = {}, ...metadata }: WorkspaceMetadata & { readonly spec?: object } = {}
): WorkspaceObject {
  return {
    apiVersion: 'berth.dev/v1alpha1',
    kind: 'Workspace',
    metadata: { name, ...metadata },
    spec: { environment: { name: 'none' }, running: false, ...spec }
  };
}
