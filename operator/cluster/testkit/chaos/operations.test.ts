import { type OperationPlan, planOperations } from './operations.js';

const plan = (seed: number): OperationPlan =>
  planOperations({ seed, namespaces: ['n', 'm'], workspaces: 20, operations: 2_000, environments: ['one', 'two'] });

test('a seed repeats its operations, and another has others', () => {
  expect(plan(1)).toEqual(plan(1));
  expect(plan(2).operations).not.toEqual(plan(1).operations);
});

test('every workspace is made first, and everything that can be done is done', () => {
  const { operations } = plan(1);
  expect(new Set(operations.slice(0, 20).map(({ kind, slot }) => `${kind} ${slot.name}`)).size).toBe(20);
  expect(operations.slice(0, 20).every(({ kind }) => kind === 'create')).toBe(true);
  const kinds = ['create', 'change', 'delete', 'replace', 'delete-child', 'edit-child', 'delete-pod'];
  expect(new Set(operations.map(({ kind }) => kind))).toEqual(new Set(kinds));
});

test('only what is there is changed or deleted, and only what is not is made; a home never shrinks in its life', () => {
  const { operations, outcomes } = plan(3);
  const homes = new Map<string, number>();
  for (const operation of operations) {
    const { name } = operation.slot;
    expect(homes.has(name)).toBe(operation.kind !== 'create');
    if (operation.kind === 'create' || operation.kind === 'replace') homes.set(name, operation.wanted.homeGib);
    if (operation.kind === 'delete') homes.delete(name);
    if (operation.kind !== 'change' || operation.to.homeGib === undefined) continue;
    expect(operation.to.homeGib).toBeGreaterThan(homes.get(name) ?? 0);
    homes.set(name, operation.to.homeGib);
  }
  const there = outcomes.filter(({ wanted }) => wanted !== undefined).map(({ slot }) => slot.name);
  expect(new Set(there)).toEqual(new Set(homes.keys()));
});
