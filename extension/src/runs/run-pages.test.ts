import '../testing/dom.testkit.js';
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { nullTranslator } from '@jupyterlab/translation';
import { Widget } from '@lumino/widgets';
import { FakeModel } from '../testing/fake-model.testkit.js';
import { makeRun } from '../testing/gateway.testkit.js';
import type { IGateway } from '../shared/tokens.js';
import type { IRunHandlers } from './run-handlers.js';
import { RunPages } from './run-pages.js';

function pagesOf(id: string) {
  const shell: { currentWidget: Widget | null; add: () => void; activateById: () => void } = {
    currentWidget: null,
    add: () => undefined,
    activateById: () => undefined
  };
  const model = new FakeModel({ runs: [makeRun(id, { name: '01-train' })] });
  const pages = new RunPages({
    app: { shell } as unknown as JupyterFrontEnd,
    gateway: { model } as unknown as IGateway,
    handlers: {} as IRunHandlers,
    trans: nullTranslator.load('jupyterlab_berth'),
    follow: () => true
  });
  return { pages, shell };
}

test('commands mean the run in front only while its page is in front', () => {
  const { pages, shell } = pagesOf('01-train-k3x9p');
  const page = pages.open('01-train-k3x9p');
  expect(pages.current).toBeNull();
  shell.currentWidget = page;
  expect(pages.current).toBe('01-train-k3x9p');
  shell.currentWidget = new Widget();
  expect(pages.current).toBeNull();
});

test('a tab says which run of the notebook it is', () => {
  const { pages } = pagesOf('01-train-k3x9p');
  const { title, content } = pages.open('01-train-k3x9p');
  expect(title.label).toBe('01-train · k3x9p');
  expect(title.caption).toContain('01-train · k3x9p');
  expect(content.node.getAttribute('aria-label')).toBe('Run 01-train · k3x9p');
});
