/** Berth in JupyterLab: the list of its plugins. */
import { computePlugin } from './compute/plugin.js';
import { notificationsPlugin, runningPlugin, runsPlugin, statusPlugin, trainPlugin } from './runs/plugin.js';
import { gatewayPlugin, panelPlugin } from './shared/plugin.js';

export default [
  gatewayPlugin,
  panelPlugin,
  computePlugin,
  runsPlugin,
  trainPlugin,
  runningPlugin,
  statusPlugin,
  notificationsPlugin
];
