/** Icons of our own; the theme colours them. */
import { LabIcon } from '@jupyterlab/ui-components';
import berthSvg from '../../style/icons/berth.svg';
import computeSvg from '../../style/icons/compute.svg';
import trainSvg from '../../style/icons/train.svg';

export const berthIcon = new LabIcon({ name: '@berth/extension:berth', svgstr: berthSvg });
export const computeIcon = new LabIcon({ name: '@berth/extension:compute', svgstr: computeSvg });
export const trainIcon = new LabIcon({ name: '@berth/extension:train', svgstr: trainSvg });
