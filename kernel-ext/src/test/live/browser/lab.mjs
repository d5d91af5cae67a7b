// A JupyterLab of its own with notebooks in it, and a Chromium that looks at it.

import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium } from 'playwright-core';

const BROWSERS = [
  process.env.DAGUERRE_BROWSER,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
];
// Generous, for a machine with much else to do: a wait ends as soon as what it waits for is there.
const PATIENCE = 600_000;
const PANEL = '.jp-NotebookPanel:not(.lm-mod-hidden)';

/** A notebook, as nbformat 4.5 has it, for the kernel "daguerre": one code cell for each text. */
export function notebook(...cells) {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { kernelspec: { name: 'daguerre', display_name: 'Daguerre (Java)', language: 'java' } },
    cells: cells.map((source, at) => ({
      id: `cell-${at}`, cell_type: 'code', execution_count: null, metadata: {}, outputs: [], source,
    })),
  };
}

/**
 * Starts JupyterLab and the browser. `files` maps names in the served folder to what they hold: an object is written
 * as JSON, a string is a path that is copied. `variables` are added to the environment of the server and its kernels.
 * Call close() whatever happens.
 */
export async function openLab(files, variables = {}) {
  const executablePath = BROWSERS.find((each) => each && existsSync(each));
  if (!executablePath) throw new Error('no Chromium or Chrome found; name one in DAGUERRE_BROWSER');
  const venv = process.env.DAGUERRE_VENV;
  const folder = await mkdtemp(path.join(tmpdir(), 'daguerre-lab-'));
  const served = path.join(folder, 'served');
  await mkdir(served);
  for (const [name, content] of Object.entries(files)) {
    const target = path.join(served, name);
    await mkdir(path.dirname(target), { recursive: true });
    if (typeof content === 'string') await cp(content, target, { recursive: true });
    else await writeFile(target, JSON.stringify(content));
  }

  const port = await freePort();
  const token = 'browser-test';
  const origin = `http://127.0.0.1:${port}`;
  const environment = { ...process.env, ...variables, PATH: `${venv}/bin:${process.env.PATH}`, LC_ALL: 'C' };
  for (const [variable, name] of Object.entries({
    JUPYTER_CONFIG_DIR: 'config', JUPYTER_RUNTIME_DIR: 'runtime', JUPYTER_DATA_DIR: 'data',
    JUPYTERLAB_SETTINGS_DIR: 'settings', JUPYTERLAB_WORKSPACES_DIR: 'workspaces',
  })) environment[variable] = path.join(folder, name);
  // JupyterLab lays out only what is near the window, unless told to; here every output is to be measured and seen.
  const notebooks = path.join(folder, 'settings', '@jupyterlab', 'notebook-extension');
  await mkdir(notebooks, { recursive: true });
  await writeFile(path.join(notebooks, 'tracker.jupyterlab-settings'), '{ "windowingMode": "none" }');
  const server = spawn(`${venv}/bin/jupyter`, [
    'lab', '--no-browser', '--allow-root', `--ServerApp.root_dir=${served}`, `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0', `--IdentityProvider.token=${token}`, '--LabApp.extension_manager=readonly',
    '--LabApp.expose_app_in_browser=True',
  ], { env: environment, stdio: ['ignore', 'ignore', 'pipe'] });
  let log = '';
  server.stderr.on('data', (text) => { log += text; });
  const ended = new Promise((resolve) => { server.once('exit', resolve); });

  let browser;
  async function close() {
    await browser?.close();
    await rest('DELETE', 'sessions').catch(() => {});
    server.kill('SIGTERM');
    const late = setTimeout(() => server.kill('SIGKILL'), 10_000);
    await ended;
    clearTimeout(late);
    await rm(folder, { recursive: true, force: true });
  }

  async function rest(method, resource, body) {
    if (method === 'DELETE' && resource === 'sessions') {
      for (const { id } of await rest('GET', 'sessions')) await rest('DELETE', `sessions/${id}`);
      return null;
    }
    const answer = await fetch(`${origin}/api/${resource}`, {
      method, headers: { Authorization: `token ${token}` }, body: body && JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${method} ${resource}: ${answer.status}`);
    return answer.status === 204 ? null : answer.json();
  }

  async function answers() {
    while (server.exitCode === null) {
      if (await rest('GET', 'status').catch(() => null)) return;
      await new Promise((resolve) => { setTimeout(resolve, 200); });
    }
    throw new Error(`JupyterLab ended with ${server.exitCode}:\n${log}`);
  }

  try {
    await answers();
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.setDefaultTimeout(PATIENCE);
    const errors = [];
    page.on('pageerror', (error) => errors.push(String(error)));
    return new Lab({ origin, token, page, errors, rest, close });
  } catch (error) {
    await close();
    throw error;
  }
}

