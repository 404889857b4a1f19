export { LocalActivity } from './local-activity.js';
