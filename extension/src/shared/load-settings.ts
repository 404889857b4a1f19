/** Settings of a plugin, read when they are needed; until they are loaded the defaults hold. */
import type { ISettingRegistry } from '@jupyterlab/settingregistry';

export interface ILoadedSettings {
  /** The setting if it has the type of the default, else the default. */
  get<T extends boolean | number>(key: string, fallback: T): T;
}

/** @param registry - Null where the application has no settings. */
export function loadSettings(registry: ISettingRegistry | null, pluginId: string): ILoadedSettings {
  let settings: ISettingRegistry.ISettings | null = null;
  void registry?.load(pluginId).then(
    loaded => {
      settings = loaded;
    },
    (error: unknown) => console.error(`The settings of ${pluginId} could not be read`, error)
  );
  return {
    get: <T extends boolean | number>(key: string, fallback: T): T => {
      const value: unknown = settings?.composite[key];
      return typeof value === typeof fallback ? (value as T) : fallback;
    }
  };
}