class Lab {
  constructor(parts) {
    Object.assign(this, parts);
  }

  /** Opens a notebook and waits until its kernel is idle. */
  async open(name) {
    await this.page.goto(`${this.origin}/lab/tree/${name}?token=${this.token}&reset`);
    await this.#idle(name);
  }

  /** Run, Run All Cells; returns the cells as saved when every one has run. */
  async runAll(name, timeout = PATIENCE) {
    await this.page.locator('.lm-MenuBar-itemLabel', { hasText: /^Run$/ }).click();
    await this.page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click();
    await this.#idle(name, { ran: true, timeout });
    await this.page.evaluate(() => window.jupyterapp.shell.currentWidget.context.save());
    return (await this.rest('GET', `contents/${name}`)).content.cells;
  }

  /** Shows the page in "JupyterLab Light" or "JupyterLab Dark". */
  async theme(theme) {
    await this.page.evaluate((name) => window.jupyterapp.commands.execute('apputils:change-theme', { theme: name }), theme);
    await this.page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached' });
  }

  /** What a reader would see go wrong: outputs that are missing or wider than their place, and pictures that do not show. */
  async blemishes() {
    return this.page.evaluate((panel) => {
      const found = [];
      const outputs = document.querySelectorAll(`${panel} .jp-OutputArea-output`);
      const { cells } = window.jupyterapp.shell.currentWidget.content.model;
      const expected = [...cells].reduce((sum, cell) => sum + (cell.outputs?.length ?? 0), 0);
      if (outputs.length !== expected) found.push(`${outputs.length} of ${expected} outputs are on the page`);
      for (const output of outputs) {
        if (output.scrollWidth > output.clientWidth + 1) {
          found.push(`overflow: ${output.scrollWidth} > ${output.clientWidth}: ${output.textContent.slice(0, 80)}`);
        }
        for (const picture of output.querySelectorAll('img')) {
          if (!picture.complete || picture.naturalWidth === 0) found.push(`broken picture: ${picture.alt}`);
        }
      }
      return found;
    }, PANEL);
  }

  /** Pictures of the whole notebook, NAME-1.png and on, for a person to look at. */
  async screenshot(name) {
    const folder = process.env.DAGUERRE_SCREENSHOTS;
    await mkdir(folder, { recursive: true });
    await this.page.setViewportSize({ width: 1280, height: 2000 });
    const notebook = this.page.locator(`${PANEL} .jp-WindowedPanel-outer`);
    const [height, window] = await notebook.evaluate((shown) => [shown.scrollHeight, shown.clientHeight]);
    for (let part = 0; part * window < height; part++) {
      await notebook.evaluate((shown, top) => new Promise((drawn) => {
        shown.scrollTop = top;
        requestAnimationFrame(() => requestAnimationFrame(drawn));
      }), part * window);
      await this.page.screenshot({ path: path.join(folder, `${name}-${part + 1}.png`) });
    }
    await this.page.setViewportSize({ width: 1280, height: 900 });
  }

  /**
   * Waits until the notebook is open and its kernel has nothing to do, `ran`: after every code cell has run. Asks
   * JupyterLab itself, because its page says "idle" before there is a kernel, and after an error shows the cells that
   * the kernel has still to run as if they waited for nothing.
   */
  async #idle(name, { ran = false, timeout = PATIENCE } = {}) {
    const state = ([path, all]) => {
      const panel = window.jupyterapp?.shell.currentWidget;
      if (panel?.context?.path !== path || !panel.context.isReady) return 'is not open';
      const kernel = panel.sessionContext.session?.kernel;
      if (kernel?.connectionStatus !== 'connected') return 'has no kernel';
      const waiting = [...panel.content.model.cells].filter((cell) => cell.type === 'code' && !cell.executionCount);
      if (all && waiting.length) return `has ${waiting.length} cells to run, the first: ${waiting[0].sharedModel.source}`;
      return kernel.status === 'idle' ? '' : `has a kernel that is ${kernel.status}`;
    };
    await this.page.waitForFunction(`(${state})(${JSON.stringify([name, ran])}) === ''`, null, { timeout })
      .catch(async (error) => {
        throw new Error(`${name} ${await this.page.evaluate(state, [name, ran])}`, { cause: error });
      });
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}
