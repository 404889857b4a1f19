import { isUnicode } from './is-unicode.js';

/**
 * The names of one graph while it is read from top to bottom, and the problems found on the way.
 */
export class Scope {
  readonly problems: string[] = [];
  readonly #givenBy = new Map<string, string>();

  /**
   * @param where   the graph, for messages.
   * @param outer   the scope in which the node with this graph stands; nothing is given there meanwhile.
   */
  constructor(
    readonly where: string,
    readonly outer?: Scope
  ) {}

  report(place: string, problem: string): void {
    this.problems.push(`${this.where}, ${place}: ${problem}`);
  }

  /** Adds the name of a value; `place` says what gives it. */
  give(name: string, place: string): void {
    const first = this.giver(name);
    if (first !== undefined) {
      this.report(place, `gives "${name}", as does ${first}: want each name given once`);
    }
    this.requireName(place, name);
    if (!this.#givenBy.has(name)) this.#givenBy.set(name, place);
  }

  /** What gives the name to those who read it here, in this graph or around it. */
  giver(name: string): string | undefined {
    return this.#givenBy.get(name) ?? this.outer?.giver(name);
  }

  /** Whether this graph itself gives the name. */
  gives(name: string): boolean {
    return this.#givenBy.has(name);
  }

  requireName(place: string, name: string): void {
    if (name === '') this.report(place, 'the name is empty: want a name');
    if (!isUnicode(name)) this.report(place, `the name ${JSON.stringify(name)} is no well-formed Unicode: want it so`);
  }
}
