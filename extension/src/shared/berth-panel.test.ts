import '../testing/dom.testkit.js';
import { SplitPanel, Widget, type AccordionPanel } from '@lumino/widgets';
import { FakeModel } from '../testing/fake-model.testkit.js';
import { BerthPanel } from './berth-panel.js';

test('the last section has most of the room, and sizes that Lab restores stay as they are', () => {
  const panel = new BerthPanel(new FakeModel());
  const sections = [new Widget(), new Widget()];
  for (const section of sections) panel.addSection(section);
  expect(sections.map(section => SplitPanel.getStretch(section))).toEqual([1, 2]);
  const content = panel.content as AccordionPanel;
  content.setRelativeSizes([3, 1]);
  Widget.attach(panel, document.body);
  expect(content.relativeSizes()).toEqual([0.75, 0.25]);
  panel.dispose();
});

test('sections stand by their ranks, whichever plugin was activated first', () => {
  const panel = new BerthPanel(new FakeModel());
  const [runs, compute, environments, more] = [new Widget(), new Widget(), new Widget(), new Widget()];
  panel.addSection(runs);
  panel.addSection(environments, 20);
  panel.addSection(compute, 10);
  panel.addSection(more);
  expect(panel.widgets).toEqual([compute, environments, runs, more]);
  panel.dispose();
});

test('a section that is folded up is opened when it is to be shown', () => {
  const panel = new BerthPanel(new FakeModel());
  const sections = [new Widget(), new Widget()] as const;
  for (const section of sections) panel.addSection(section);
  Widget.attach(panel, document.body);
  (panel.content as AccordionPanel).collapse(1);
  expect(sections[1].isHidden).toBe(true);
  panel.unfold(sections[1]);
  expect(sections[1].isHidden).toBe(false);
  panel.dispose();
});
