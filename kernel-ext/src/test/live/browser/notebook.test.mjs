import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { notebook, openLab } from './lab.mjs';

const NOTEBOOK = 'first.ipynb';
let lab;

before(async () => {
  lab = await openLab({
    [NOTEBOOK]: notebook(
      'System.out.println("é 北京")',
      'new java.awt.image.BufferedImage(64, 64, java.awt.image.BufferedImage.TYPE_INT_RGB)',
      'assert 1 > 2 : "one is not more than two";',
      '%daguerre doctor',
      '6 * 7',
    ),
  });
});
after(() => lab?.close());

test('a notebook opened in JupyterLab runs in the kernel and shows what it gave', async () => {
  await lab.open(NOTEBOOK);
  const [print, picture, failure, doctor, number] = await lab.runAll(NOTEBOOK);
  assert.equal(print.outputs[0].text, 'é 北京\n');
  assert.ok(picture.outputs[0].data['image/png']);
  assert.equal(failure.outputs[0].output_type, 'error');
  assert.match(doctor.outputs[0].data['text/plain'], /charset UTF-8/);
  assert.equal(number.outputs[0].data['text/plain'], '42');
});

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  test(`outputs fit their place and pictures show in ${theme}`, async () => {
    await lab.theme(theme);
    await lab.screenshot(`first-${theme.split(' ')[1].toLowerCase()}`);
    assert.deepEqual(await lab.blemishes(), []);
  });
}

test('the page reports no error', () => {
  assert.deepEqual(lab.errors, []);
});
