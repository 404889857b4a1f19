/** Berth in JupyterLab: the list of its plugins. */
import { pickerPlugin } from './compute/picker/picker-plugin.js';
import { computePlugin } from './compute/plugin.js';
import { environmentsPlugin, pinPlugin } from './environments/plugin.js';
import { notificationsPlugin, runningPlugin, runsPlugin, statusPlugin, trainPlugin } from './runs/plugin.js';
import { gatewayPlugin, panelPlugin } from './shared/plugin.js';

export default [
  gatewayPlugin,
  panelPlugin,
  computePlugin,
  pickerPlugin,
  environmentsPlugin,
  pinPlugin,
  runsPlugin,
  trainPlugin,
  runningPlugin,
  statusPlugin,
  notificationsPlugin
];
