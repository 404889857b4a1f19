/** What would happen once the environment is there, which the gateway does not say of one that is not. Pure. */
import type { Environment } from '@berth/gateway/contract';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IVerdictState } from '../../shared/use-verdict.js';

/**
 * An environment that is only not made yet is no reason against: Apply makes it first. Every other reason stays.
 *
 * @param environment - The one that is chosen; undefined where there is none of this name.
 */
export function verdictAfterMaking(
  state: IVerdictState,
  environment: Environment | undefined,
  trans: TranslationBundle
): IVerdictState {
  const { verdict } = state;
  if (verdict?.verdict !== 'never' || environment === undefined || environment.state === 'ready') return state;
  const problems = verdict.problems.filter(({ field }) => field !== 'environment');
  if (problems.length === verdict.problems.length) return state;
  if (problems.length > 0) {
    const message = problems.map(problem => problem.message).join(' ');
    return { ...state, verdict: { ...verdict, problems, message } };
  }
  const message = trans.__('The environment %1 is made first; then the compute is asked for.', environment.name);
  return { ...state, verdict: { ...verdict, verdict: 'wait', message, problems: [] } };
}
