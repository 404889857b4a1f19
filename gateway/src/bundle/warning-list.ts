/** Gathers what went wrong with many files into a few sentences, however many files there are. */

const SHOWN = 10;

export class WarningList {
  readonly #subjects = new Map<string, Set<string>>();

  /** @param about the sentence that the names follow, such as `Could not be read and left out` */
  add(about: string, path: string): void {
    const paths = this.#subjects.get(about);
    if (paths === undefined) this.#subjects.set(about, new Set([path]));
    else paths.add(path);
  }

  /** One sentence for each kind, with at most ten names in each. */
  sentences(): string[] {
    return [...this.#subjects].map(([about, paths]) => {
      const names = [...paths].sort();
      const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
      return `${about}: ${names.slice(0, SHOWN).join(', ')}${more}.`;
    });
  }
}
