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
 * as JSON, a string is a path that is copied. Call close() whatever happens.
 */
export async function openLab(files) {
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
  const environment = { ...process.env, PATH: `${venv}/bin:${process.env.PATH}`, LC_ALL: 'C' };
  for (const [variable, name] of Object.entries({
    JUPYTER_CONFIG_DIR: 'config', JUPYTER_RUNTIME_DIR: 'runtime', JUPYTER_DATA_DIR: 'data',
    JUPYTERLAB_SETTINGS_DIR: 'settings', JUPYTERLAB_WORKSPACES_DIR: 'workspaces',
  })) environment[variable] = path.join(folder, name);
  const server = spawn(`${venv}/bin/jupyter`, [
    'lab', '--no-browser', '--allow-root', `--ServerApp.root_dir=${served}`, `--ServerApp.port=${port}`,
    '--ServerApp.port_retries=0', `--IdentityProvider.token=${token}`, '--LabApp.extension_manager=readonly',
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
    await this.page.locator(`${PANEL} .jp-CodeCell`).first().waitFor({ timeout: PATIENCE });
    await this.#idle();
  }

  /** Run, Run All Cells; returns the cells as they stand in the saved notebook. */
  async runAll(name, timeout = PATIENCE) {
    await this.page.locator('.lm-MenuBar-itemLabel', { hasText: /^Run$/ }).click();
    await this.page.locator('.lm-Menu-item[data-command="runmenu:run-all"]').click();
    await this.page.waitForFunction(
      (panel) => !Array.from(document.querySelectorAll(`${panel} .jp-InputPrompt`))
        .some((prompt) => prompt.textContent.includes('*'))
        && Array.from(document.querySelectorAll(`${panel} .jp-InputPrompt`))
          .some((prompt) => /\[\d+\]/.test(prompt.textContent)),
      PANEL, { timeout },
    );
    await this.#idle();
    await this.page.keyboard.press('Control+s');
    await this.page.waitForFunction(
      () => !document.querySelector('.lm-DockPanel-tabBar .lm-mod-current.jp-mod-dirty'), null, { timeout: PATIENCE },
    );
    return (await this.rest('GET', `contents/${name}`)).content.cells;
  }

  /** Shows the notebook in "JupyterLab Light" or "JupyterLab Dark", as saved. */
  async theme(theme, name) {
    const answer = await fetch(`${this.origin}/lab/api/settings/@jupyterlab/apputils-extension:themes`, {
      method: 'PUT',
      headers: { Authorization: `token ${this.token}` },
      body: JSON.stringify({ raw: JSON.stringify({ theme }) }),
    });
    if (!answer.ok) throw new Error(`theme ${theme}: ${answer.status}`);
    await this.open(name);
    await this.page.locator(`body[data-jp-theme-name="${theme}"]`).waitFor({ state: 'attached', timeout: PATIENCE });
  }

  /** What a reader would see go wrong: outputs wider than their place, and pictures that do not show. */
  async blemishes() {
    return this.page.evaluate((panel) => {
      const found = [];
      for (const output of document.querySelectorAll(`${panel} .jp-OutputArea-output`)) {
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

  /** A picture of the whole notebook, for a person to look at. */
  async screenshot(name) {
    const folder = process.env.DAGUERRE_SCREENSHOTS;
    await mkdir(folder, { recursive: true });
    const height = await this.page.evaluate(
      (panel) => document.querySelector(`${panel} .jp-WindowedPanel-outer`)?.scrollHeight ?? 900, PANEL,
    );
    await this.page.setViewportSize({ width: 1280, height: Math.min(height + 150, 6000) });
    await this.page.waitForTimeout(300);
    await this.page.screenshot({ path: path.join(folder, `${name}.png`) });
    await this.page.setViewportSize({ width: 1280, height: 900 });
  }

  async #idle() {
    await this.page.locator(`${PANEL} .jp-Notebook-ExecutionIndicator[data-status="idle"]`)
      .waitFor({ state: 'attached', timeout: PATIENCE });
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
