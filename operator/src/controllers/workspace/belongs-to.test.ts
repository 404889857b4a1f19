import { describe, expect, test } from '@jest/globals';
import type { Belongs } from '../../plan/workspace/index.js';
import type { ApiObject, OwnerReference } from '../../runtime/resource.js';
import { belongsTo, homeBelongsTo } from './belongs-to.js';
import { labelsOf, ownerReference } from './children.js';
import { makeWorkspace, WORKSPACE_UID } from './served.testkit.js';

interface Case {
  readonly name: string;
  readonly owners?: readonly OwnerReference[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly want: Belongs;
}

const workspace = makeWorkspace();
const ours = ownerReference(workspace);

const cases: Case[] = [
  { name: 'what the operator made', owners: [ours], labels: labelsOf('a'), want: 'ours' },
  { name: 'what it made and somebody has taken the labels of', owners: [ours], want: 'ours' },
  { name: 'what was cut loose from its workspace', labels: labelsOf('a'), want: 'orphan' },
  { name: 'what is left of an earlier workspace', owners: [{ ...ours, uid: 'other' }], want: 'previous' },
  { name: 'what a Deployment made', owners: [{ ...ours, kind: 'ReplicaSet' }], labels: labelsOf('a'), want: 'foreign' },
  { name: 'what another workspace has', owners: [{ ...ours, name: 'b' }], want: 'foreign' },
  {
    name: 'what a Workspace of Kubeflow made, which has the same kind and may have the same name',
    owners: [{ ...ours, apiVersion: 'kubeflow.org/v1beta1', uid: 'other' }],
    want: 'foreign'
  },
  {
    name: 'what a later version of ours made is still ours',
    owners: [{ ...ours, apiVersion: 'berth.dev/v1' }],
    want: 'ours'
  },
  { name: 'what a person made', want: 'foreign' },
  { name: 'what carries the label of another workspace', labels: labelsOf('b'), want: 'foreign' },
  {
    name: 'what a person put the label of the workspace on',
    labels: { 'berth.dev/workspace': 'a' },
    want: 'foreign'
  },
  {
    name: 'what lists the workspace as an owner that does not control it',
    owners: [{ ...ours, controller: false }],
    labels: labelsOf('a'),
    want: 'orphan'
  }
];

const objectOf = ({ owners = [], labels = {} }: Partial<Case>): ApiObject => ({
  metadata: { name: 'ws-a', labels, ownerReferences: owners }
});

describe('belongsTo', () => {
  test.each(cases)('$name: $want', ({ want, ...of }) => {
    expect(belongsTo(objectOf(of), 'a', WORKSPACE_UID)).toBe(want);
  });

  test('nothing is ours once the workspace is no more', () => {
    expect(belongsTo(objectOf({ owners: [ours] }), 'a', undefined)).toBe('previous');
  });

  test.each(cases)('a home: $name', ({ want, ...of }) => {
    expect(homeBelongsTo(objectOf(of), workspace)).toBe(want === 'orphan' ? 'ours' : want);
  });
});
