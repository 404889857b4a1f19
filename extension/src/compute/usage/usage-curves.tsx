/** Small curves of cores, memory and GPUs, each with its figure now; what is not known is called unknown. */
import type { TranslationBundle } from '@jupyterlab/translation';
import type { ReactElement } from 'react';
import { Curve } from '../../runs/list/sparkline.js';
import { formatBytes } from '../../shared/byte-size.js';
import { courseOf, deviceOf, holderOf, newest, type ICourse, type UsageHistory } from './usage-history.js';

export interface IUsageProps {
  readonly history: UsageHistory;
  readonly trans: TranslationBundle;
}

/** Of the whole machine. */
export function MachineUsage({ history, trans }: IUsageProps): ReactElement | null {
  const machine = newest(history)?.machine;
  if (machine === undefined) return null;
  const { coresTotal, memoryTotalBytes } = machine;
  return (
    <p className="jp-BerthUsage">
      <Course
        name={trans.__('Cores')}
        course={courseOf(history, sample => sample.machine.cores)}
        top={coresTotal}
        format={cores => trans.__('%1 of %2', coreText(cores), coresTotal)}
        trans={trans}
      />
      <Course
        name={trans.__('Memory')}
        course={courseOf(history, sample => sample.machine.memoryBytes)}
        top={memoryTotalBytes}
        format={bytes => trans.__('%1 of %2', formatBytes(bytes), formatBytes(memoryTotalBytes))}
        trans={trans}
      />
    </p>
  );
}

/** Of one run or kernel; nothing before anything was measured. */
export function HolderUsage({ history, trans, id }: IUsageProps & { readonly id: string }): ReactElement | null {
  if (!history.some(sample => holderOf(sample, id) !== undefined)) return null;
  return (
    <p className="jp-BerthUsage">
      <Course
        name={trans.__('Cores')}
        course={courseOf(history, sample => holderOf(sample, id)?.cores)}
        top={1}
        format={coreText}
        trans={trans}
      />
      <Course
        name={trans.__('Memory')}
        course={courseOf(history, sample => holderOf(sample, id)?.memoryBytes)}
        top={1}
        format={formatBytes}
        trans={trans}
      />
    </p>
  );
}

/** Of one GPU or MIG instance. */
export function DeviceUsage({ history, trans, id }: IUsageProps & { readonly id: string }): ReactElement | null {
  const last = newest(history);
  const device = last === undefined ? undefined : deviceOf(last, id);
  if (device === undefined) return null;
  return (
    <p className="jp-BerthUsage">
      <Course
        name={trans.__('GPU')}
        course={courseOf(history, sample => deviceOf(sample, id)?.utilisation)}
        top={1}
        format={share => `${Math.round(share * 100)} %`}
        trans={trans}
      />
      <Course
        name={trans.__('GPU memory')}
        course={courseOf(history, sample => deviceOf(sample, id)?.memoryBytes)}
        top={device.memoryTotalBytes}
        format={bytes => trans.__('%1 of %2', formatBytes(bytes), formatBytes(device.memoryTotalBytes))}
        trans={trans}
      />
    </p>
  );
}

interface ICourseProps {
  readonly name: string;
  readonly course: ICourse;
  /** The value at the top of the curve; it grows with what exceeds it. */
  readonly top: number;
  readonly format: (value: number) => string;
  readonly trans: TranslationBundle;
}

function Course({ name, course: { points, last }, top, format, trans }: ICourseProps): ReactElement {
  const figure = last === null ? trans.__('unknown') : format(last);
  const text = trans.__('%1: %2', name, figure);
  const highest = points.reduce((most, [, value]) => Math.max(most, value), top);
  return <Curve text={text} label={text} points={points} range={[0, highest]} />;
}

function coreText(cores: number): string {
  return cores >= 10 ? String(Math.round(cores)) : cores.toFixed(1);
}
