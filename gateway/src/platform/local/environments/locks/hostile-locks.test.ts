import { portableLock } from './read-uv-lock.js';

test.each([
  ['ends in a comment within a list', 'x = [1 # y'],
  ['has keys of many names', `${'a.'.repeat(3_900_000)}a = 1`],
  ['has keys of many names in a table', `x = { ${'a.'.repeat(3_900_000)}a = 1 }`],
  ['has no dot anywhere', Array.from({ length: 700_000 }, (_, index) => `k${index}=1`).join('\n')],
  ['has comments after a long one', `#${'x'.repeat(2_000_000)}\n${comments(300_000)}`],
  ['asks for extras that ask for many more', `version = 1\n${extras(90)}`]
])('a stranger’s lock that %s holds up the gateway for ever', (_, text) => {
  expect(text.length).toBeLessThan(8_000_000);
  expect(() => portableLock(text)).toThrow(expect.objectContaining({ code: 'invalid-input' }));
});

function comments(count: number): string {
  return Array.from({ length: count }, (_, index) => `k${index}=1#\n`).join('');
}

function extras(count: number): string {
  const many = `[${'{name="p"},'.repeat(5_000)}{name="p",extra=["e0"]}]`.replace('{name="p"},', '');
  const names = Array.from({ length: count }, (_, index) => `"e${index}"`).join(',');
  const optional = Array.from({ length: count }, (_, index) => `e${index} = ${many}`).join('\n');
  const head = `[manifest]\nrequirements=[{name="p",extras=[${names}]}]\n`;
  return `${head}[[package]]\nname="p"\nversion="1"\nsource={git="x"}\n[package.optional-dependencies]\n${optional}\n`;
}
