/** The commands of the suite, so that other extensions can call them by name. */
export const CommandIDs = {
  train: 'berth:train',
  showPanel: 'berth:show-panel',
  openRun: 'berth:open-run',
  cancelRun: 'berth:cancel-run',
  retryRun: 'berth:retry-run',
  deleteRun: 'berth:delete-run',
  openResults: 'berth:open-results',
  openNotebook: 'berth:open-notebook',
  copyCurl: 'berth:copy-curl',
  reconnect: 'berth:reconnect'
} as const;
