import '../../testing/dom.testkit.js';
import type { EnvironmentDetail, Garbage } from '@berth/gateway/contract';
import { nullTranslator } from '@jupyterlab/translation';
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { GatewayError } from '../../shared/gateway-error.js';
import { showDialogs } from '../../testing/dialog.testkit.js';
import { makeEnvironment } from '../../testing/gateway.testkit.js';
import { CompareDialog } from './compare-dialog.js';
import { DetailsDialog } from './details-dialog.js';
import { GarbageDialog } from './garbage-dialog.js';

const trans = nullTranslator.load('jupyterlab_berth');
const close = jest.fn();

beforeAll(showDialogs);
afterEach(cleanup);

function detail(name: string, packages: Record<string, string>): EnvironmentDetail {
  const contents = Object.entries(packages).map(([it, version]) => ({ name: it, version }));
  return { environment: makeEnvironment(name), lock: 'version = 1', contents };
}

const rows = (): (string | null)[] =>
  screen.getAllByRole('rowheader', { hidden: true }).map(({ textContent }) => textContent);

test('what is in an environment can be found by its name', async () => {
  const load = () => Promise.resolve(detail('work', { numpy: '2.4.6', pandas: '2.3.1' }));
  render(<DetailsDialog name="work" load={load} trans={trans} onClose={close} />);
  await screen.findByText('2 of 2 packages');
  fireEvent.change(screen.getByLabelText('Filter'), { target: { value: ' PAN ' } });
  expect(rows()).toEqual(['pandas']);
  expect(screen.getByText('1 of 2 packages')).toBeTruthy();
  expect(screen.getByText('ffffffffffff').title).toBe('f'.repeat(64));
});

test('details that cannot be had say why', async () => {
  const load = () => Promise.reject(new GatewayError('not-found', 'There is no environment gone.', 'r-4'));
  render(<DetailsDialog name="gone" load={load} trans={trans} onClose={close} />);
  await screen.findByText('There is no environment gone.');
});

test('two environments are compared, and then others', async () => {
  const all: Record<string, EnvironmentDetail> = {
    a: detail('a', { numpy: '1' }),
    b: detail('b', { numpy: '2' }),
    c: detail('c', { numpy: '1', zarr: '3' })
  };
  const load = (name: string) => Promise.resolve(all[name]!);
  render(<CompareDialog name="a" others={['b', 'c']} load={load} trans={trans} onClose={close} />);
  await screen.findByRole('rowheader', { name: 'numpy', hidden: true });
  fireEvent.change(screen.getByLabelText('Compare with'), { target: { value: 'c' } });
  await screen.findByRole('rowheader', { name: 'zarr', hidden: true });
  expect(rows()).toEqual(['zarr']);
});

const FOLDER = { name: 'old', hash: 'abcd1234', sizeBytes: 2 ** 31, lastUsedAtMs: null, why: 'no-definition' } as const;

function showGarbage(folders: Garbage['folders'], collect: () => Promise<Garbage>): void {
  const list = () => Promise.resolve({ folders });
  render(<GarbageDialog list={list} collect={collect} trans={trans} onClose={close} />);
}

test('what would be deleted is shown with its size before anything is; then what was', async () => {
  const collect = jest.fn(() => Promise.resolve({ folders: [FOLDER] }));
  showGarbage([FOLDER, { ...FOLDER, hash: 'e' }], collect);
  const button = await screen.findByRole('button', { name: 'Delete 4.0 GiB', hidden: true });
  expect(collect).not.toHaveBeenCalled();
  fireEvent.click(button);
  await screen.findByText('1 folder was deleted: 2.0 GiB.');
  expect(screen.queryByRole('button', { name: /^Delete/, hidden: true })).toBeNull();
});

test('with nothing to clean up there is nothing to press', async () => {
  showGarbage([], () => Promise.reject(new Error('not asked')));
  await screen.findByText('There is nothing to clean up.');
  expect(screen.queryByRole('button', { name: /^Delete/, hidden: true })).toBeNull();
});

test('a clean-up that fails says why and can be tried again', async () => {
  showGarbage([FOLDER], () => Promise.reject(new GatewayError('internal', 'The disk does not answer.', 'r-5')));
  fireEvent.click(await screen.findByRole('button', { name: 'Delete 2.0 GiB', hidden: true }));
  await screen.findByText('The disk does not answer.');
  expect(screen.getByRole<HTMLButtonElement>('button', { name: 'Delete 2.0 GiB', hidden: true }).disabled).toBe(false);
});
