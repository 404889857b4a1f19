import { platformConformance } from '../conformance.js';
import { makeLocalHarness } from './local-harness.testkit.js';

jest.setTimeout(60_000);

platformConformance('local', () => makeLocalHarness());
