/** Text fields: each has a longest value, for the API server bounds the cost of its rules by it. */
import { z } from 'zod';

/** As Kubernetes names most objects (RFC 1123 subdomain). */
const DNS_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?([.][a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const QUALIFIED_NAME = /^([a-z0-9]([-.a-z0-9]*[a-z0-9])?\/)?[A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?$/;
const LABEL_VALUE = /^([A-Za-z0-9]([-._A-Za-z0-9]*[A-Za-z0-9])?)?$/;
const TIME =
  /^[0-9]{4}-[01][0-9]-[0-3][0-9]T[0-2][0-9]:[0-5][0-9]:[0-6][0-9]([.][0-9]{1,9})?(Z|[+-][0-2][0-9]:[0-5][0-9])$/;
const NO_CONTROL_CHARACTERS = /^[^\x00-\x1f\x7f]*$/;

export const MAX_DNS_NAME_LENGTH = 253;

/** The name of another object. */
export const dnsName = () => z.string().min(1).max(MAX_DNS_NAME_LENGTH).regex(DNS_NAME);

/** The key of a label or a taint, as `example.com/gpu`. */
export const qualifiedName = () => z.string().min(1).max(317).regex(QUALIFIED_NAME);

export const labelValue = () => z.string().max(63).regex(LABEL_VALUE);

/** Text for people, on one line. */
export const line = (longest: number) => z.string().min(1).max(longest).regex(NO_CONTROL_CHARACTERS);

/** Text for people that may be empty and have many lines. */
export const prose = (longest: number) => z.string().max(longest);

/**
 * RFC 3339, as `2026-01-31T12:00:00Z`. Not the format `date-time`: where a field has a format, the API server takes a list
 * for text.
 */
export const time = () => z.string().max(35).regex(TIME);
