import { makeOffer } from '../testing/gateway.testkit.js';
import { amountText, shortText } from './compute-words.js';

const OFFERS = [
  makeOffer('cpu', { title: 'CPU · 8 cores · 31 GiB' }),
  makeOffer('h200', { title: 'NVIDIA H200 · 141 GiB' }),
  makeOffer('rtx', { title: 'NVIDIA GeForce RTX 4090 · 24 GiB' }),
  makeOffer('mig', { title: 'NVIDIA A100-SXM4-80GB · MIG 1g.10gb · 10 GiB' }),
  makeOffer('shared', { title: 'Tesla T4 · shared, 1 of 4' })
];

test.each([
  { offer: 'cpu', count: 8, amount: 'CPU', short: 'CPU' },
  { offer: 'h200', count: 1, amount: '1 × NVIDIA H200', short: 'H200' },
  { offer: 'h200', count: 2, amount: '2 × NVIDIA H200', short: '2 × H200' },
  { offer: 'rtx', count: 1, amount: '1 × NVIDIA GeForce RTX 4090', short: 'RTX 4090' },
  { offer: 'mig', count: 1, amount: '1 × NVIDIA A100-SXM4-80GB · MIG 1g.10gb', short: 'A100-SXM4-80GB · MIG 1g.10gb' },
  { offer: 'shared', count: 1, amount: '1 × Tesla T4 · shared, 1 of 4', short: 'Tesla T4 · shared, 1 of 4' },
  { offer: 'gpu-nvidia-b300', count: 1, amount: '1 × gpu-nvidia-b300', short: 'gpu-nvidia-b300' }
])('$count of $offer reads "$amount" and, in short, "$short"', ({ offer, count, amount, short }) => {
  expect(amountText(OFFERS, { offer, count })).toBe(amount);
  expect(shortText(OFFERS, { offer, count })).toBe(short);
});
