import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { openLab } from './lab.mjs';

const NOTEBOOKS = fileURLToPath(new URL('../../../../../notebooks/', import.meta.url));
const LESSON = '01-noise-to-picture.ipynb';
const SHOWS_A_PICTURE = /^%(sample|start|step|back|finish|plot|attention)\b|\n(own|eight)$/;
let lab;

before(async () => {
  lab = await openLab(
    { 'student.ipynb': `${NOTEBOOKS}student/${LESSON}`, 'instructor.ipynb': `${NOTEBOOKS}instructor/${LESSON}` },
    // The hidden checks, as the kernel has them while nbgrader grades.
    { JJAVA_CLASSPATH: `${NOTEBOOKS}grading/target/daguerre-grading.jar` },
  );
});
after(() => lab?.close());

const code = (cells) => cells.filter((cell) => cell.cell_type === 'code');
const output = (cell, kind) => cell.outputs.find((each) => each.output_type === kind);
const failed = (cells) => cells.filter((cell) => output(cell, 'error'));
const points = (cell) => Number(output(cell, 'execute_result')?.data['text/plain']);
const pictureless = (cells) => cells
  .filter((cell) => SHOWS_A_PICTURE.test(cell.source) && !output(cell, 'execute_result')?.data['image/png']);
const sources = (cells) => cells.map(({ source }) => source);
const stderr = (cells) => cells.flatMap(({ outputs }) => outputs).filter(({ name }) => name === 'stderr');

async function looksWell(name) {
  for (const theme of ['Light', 'Dark']) {
    await lab.theme(`JupyterLab ${theme}`);
    await lab.screenshot(`lesson-${name}-${theme.toLowerCase()}`);
    assert.deepEqual(await lab.blemishes(), [], theme);
  }
}

test('the lesson as students get it shows its pictures, and says of each exercise that it waits for an answer', async () => {
  await lab.open('student.ipynb');
  const cells = code(await lab.runAll('student.ipynb'));
  assert.deepEqual(sources(failed(cells)), []);
  const [own, ...others] = pictureless(cells);
  assert.deepEqual(sources(others), []);
  assert.match(own.source, /ddimStep\(answer, next\)/);
  assert.equal(output(own, 'stream').text, 'This cell waits for exercise 3. Answer it, then run both cells.\n');
  const checks = cells.filter(({ source }) => source.startsWith('%check'));
  assert.deepEqual(checks.map((cell) => [output(cell, 'stream').text.trim(), points(cell)]), [
    ['alphas-cumprod: not there yet, 0 of 2 points\n  Not answered yet.', 0],
    ['add-noise: not there yet, 0 of 2 points\n  Not answered yet.', 0],
    ['ddim-step: not there yet, 0 of 2 points\n  Not answered yet.', 0],
  ]);
  assert.deepEqual(stderr(cells), []);
});

test('its outputs fit their place and its pictures show, light and dark', () => looksWell('student'));

test('the lesson with its answers runs through, shows every picture and gives 13 of 13 points', async () => {
  await lab.open('instructor.ipynb');
  const cells = code(await lab.runAll('instructor.ipynb'));
  assert.deepEqual(sources(failed(cells)), []);
  assert.deepEqual(sources(pictureless(cells)), []);
  const graded = cells.filter(({ metadata }) => metadata.nbgrader?.grade);
  for (const cell of graded) assert.equal(points(cell), cell.metadata.nbgrader.points, cell.source);
  assert.equal(graded.reduce((sum, cell) => sum + points(cell), 0), 13);
  assert.deepEqual(stderr(cells), []);
});

test('with its answers, its outputs fit their place and its pictures show, light and dark', () => looksWell('instructor'));

test('the page reports no error', () => {
  assert.deepEqual(lab.errors, []);
});
