import '../../testing/dom.testkit.js';
import type { NotebookPanel } from '@jupyterlab/notebook';
import { nullTranslator } from '@jupyterlab/translation';
import { CommandIDs } from '../../shared/command-ids.js';
import { addPickerCommands, type IPickerCommandsOptions } from './picker-commands.js';

const trans = nullTranslator.load('jupyterlab_berth');
const front = { id: 'front' } as NotebookPanel;
const other = { id: 'other' } as NotebookPanel;

interface ICommand {
  readonly isEnabled: (args: object) => boolean;
  readonly execute: (args: object) => Promise<unknown>;
}

function open(currentWidget: NotebookPanel | null = front) {
  const added: Record<string, ICommand> = {};
  const commands = {
    addCommand: (id: string, command: ICommand) => Object.assign(added, { [id]: command }),
    execute: (_: string, { path }: { path: string }) => Promise.resolve(path === 'other.ipynb' ? other : {})
  };
  const choose = jest.fn(() => Promise.resolve(null));
  addPickerCommands({
    app: { commands },
    tracker: { currentWidget, find: (is: (it: NotebookPanel) => boolean) => [front, other].find(is) },
    computes: {},
    trans,
    open: choose
  } as unknown as IPickerCommandsOptions);
  return { choose, command: added[CommandIDs.chooseCompute]! };
}

test.each([
  ['opens on the notebook in front', {}, [front, null]],
  ['chooses the environment that it is told', { environment: 'study' }, [front, 'study']],
  ['goes to the notebook that it is told', { notebook: 'other.ipynb', environment: 'study' }, [other, 'study']],
  ['takes what cannot be a name for none', { environment: '../x' }, [front, null]],
  ['takes what is no text for none', { environment: { name: 'x' } }, [front, null]]
])('the dialog %s', async (_, args, want) => {
  const { choose, command } = open();
  expect(command.isEnabled(args)).toBe(true);
  await command.execute(args);
  expect(choose.mock.calls).toEqual([want]);
});

test('what opens as something else than a notebook has no dialog', async () => {
  const { choose, command } = open();
  expect(await command.execute({ notebook: 'a.txt' })).toBeNull();
  expect(choose).not.toHaveBeenCalled();
});

test('without a notebook in front there is nothing to choose for', () => {
  expect(open(null).command.isEnabled({})).toBe(false);
});

describe('resuming', () => {
  function resumed(wish: object | null) {
    const added: Record<string, ICommand> = {};
    const apply = jest.fn(() => Promise.resolve(true));
    const panel = { sessionContext: { ready: Promise.resolve() } };
    addPickerCommands({
      app: { commands: { addCommand: (id: string, it: ICommand) => Object.assign(added, { [id]: it }) } },
      tracker: { currentWidget: panel },
      computes: { of: () => ({ view: { notebook: 'a/train.ipynb', facts: { wish } }, apply }) },
      trans,
      open: jest.fn()
    } as unknown as IPickerCommandsOptions);
    return { apply, command: added[CommandIDs.resumeCompute]! };
  }

  test('asks for what the notebook wishes for, in the environment that is named', async () => {
    const { apply, command } = resumed({ offer: 'gpu-t4', count: 2 });
    expect(await command.execute({ environment: 'study' })).toBe(true);
    const request = { notebook: 'a/train.ipynb', environment: 'study', offer: 'gpu-t4', count: 2 };
    expect(apply.mock.calls).toEqual([[request]]);
  });

  test.each([
    ['without a wish', null, { environment: 'study' }],
    ['without an environment', { offer: 'gpu-t4', count: 2 }, {}]
  ])('%s nothing is asked for', async (_, wish, args) => {
    const { apply, command } = resumed(wish);
    expect(await command.execute(args)).toBe(false);
    expect(apply).not.toHaveBeenCalled();
  });
});
