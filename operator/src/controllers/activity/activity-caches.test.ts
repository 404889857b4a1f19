/** Which workspaces are looked at when something changes, and what begins to be wanted. */
import { describe, expect, test } from '@jest/globals';
import type { Workspace } from '../../api/index.js';
import type { ApiObject } from '../../runtime/resource.js';
import type { Pod } from '../core-objects.js';
import { podOf } from '../workspace/children.js';
import { cachesOf, IMAGE, makeClass, makeWorkspace, served, SETTINGS } from '../workspace/served.testkit.js';
import { createNamespaceCache, TEAM_POLICY_ANNOTATION, watchForActivity } from './activity-caches.js';
import { ActivityLedger } from './activity-ledger.js';

function workspace(namespace: string, name: string, className?: string): Workspace {
  const made = makeWorkspace({ compute: { cpu: '1', memory: '1Gi', ...(className && { class: className }) } });
  return { ...made, metadata: { ...made.metadata, namespace, name } };
}

function namespace(name: string, resourceVersion: string, annotations: Record<string, string> = {}): ApiObject {
  return { metadata: { name, uid: name, resourceVersion, annotations } };
}

const all = [workspace('team', 'a', 'gpu'), workspace('team', 'b'), workspace('other', 'c', 'gpu')];

function watched() {
  const caches = { ...cachesOf({}), namespaces: createNamespaceCache() };
  caches.workspaces.replaceAll(caches.workspaces.pack(all), '1');
  caches.namespaces.replaceAll(caches.namespaces.pack([namespace('team', '1'), namespace('other', '1')]), '1');
  const added: string[] = [];
  watchForActivity(caches, key => added.push(key));
  return { caches, added };
}

describe('a change of', () => {
  test('a team’s policy is about the workspaces of its namespace; any other annotation about none', () => {
    const { caches, added } = watched();
    caches.namespaces.apply('MODIFIED', namespace('team', '2', { note: 'mine' }));
    expect(added).toEqual([]);
    caches.namespaces.apply('MODIFIED', namespace('team', '3', { [TEAM_POLICY_ANNOTATION]: '{}' }));
    expect(added).toEqual(['team/a', 'team/b']);
  });

  test('a class is about the workspaces of that class', () => {
    const { caches, added } = watched();
    caches.classes.apply('ADDED', makeClass('gpu', { resources: {} }));
    expect(added).toEqual(['team/a', 'other/c']);
  });

  test('a pod is about its workspace', () => {
    const { caches, added } = watched();
    const choices = { image: IMAGE, compute: { cpu: '1', memory: '1Gi', extended: {}, problems: [] } };
    const pod = podOf(workspace('team', 'b'), choices, '', SETTINGS);
    caches.pods.apply('ADDED', served<Pod>(pod));
    caches.pods.apply('DELETED', served<Pod>(pod));
    expect(added).toEqual(['team/b', 'team/b']);
  });
});

test('those of a class are looked at when somebody begins to wait for it, once', () => {
  const wanted: string[] = [];
  const ledger = new ActivityLedger(className => wanted.push(className));
  const ready = {
    type: 'Ready',
    status: 'False',
    reason: 'Unschedulable',
    message: '',
    observedGeneration: 1
  } as const;
  const waits = { conditions: [{ ...ready, lastTransitionTime: '2030-01-01T00:00:00Z' }] };
  for (const one of all) ledger.rests(one.metadata.name, one);
  expect(wanted).toEqual([]);
  for (let look = 0; look < 3; look += 1) ledger.rests('a', { ...workspace('team', 'a', 'gpu'), status: waits });
  expect(wanted).toEqual(['gpu']);
  ledger.rests('b', { ...workspace('team', 'b'), status: waits });
  expect(wanted).toEqual(['gpu']);
});
