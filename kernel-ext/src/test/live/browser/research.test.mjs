import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openLab } from './lab.mjs';

const RESEARCH = fileURLToPath(new URL('../../../../../notebooks/research/', import.meta.url));
const NOTEBOOKS = ['sampler-gallery', 'bring-your-own-model'];
let lab;

before(async () => {
  const files = [...NOTEBOOKS.map((name) => `${name}.ipynb`), 'tiny-sd'];
  lab = await openLab(Object.fromEntries(files.map((file) => [file, RESEARCH + file])));
});
after(() => lab?.close());

for (const name of NOTEBOOKS) {
  test(`${name} runs through and says nothing on the error stream`, async () => {
    await lab.open(`${name}.ipynb`);
    const cells = (await lab.runAll(`${name}.ipynb`)).filter(({ cell_type: type }) => type === 'code');
    const wrong = cells.filter(({ outputs }) => outputs.some(({ output_type: type, name: stream }) => type === 'error' || stream === 'stderr'));
    assert.deepEqual(wrong.map(({ source }) => source), []);
  });

  for (const theme of ['JupyterLab Light', 'JupyterLab Dark']) {
    test(`outputs of ${name} fit their place and its pictures show in ${theme}`, async () => {
      await lab.theme(theme);
      await lab.screenshot(`${name}-${theme.split(' ')[1].toLowerCase()}`);
      assert.deepEqual(await lab.blemishes(), []);
    });
  }
}

test('the page reports no error', () => {
  assert.deepEqual(lab.errors, []);
});
