import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openLab } from './lab.mjs';

const NOTEBOOKS = fileURLToPath(new URL('../../../../../notebooks/', import.meta.url));
const GALLERY = 'sampler-gallery.ipynb';
let lab;

before(async () => {
  lab = await openLab({ [GALLERY]: `${NOTEBOOKS}research/${GALLERY}` });
});
after(() => lab?.close());

test('the gallery of samplers runs through and says nothing on the error stream', async () => {
  await lab.open(GALLERY);
  const cells = (await lab.runAll(GALLERY)).filter(({ cell_type: type }) => type === 'code');
  const wrong = cells.filter(({ outputs }) => outputs.some(({ output_type: type, name }) => type === 'error' || name === 'stderr'));
  assert.deepEqual(wrong.map(({ source }) => source), []);
});

for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
  test(`its outputs fit their place and its pictures show in ${theme}`, async () => {
    await lab.theme(theme);
    await lab.screenshot(`gallery-${theme.split(' ')[1].toLowerCase()}`);
    assert.deepEqual(await lab.blemishes(), []);
  });
}

test('the page reports no error', () => {
  assert.deepEqual(lab.errors, []);
});
