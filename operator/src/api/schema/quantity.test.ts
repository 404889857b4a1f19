import fc from 'fast-check';
import { bytesQuantity, cpuQuantity } from './quantity.js';

/** Kubernetes' own grammar (apimachinery, resource.Quantity). */
const KUBERNETES = /^([+-]?(?:[0-9]+[.]?[0-9]*|[.][0-9]+))([KMGTPE]i|[numkMGTPE]|[eE][+-]?[0-9]+)?$/;

const isCpu = (value: unknown) => cpuQuantity().safeParse(value).success;
const isBytes = (value: unknown) => bytesQuantity().safeParse(value).success;

/** The slow twin: what Kubernetes takes, without what we refuse of it. */
function isPlainAmount(text: string, suffixes: readonly string[]): boolean {
  const [, number, suffix = ''] = KUBERNETES.exec(text) ?? [];
  if (number === undefined || text.length > 20 || !suffixes.includes(suffix)) return false;
  return /^[0-9]+([.][0-9]{1,3})?$/.test(number) && Number(number) > 0;
}

/** Texts that are nearly amounts. */
const nearly = fc
  .array(fc.constantFrom(...'0012345678999..mkKMGTPEi-+e '.split('')), { maxLength: 24 })
  .map(characters => characters.join(''));

test('an amount of bytes is what Kubernetes takes, above zero, without exponents and thousandths', () => {
  const suffixes = ['', 'k', 'M', 'G', 'T', 'P', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi'];
  fc.assert(
    fc.property(nearly, text => isBytes(text) === isPlainAmount(text, suffixes)),
    { numRuns: 5_000, examples: [['0.5Gi'], ['0.0'], ['0.001'], ['0.010'], ['1.000k'], ['010Mi'], ['1Ei'], ['1.']] }
  );
});

test('an amount of CPU is what Kubernetes takes, above zero, in cores or whole thousandths of one', () => {
  const isWholeM = (text: string) => !text.endsWith('m') || !text.includes('.');
  fc.assert(
    fc.property(nearly, text => isCpu(text) === (isPlainAmount(text, ['', 'm']) && isWholeM(text))),
    { numRuns: 5_000, examples: [['500m'], ['0m'], ['0.5m'], ['0.001'], ['0.0001'], ['2'], ['1.']] }
  );
});

test.each([
  [1, true],
  [0, false],
  [-1, false],
  [1.5, false],
  [Number.NaN, false],
  [Number.POSITIVE_INFINITY, false],
  [null, false],
  [true, false]
])('%p as an amount: %p', (value, want) => {
  expect(isCpu(value)).toBe(want);
  expect(isBytes(value)).toBe(want);
});
