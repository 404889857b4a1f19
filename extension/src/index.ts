/** Berth in JupyterLab: the list of its plugins. */
import { pickerPlugin } from './compute/picker/picker-plugin.js';
import { computePlugin } from './compute/plugin.js';
import { environmentsPlugin, pinPlugin } from './environments/plugin.js';
import {
  idleBannerPlugin,
  idleInputPlugin,
  idlePanelPlugin,
  idlePlugin,
  idleRunningPlugin,
  idleStatusPlugin,
  idleWarningsPlugin
} from './idle/plugin.js';
import { outputsPlugin } from './outputs/plugin.js';
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
  notificationsPlugin,
  idlePlugin,
  idleInputPlugin,
  idlePanelPlugin,
  idleStatusPlugin,
  idleWarningsPlugin,
  idleBannerPlugin,
  idleRunningPlugin,
  outputsPlugin
];
