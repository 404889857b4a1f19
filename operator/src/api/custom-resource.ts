/** A custom resource as data, and the CustomResourceDefinition that is made from it. */
import type { z } from 'zod';
import { GROUP, VERSION } from './names.js';
import type { ApiResource } from './resource.js';
import { type Rule, RULES } from './schema/rule.js';
import { MAX_DNS_NAME_LENGTH } from './schema/text.js';
import { structuralSchema, type StructuralSchema } from './schema/structural.js';

export interface PrinterColumn {
  readonly name: string;
  readonly type: 'string' | 'date';
  readonly jsonPath: string;
  /** Only `kubectl get -o wide` shows those above 0. */
  readonly priority?: number;
}

export interface CustomResource {
  readonly resource: ApiResource;
  readonly description: string;
  readonly shortName: string;
  readonly spec: z.ZodType;
  readonly status?: z.ZodType;
  /** About the object as a whole; those about a field are with the field. */
  readonly rules?: readonly Rule[];
  readonly columns: readonly PrinterColumn[];
}

export interface CustomResourceDefinition {
  readonly apiVersion: 'apiextensions.k8s.io/v1';
  readonly kind: 'CustomResourceDefinition';
  readonly metadata: { readonly name: string; readonly annotations: Readonly<Record<string, string>> };
  readonly spec: {
    readonly group: string;
    readonly scope: 'Namespaced' | 'Cluster';
    readonly names: Readonly<Record<string, string | readonly string[]>>;
    readonly versions: readonly [CustomResourceVersion];
  };
}

interface CustomResourceVersion {
  readonly name: string;
  readonly served: true;
  readonly storage: true;
  readonly additionalPrinterColumns: readonly PrinterColumn[];
  readonly subresources: { readonly status?: object };
  readonly schema: { readonly openAPIV3Schema: StructuralSchema };
}

const AGE: PrinterColumn = { name: 'Age', type: 'date', jsonPath: '.metadata.creationTimestamp' };

/** Only the name can be declared here, and a rule about it may name it only if it is. */
const METADATA: StructuralSchema = {
  type: 'object',
  properties: { name: { type: 'string', maxLength: MAX_DNS_NAME_LENGTH } }
};

/** Uninstalling the chart must not delete the definitions: every object of theirs would go with them. */
const KEPT = { 'helm.sh/resource-policy': 'keep' };

export function customResourceDefinition(custom: CustomResource): CustomResourceDefinition {
  const { resource, shortName, status, columns } = custom;
  const { kind, plural } = resource;
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${plural}.${GROUP}`, annotations: KEPT },
    spec: {
      group: GROUP,
      scope: resource.namespaced ? 'Namespaced' : 'Cluster',
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames: [shortName],
        categories: ['berth']
      },
      versions: [
        {
          name: VERSION,
          served: true,
          storage: true,
          additionalPrinterColumns: [...columns, AGE],
          subresources: status === undefined ? {} : { status: {} },
          schema: { openAPIV3Schema: objectSchema(custom) }
        }
      ]
    }
  };
}

function objectSchema({ resource, description, spec, status, rules }: CustomResource): StructuralSchema {
  const properties = {
    apiVersion: { type: 'string' as const },
    kind: { type: 'string' as const },
    metadata: METADATA,
    spec: structuralSchema(spec, 'spec'),
    ...(status === undefined ? {} : { status: structuralSchema(status, 'status') })
  };
  return {
    type: 'object',
    description: `${resource.kind}: ${description}`,
    required: ['spec'],
    properties,
    ...(rules === undefined ? {} : { [RULES]: rules })
  };
}
