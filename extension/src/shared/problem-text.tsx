/** One problem in words, with the place where it is. */
import type { Problem } from '@berth/gateway/contract';
import type { ReactElement } from 'react';

/** Messages about cells begin with the cell themselves. */
const NAMES_ITSELF = /^cell \d+$/;

export function ProblemText({ problem }: { readonly problem: Problem }): ReactElement {
  const { field, message } = problem;
  if (NAMES_ITSELF.test(field)) return <>{message}</>;
  return (
    <>
      <strong>{field}</strong>: {message}
    </>
  );
}
