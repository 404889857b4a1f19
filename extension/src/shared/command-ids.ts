/** The commands of the suite, so that other extensions can call them by name. */
export const CommandIDs = {
  train: 'berth:train',
  chooseCompute: 'berth:choose-compute',
  releaseCompute: 'berth:release-compute',
  resumeCompute: 'berth:resume-compute',
  newEnvironment: 'berth:new-environment',
  useEnvironment: 'berth:use-environment',
  pin: 'berth:pin',
  unpin: 'berth:unpin',
  restore: 'berth:restore',
  showEnvironmentDiff: 'berth:show-environment-diff',
  showPanel: 'berth:show-panel',
  openRun: 'berth:open-run',
  cancelRun: 'berth:cancel-run',
  retryRun: 'berth:retry-run',
  deleteRun: 'berth:delete-run',
  openResults: 'berth:open-results',
  openNotebook: 'berth:open-notebook',
  copyCurl: 'berth:copy-curl',
  reconnect: 'berth:reconnect',
  showIdle: 'berth:show-idle',
  snoozeIdle: 'berth:snooze-idle'
} as const;
