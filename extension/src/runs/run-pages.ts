/** The open pages of runs: one tab per run, there again after a reload. */
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, WidgetTracker } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { CommandIDs } from '../shared/command-ids.js';
import { findRun } from '../shared/gateway-state.js';
import { berthIcon } from '../shared/icons.js';
import type { IGateway } from '../shared/tokens.js';
import { RunPageWidget } from './page/run-page-widget.js';
import type { IRunHandlers } from './run-handlers.js';
import { runTitle } from './run-title.js';

type Page = MainAreaWidget<RunPageWidget>;

export interface IRunPagesOptions {
  readonly app: JupyterFrontEnd;
  readonly gateway: IGateway;
  readonly handlers: IRunHandlers;
  readonly trans: TranslationBundle;
  readonly follow: () => boolean;
}

export class RunPages {
  constructor(private readonly _options: IRunPagesOptions) {
    _options.gateway.model.changed.connect(this._nameTabs, this);
  }

  /** Run of the page that is in front, if any. */
  get current(): string | null {
    const { currentWidget } = this._options.app.shell;
    return this._tracker.find(page => page === currentWidget)?.content.runId ?? null;
  }

  restore(restorer: ILayoutRestorer): void {
    void restorer.restore(this._tracker, {
      command: CommandIDs.openRun,
      args: page => ({ runId: page.content.runId }),
      name: page => page.content.runId
    });
  }

  open(runId: string): Page {
    const { app } = this._options;
    const page = this._find(runId) ?? this._create(runId);
    if (!page.isAttached) app.shell.add(page, 'main', { type: 'Berth Run' });
    app.shell.activateById(page.id);
    return page;
  }

  /** Can the person see the page of this run now? */
  isVisible(runId: string): boolean {
    return !document.hidden && this._find(runId)?.isVisible === true;
  }

  private _find(runId: string): Page | undefined {
    return this._tracker.find(page => page.content.runId === runId);
  }

  private _create(runId: string): Page {
    const { gateway, handlers, trans, follow } = this._options;
    const content = new RunPageWidget({ runId, gateway, handlers, trans, follow: follow() });
    const page = new MainAreaWidget({ content });
    page.id = `berth-run-${runId}`;
    page.title.icon = berthIcon;
    page.title.closable = true;
    void this._tracker.add(page);
    this._nameTabs();
    return page;
  }

  private readonly _nameTabs = (): void => {
    const { gateway, trans } = this._options;
    this._tracker.forEach(({ title, content }) => {
      const run = findRun(gateway.model.state, content.runId);
      title.label = run === null ? title.label || trans.__('Run') : runTitle(run);
      title.caption = trans.__('Run %1', run === null ? content.runId : `${runTitle(run)} (${run.notebook})`);
      content.node.setAttribute('aria-label', trans.__('Run %1', title.label));
    });
  };

  private readonly _tracker = new WidgetTracker<Page>({ namespace: 'berth-runs' });
}
