import { actorOf } from './actor.js';
import { newToken, tokenCheck } from './token.js';

describe('tokenCheck', () => {
  const isGood = tokenCheck('s3cret-token');

  test.each([
    { name: 'the right token', header: 'Bearer s3cret-token', want: true },
    { name: 'the scheme in other letter case', header: 'bearer s3cret-token', want: true },
    { name: 'another token', header: 'Bearer s3cret-tokeN', want: false },
    { name: 'a prefix of it', header: 'Bearer s3cret', want: false },
    { name: 'no scheme', header: 's3cret-token', want: false },
    { name: 'another scheme', header: 'Basic s3cret-token', want: false },
    { name: 'an empty token', header: 'Bearer ', want: false },
    { name: 'no header', header: undefined, want: false }
  ])('$name → $want', ({ header, want }) => {
    expect(isGood(header)).toBe(want);
  });

  test('a new token has 256 bits and no two are equal', () => {
    expect(newToken()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(newToken()).not.toBe(newToken());
  });
});

describe('actorOf', () => {
  test('decodes and normalises what the Jupyter server sent', () => {
    const headers = { 'x-berth-user': 'Zo%C3%AB', 'x-berth-root': '%2Fhome%2Fzo%C3%AB%2F100%25%2F..%2Fwork' };
    expect(actorOf(headers)).toEqual({ name: 'Zoë', rootFolder: '/home/zoë/work' });
  });

  test.each([
    { name: 'nothing', headers: {}, wantFields: ['X-Berth-User', 'X-Berth-Root'] },
    { name: 'an empty name', headers: { 'x-berth-user': '', 'x-berth-root': '/r' }, wantFields: ['X-Berth-User'] },
    { name: 'a relative root', headers: { 'x-berth-user': 'a', 'x-berth-root': 'r' }, wantFields: ['X-Berth-Root'] },
    { name: 'a zero byte', headers: { 'x-berth-user': 'a', 'x-berth-root': '/r%00' }, wantFields: ['X-Berth-Root'] },
    { name: 'broken encoding', headers: { 'x-berth-user': 'a', 'x-berth-root': '/%E9' }, wantFields: ['X-Berth-Root'] }
  ])('$name is refused with the header named', ({ headers, wantFields }) => {
    let problems: unknown;
    try {
      actorOf(headers);
    } catch (error: unknown) {
      problems = (error as { problems: { field: string }[] }).problems.map(problem => problem.field);
    }
    expect(problems).toEqual(wantFields);
  });
});
