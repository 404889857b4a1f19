/** What the dialog "Compute and environment" holds, and the request that it becomes. Pure. */
import type { Environment, KernelRequest, Offer } from '@berth/gateway/contract';
import { heldAmount, type INotebookFacts } from './notebook-facts.js';
import { wishProblem } from './wish.js';

/** As typed: the number is text until it is sent. */
export interface IComputeChoice {
  readonly environment: string;
  readonly offer: string;
  /** Slots; for `cpu` threads. */
  readonly count: string;
}

/**
 * The dialog as it opens: what the notebook waits for, else wishes for as far as this machine has it, else has now.
 *
 * @param pinned - The environment that the notebook is pinned to, if any.
 */
export function initialChoice(
  facts: INotebookFacts,
  offers: readonly Offer[],
  environments: readonly Environment[],
  pinned: string | null
): IComputeChoice {
  const wanted = wantedAmount(facts, offers);
  const offer = wanted?.offer ?? usualOffer(offers);
  const count = wanted?.count ?? null;
  return {
    environment: facts.claim?.environment ?? environmentFor(facts, environments, pinned),
    offer,
    count: count === null ? usualCount(offers, offer) : String(count)
  };
}

/** The count is null where nobody has said it. */
function wantedAmount(
  facts: INotebookFacts,
  offers: readonly Offer[]
): { readonly offer: string; readonly count: number | null } | null {
  const { claim, wish } = facts;
  if (claim !== null) return claim;
  if (wish !== null && wishProblem(wish, offers) === null) return wish;
  const has = heldAmount(facts);
  return has === null ? null : { offer: has.offer, count: has.offer === 'cpu' ? threadsOf(facts) : has.count };
}

/** Threads of a kernel on the processors; null: as many as it likes. One is what a kernel counts as that never asked. */
function threadsOf({ held, wish }: INotebookFacts): number | null {
  const count = held?.count ?? 1;
  return count > 1 || (wish?.offer === 'cpu' && wish.count === 1) ? count : null;
}

function usualOffer(offers: readonly Offer[]): string {
  return (offers.find(({ id }) => id === 'cpu') ?? offers[0])?.id ?? 'cpu';
}

function environmentFor(
  { environment }: INotebookFacts,
  environments: readonly Environment[],
  pinned: string | null
): string {
  const names = readyFirst(environments).map(({ name }) => name);
  const wanted = [environment, pinned, 'default'].find(name => name !== null && names.includes(name));
  return wanted ?? names[0] ?? 'default';
}

/** All processor cores, as a kernel without Berth has them; of anything else one. */
function usualCount(offers: readonly Offer[], id: string): string {
  return id === 'cpu' ? String(mostOf(offers, id)) : '1';
}

/** How many of it one kernel may have. */
export function mostOf(offers: readonly Offer[], id: string): number {
  return offers.find(offer => offer.id === id)?.mostSlots ?? 1;
}

export function withOffer(choice: IComputeChoice, offers: readonly Offer[], offer: string): IComputeChoice {
  return offer === choice.offer ? choice : { ...choice, offer, count: usualCount(offers, offer) };
}

/** Those that can be used at once come first; otherwise as they came. */
export function readyFirst(environments: readonly Environment[]): Environment[] {
  return [...environments].sort((a, b) => Number(b.state === 'ready') - Number(a.state === 'ready'));
}

/** @returns null while the count is no number. */
export function toRequest(
  choice: IComputeChoice,
  notebook: string,
  kernelId: string | undefined
): KernelRequest | null {
  const { environment, offer, count } = choice;
  if (!/^\d{1,4}$/.test(count.trim()) || Number(count) < 1) return null;
  const request: KernelRequest = { notebook, environment, offer, count: Number(count) };
  if (kernelId !== undefined) request.kernelId = kernelId;
  return request;
}

/** What Apply will do: `record` only notes the wish, because the notebook has just this; `start`: it has no kernel. */
export function applyEffect(
  facts: INotebookFacts,
  { environment, offer, count }: KernelRequest,
  offers: readonly Offer[]
): 'record' | 'start' | 'restart' {
  if (facts.kernel === null) return 'start';
  const has = heldAmount(facts);
  if (has === null || facts.environment !== environment || has.offer !== offer) return 'restart';
  const hasCount = offer === 'cpu' ? (threadsOf(facts) ?? mostOf(offers, offer)) : has.count;
  return hasCount === count ? 'record' : 'restart';
}

/** The same environment on the processors, all of them. */
export function releaseRequest(facts: INotebookFacts, notebook: string, offers: readonly Offer[]): KernelRequest {
  const environment = facts.environment ?? 'default';
  const request: KernelRequest = { notebook, environment, offer: 'cpu', count: mostOf(offers, 'cpu') };
  if (facts.kernel !== null) request.kernelId = facts.kernel.id;
  return request;
}
