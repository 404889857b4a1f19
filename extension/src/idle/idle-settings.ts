/** What the person has set about idle timers, live. */
import type { PolicyPart } from '@berth/gateway/contract';
import type { ISettingRegistry } from '@jupyterlab/settingregistry';
import { Signal, type ISignal } from '@lumino/signaling';

export interface IIdleChoices {
  /** Is the status bar to say also that a kernel is in use? */
  readonly showActive: boolean;
  readonly notify: boolean;
  /** What the person asks for beyond the policy: it can only be stricter. */
  readonly wish: PolicyPart | null;
}

export interface IIdleSettings {
  /** Until they are loaded the defaults. */
  readonly choices: IIdleChoices;
  readonly isLoaded: boolean;
  readonly changed: ISignal<IIdleSettings, void>;
}

/** @param composite - Settings as they are; whatever has not the right type counts as not set. */
export function parseChoices(composite: Readonly<Partial<Record<string, unknown>>>): IIdleChoices {
  const { showActive, notify, releaseAfterMinutes: minutes } = composite;
  const isLimit = typeof minutes === 'number' && Number.isInteger(minutes) && minutes > 0;
  return {
    showActive: showActive === true,
    notify: notify !== false,
    wish: isLimit ? { kernel: { hardSeconds: minutes * 60 } } : null
  };
}

export class IdleSettings implements IIdleSettings {
  /** @param registry - Null where the application has no settings. */
  constructor(registry: ISettingRegistry | null, pluginId: string) {
    void registry?.load(pluginId).then(
      settings => {
        settings.changed.connect(this._onChanged, this);
        this._onChanged(settings);
      },
      (error: unknown) => console.error(`The settings of ${pluginId} could not be read`, error)
    );
  }

  get choices(): IIdleChoices {
    return this._choices;
  }

  get isLoaded(): boolean {
    return this._isLoaded;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  private readonly _onChanged = ({ composite }: ISettingRegistry.ISettings): void => {
    this._choices = parseChoices(composite);
    this._isLoaded = true;
    this._changed.emit();
  };

  private readonly _changed = new Signal<this, void>(this);
  private _choices = parseChoices({});
  private _isLoaded = false;
}
