/** helm on one cluster, without anything of the person who runs it: no plugins, repositories or cache but in `home`. */
import path from 'node:path';
import { kubectlEnvironment } from '../kubectl.ts';
import { quietly } from '../quietly.ts';

export interface ReleaseState {
  /** `deployed`, `failed`, `pending-install`, … */
  readonly status: string;
  readonly description: string;
  readonly revision: number;
}

export class Helm {
  private readonly program: string;
  private readonly env: Readonly<Record<string, string>>;

  constructor(program: string, kubeconfig: string, home: string) {
    this.program = program;
    const folders = ['CACHE_HOME', 'CONFIG_HOME', 'DATA_HOME'].map(kind => [`HELM_${kind}`, path.join(home, kind)]);
    const { NO_PROXY = '' } = kubectlEnvironment();
    this.env = { KUBECONFIG: kubeconfig, NO_PROXY, ...(Object.fromEntries(folders) as Record<string, string>) };
  }

  /** Runs to the end and returns stdout. @throws Error with helm's complaint unless it ended with 0. */
  run(args: readonly string[]): Promise<string> {
    return quietly(this.program, args, { env: this.env });
  }

  /** Packs a chart into `folder`, as another version if one is given, and says where the archive is. */
  async package(chart: string, folder: string, version?: string): Promise<string> {
    const as = version === undefined ? [] : ['--version', version];
    const said = await this.run(['package', chart, '--destination', folder, ...as]);
    const archive = /saved it to: (.+)$/m.exec(said)?.[1];
    if (archive === undefined) throw new Error(`helm package says no archive: ${said}`);
    return archive;
  }

  /** The last revision of a release; undefined where there is none. */
  async state(release: string, namespace: string): Promise<ReleaseState | undefined> {
    const listed = await this.run(['list', '--namespace', namespace, '--output', 'json']);
    const names = (JSON.parse(listed) as { name: string }[]).map(({ name }) => name);
    if (!names.includes(release)) return undefined;
    const text = await this.run(['status', release, '--namespace', namespace, '--output', 'json']);
    const { info, version } = JSON.parse(text) as { info: { status: string; description: string }; version: number };
    return { status: info.status, description: info.description, revision: version };
  }
}
