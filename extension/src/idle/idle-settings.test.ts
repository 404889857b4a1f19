import { parseChoices } from './idle-settings.js';

test.each([
  { name: 'nothing set', composite: {}, want: { showActive: false, notify: true, wish: null } },
  {
    name: 'a limit of one’s own',
    composite: { releaseAfterMinutes: 15, notify: false, showActive: true },
    want: { showActive: true, notify: false, wish: { kernel: { hardSeconds: 900 } } }
  },
  {
    name: 'what is no limit',
    composite: { releaseAfterMinutes: 0, notify: 'no' },
    want: { showActive: false, notify: true, wish: null }
  },
  {
    name: 'half a minute',
    composite: { releaseAfterMinutes: 0.5 },
    want: { showActive: false, notify: true, wish: null }
  }
])('$name', ({ composite, want }) => {
  expect(parseChoices(composite)).toEqual(want);
});
