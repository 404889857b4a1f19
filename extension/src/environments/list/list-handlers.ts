/** The panel's buttons: what is a command is done by it, so that anyone can do it by command too. */
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { CommandIDs } from '../../shared/command-ids.js';
import type { EnvironmentOperations } from '../environment-operations.js';
import type { IEnvironmentHandlers } from './environment-handlers.js';

export function environmentHandlers(
  commands: JupyterFrontEnd['commands'],
  operations: () => Promise<EnvironmentOperations>
): IEnvironmentHandlers {
  const by = (act: (operations: EnvironmentOperations, name: string) => unknown) => (name: string) =>
    void operations().then(it => act(it, name));
  return {
    create: () => void commands.execute(CommandIDs.newEnvironment),
    cleanUp: () => void operations().then(it => it.cleanUp()),
    make: by((it, name) => it.make(name)),
    cancel: by((it, name) => it.cancel(name)),
    repair: by((it, name) => it.repair(name)),
    remove: by((it, name) => it.remove(name)),
    details: by((it, name) => it.details(name)),
    compare: by((it, name) => it.compare(name)),
    use: environment => void commands.execute(CommandIDs.useEnvironment, { environment })
  };
}
