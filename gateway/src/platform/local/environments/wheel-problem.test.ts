import { wheelProblem } from './wheel-problem.js';

const MACHINE = 'Python 3.11.7 on linux x86_64';
const FAILED = 'error: No solution found when resolving dependencies';

/** As uv 0.13.9 says it. */
test.each<{ name: string; lines: string[]; want: RegExp | undefined }>([
  {
    name: 'a lock for another platform is a riddle',
    lines: [
      FAILED,
      '  cause: Because far==1.0 has no wheels with a matching platform tag (e.g., `manylinux_2_36_x86_64`) and you require far==1.0, we can conclude that your requirements are unsatisfiable.',
      '',
      'hint: Wheels are available for `far` (v1.0) on the following platform: `win_amd64`'
    ],
    want: /^far 1\.0 has no wheel for this machine \(Python 3\.11\.7 on linux x86_64\); there is one for win_amd64\. /
  },
  {
    name: 'a lock for another Python is a riddle',
    lines: [
      FAILED,
      '  cause: Because old==2 has no wheels with a matching Python ABI tag (e.g., `cp311`) and you require old==2, we can conclude that your requirements are unsatisfiable.',
      '',
      'hint: You require CPython 3.11 (`cp311`), but we only found wheels for `old` (v2) with the following Python ABI tag: `cp39`'
    ],
    want: /^old 2 has no wheel .*; there is one for cp39\. /
  },
  {
    name: 'nobody learns that the package would have to be built, and how to allow it',
    lines: [
      FAILED,
      '  cause: Because src==1.0 has no usable wheels and you require src==1.0, we can conclude that your requirements are unsatisfiable.',
      '',
      'hint: Wheels are required for `src` because building from source is disabled for all packages (i.e., with `--no-build`)'
    ],
    want: /^src 1\.0 has no wheel .* runs its code: allow builds for this environment if you trust it\.$/
  },
  {
    name: 'another failure is taken for a missing wheel',
    lines: [
      FAILED,
      '  cause: Because nothing was not found in the provided package locations and you require nothing==1.0'
    ],
    want: undefined
  }
])('otherwise $name', ({ lines, want }) => {
  const problem = wheelProblem(lines, MACHINE);
  if (want === undefined) expect(problem).toBeUndefined();
  else expect(problem).toMatch(want);
});
