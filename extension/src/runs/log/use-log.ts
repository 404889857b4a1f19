/** A log in components: its pager lives as long as the choice, and is woken by the gateway's events. */
import { useEffect, useState } from 'react';
import type { ILogArrival, IGatewayModel } from '../../shared/gateway-model.js';
import type { IRunChange } from '../../shared/gateway-state.js';
import { useSignalValue } from '../../shared/use-signal-value.js';
import { LogPager, type ILogChoice, type ILogSource, type ILogState } from './log-pager.js';

export interface ILog extends ILogState {
  readonly loadEarlier: () => void;
  readonly retry: () => void;
}

/** @param choice - Of a component with a key of the same choice: it is read once. */
export function useLog(source: ILogSource, model: IGatewayModel, choice: ILogChoice): ILog {
  const [pager] = useState(() => new LogPager(source, choice));
  useEffect(() => {
    const { runId } = pager.choice;
    const owner = {};
    const onLog = (_: unknown, arrival: ILogArrival): void => {
      if (arrival.runId === null || arrival.runId === runId) pager.wake();
    };
    const onRun = (_: unknown, { after }: IRunChange): void => {
      if (after?.id === runId) pager.wake();
    };
    model.logArrived.connect(onLog, owner);
    model.runChanged.connect(onRun, owner);
    pager.wake();
    return () => {
      model.logArrived.disconnect(onLog, owner);
      model.runChanged.disconnect(onRun, owner);
      pager.dispose();
    };
  }, [pager, model]);
  const state = useSignalValue(pager.changed, () => pager.state);
  return { ...state, loadEarlier: () => pager.loadEarlier(), retry: () => pager.wake() };
}
