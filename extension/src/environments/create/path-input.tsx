/** A path of the file browser, with the files that are there as suggestions. */
import { useEffect, useId, useRef, useState, type ReactElement } from 'react';

export interface IPathInputProps {
  readonly value: string;
  readonly listPaths: (typed: string) => Promise<string[]>;
  readonly onChange: (value: string) => void;
  readonly id?: string;
  readonly 'aria-describedby'?: string;
  readonly 'aria-invalid'?: boolean;
}

export function PathInput({ value, listPaths, onChange, ...rest }: IPathInputProps): ReactElement {
  const list = useId();
  const paths = usePaths(value, listPaths);
  return (
    <>
      <input
        id={rest.id}
        aria-describedby={rest['aria-describedby']}
        aria-invalid={rest['aria-invalid']}
        className="jp-mod-styled"
        list={list}
        spellCheck={false}
        autoComplete="off"
        value={value}
        onChange={event => onChange(event.currentTarget.value)}
      />
      <datalist id={list}>
        {paths.map(path => (
          <option key={path} value={path} />
        ))}
      </datalist>
    </>
  );
}

/** One look for each folder that is typed, not for each letter. */
function usePaths(value: string, listPaths: (typed: string) => Promise<string[]>): readonly string[] {
  const [paths, setPaths] = useState<readonly string[]>([]);
  const folder = value.slice(0, value.lastIndexOf('/') + 1);
  const list = useRef(listPaths);
  list.current = listPaths;
  useEffect(() => {
    let gone = false;
    const settle = (next: readonly string[]): void => {
      if (!gone) setPaths(next);
    };
    list.current(folder).then(settle, () => settle([])); // No such folder: nothing to suggest.
    return () => {
      gone = true;
    };
  }, [folder]);
  return paths;
}
