/** JupyterLab in a browser, used as a person uses it: menus, buttons, and what is to be seen. */

import type { Browser, Locator, Page } from "playwright-core";

/** One code cell of an open notebook, as it is shown. */
export interface ShownCell {
  /** Its execution count; null where it has not run, or is running. */
  readonly count: number | null;
  readonly running: boolean;
  /** Its errors, as "Error: what it says". */
  readonly errors: readonly string[];
  /** How many pictures and plots with an extent it shows. */
  readonly drawings: number;
  /** The text of all outputs. */
  readonly text: string;
}

/** What is used of the page's elements, whose own types belong to browsers. */
interface Shown {
  readonly textContent: string | null;
  /** Of pictures only. */
  readonly naturalWidth?: number;
  getBoundingClientRect(): { readonly width: number };
  querySelector(selector: string): Shown | null;
  querySelectorAll(selector: string): Iterable<Shown>;
}

const VIEW = { width: 1280, height: 1000 };

/** A notebook opened in JupyterLab, with its kernel. */
export class OpenNotebook {
  readonly #page: Page;
  readonly #panel: Locator;

  private constructor(page: Page) {
    this.#page = page;
    this.#panel = page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)");
  }

  /** Opens `file` of the folder that JupyterLab shows, and waits for its kernel. */
  static async open(browser: Browser, lab: string, file: string): Promise<OpenNotebook> {
    const page = await browser.newPage({ viewport: VIEW });
    page.setDefaultTimeout(20_000);
    const url = new URL(lab);
    // In a workspace of its own, where no other notebook is open.
    const workspace = file.replaceAll(/\W/g, "-");
    await page.goto(`${url.origin}/lab/workspaces/${workspace}/tree/${file}?${url.searchParams}`);
    const notebook = new OpenNotebook(page);
    await notebook.#panel.locator(".jp-Cell").first().waitFor({ timeout: 60_000 });
    await notebook.waitForIdle(60_000);
    return notebook;
  }

  /** Chooses an entry of a menu by the words on it. */
  async choose(menu: string, entry: string): Promise<void> {
    await this.#page.locator(".lm-MenuBar-itemLabel", { hasText: menu }).first().click();
    const label = this.#page.locator(".lm-Menu-itemLabel");
    await label.getByText(entry, { exact: true }).click();
  }

  /** Runs all cells, which have no outputs and counts at first. */
  async runAll(): Promise<void> {
    await this.choose("Edit", "Clear Outputs of All Cells");
    await this.choose("Run", "Run All Cells");
    await this.waitFor("a cell that runs, or ran", 30_000, (cells) => {
      return cells.some(({ running, count }) => running || count !== null);
    });
  }

  /** Presses the button with a square. */
  async stop(): Promise<void> {
    await this.#panel.locator('[data-jp-item-name="interrupt"]').click();
  }

  /** Runs one cell with Shift+Enter. */
  async runCell(index: number): Promise<void> {
    const cell = this.#panel.locator(".jp-CodeCell").nth(index);
    await cell.locator(".jp-InputPrompt").click();
    await this.#page.keyboard.press("Shift+Enter");
  }

  /**
   * Waits until something is to be seen.
   *
   * @param what it is, for the error.
   * @throws with the cells as they are, when it is not seen in time.
   */
  async waitFor(
    what: string,
    milliseconds: number,
    seen: (cells: readonly ShownCell[]) => boolean | Promise<boolean>,
  ): Promise<void> {
    const end = performance.now() + milliseconds;
    for (;;) {
      const cells = await this.cells();
      if (await seen(cells)) return;
      if (performance.now() > end) {
        const state = JSON.stringify(cells.map(({ text: _, ...rest }) => rest));
        const kernel = await this.#kernelState();
        const seconds = milliseconds / 1000;
        throw new Error(`Not seen in ${seconds} s: ${what}. The kernel is ${kernel}: ${state}`);
      }
      await this.#page.waitForTimeout(100);
    }
  }

  /** Waits until the kernel has nothing to do and no cell is waiting, for half a second. */
  async waitForIdle(milliseconds: number): Promise<void> {
    let quiet = 0;
    await this.waitFor("an idle kernel", milliseconds, async (cells) => {
      const idle = await this.#kernelState() === "idle" && !cells.some(({ running }) => running);
      quiet = idle ? quiet + 1 : 0;
      return quiet > 5;
    });
  }

  async #kernelState(): Promise<string> {
    return await this.#page.evaluate(readKernelState);
  }

  /** The code cells from top to bottom. */
  async cells(): Promise<ShownCell[]> {
    const outputs = await this.#page.evaluate(readOutputs);
    const shown = await this.#panel.locator(".jp-CodeCell").evaluateAll(readCells);
    return shown.map((cell, index) => ({ ...cell, errors: errorsIn(outputs[index] ?? []) }));
  }

  /**
   * Moves the pointer over the first Plotly picture, and waits for the plot that takes its place.
   *
   * @returns whether there is one.
   */
  async touchPlot(): Promise<boolean> {
    const plot = this.#panel.locator(".jp-RenderedPlotly").first();
    if (await plot.count() === 0) return false;
    const picture = plot.locator("img");
    await picture.scrollIntoViewIfNeeded();
    const box = (await picture.boundingBox())!;
    // As hover() would, were it not to insist that the picture stays.
    await this.#page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
    await plot.locator("svg.main-svg").first().waitFor({ timeout: 20_000 });
    return true;
  }

  /** A picture of the whole notebook, however long it is. */
  async screenshot(path: string): Promise<void> {
    const scroller = this.#panel.locator(".jp-WindowedPanel-outer");
    const hidden = await scroller.evaluate((outer) => outer.scrollHeight - outer.clientHeight);
    await this.#page.setViewportSize({ ...VIEW, height: VIEW.height + hidden });
    await scroller.evaluate((outer) => outer.scrollTo(0, 0));
    await this.#page.waitForTimeout(500); // cells that come into view are laid out now
    await this.#page.screenshot({ path });
    await this.#page.setViewportSize(VIEW);
  }

  /** Shuts the kernel down and closes the page, without saving; in whatever state they are. */
  async close(): Promise<void> {
    await this.choose("Kernel", "Shut Down Kernel").catch(() => {});
    await this.#page.close({ runBeforeUnload: false });
  }
}

/** An output as JupyterLab holds it. */
interface Output {
  readonly output_type: string;
  readonly ename?: string;
  readonly evalue?: string;
}

/** What is used of JupyterLab itself, which a setting puts into the page. */
interface JupyterApp {
  readonly shell: {
    readonly currentWidget: {
      readonly sessionContext: {
        readonly session?: {
          readonly kernel?: { readonly status: string; readonly connectionStatus: string } | null;
        } | null;
      };
      readonly content: {
        readonly widgets: readonly {
          readonly model: { readonly type: string; readonly outputs: { toJSON(): Output[] } };
        }[];
      };
    };
  };
}

function errorsIn(outputs: readonly Output[]): string[] {
  return outputs
    .filter(({ output_type }) => output_type === "error")
    .map(({ ename, evalue }) => `${ename}: ${evalue}`);
}

/**
 * What the kernel does; runs in the page, and so may use nothing from around it. The page says "idle" already before there is one, and
 * cells that run then do nothing.
 */
function readKernelState(): string {
  const { jupyterapp } = globalThis as unknown as { jupyterapp: JupyterApp };
  const kernel = jupyterapp.shell.currentWidget.sessionContext.session?.kernel;
  if (!kernel) return "not there";
  return kernel.connectionStatus === "connected" ? kernel.status : kernel.connectionStatus;
}

/** The outputs of all code cells; runs in the page as well. */
function readOutputs(): Output[][] {
  const { jupyterapp } = globalThis as unknown as { jupyterapp: JupyterApp };
  return jupyterapp.shell.currentWidget.content.widgets
    .filter(({ model }) => model.type === "code")
    .map(({ model }) => model.outputs.toJSON());
}

/** What is to be seen of code cells; runs in the page as well. */
function readCells(cells: Shown[]): Omit<ShownCell, "errors">[] {
  const hasExtent = (drawing: Shown) =>
    (drawing.naturalWidth ?? drawing.getBoundingClientRect().width) > 0;
  return cells.map((cell) => {
    const prompt = cell.querySelector(".jp-InputPrompt")?.textContent ?? "";
    const outputs = [...cell.querySelectorAll(".jp-OutputArea-output")];
    const drawings = cell.querySelectorAll(
      ".jp-OutputArea-output img, .jp-OutputArea-output svg.main-svg",
    );
    return {
      count: /\[\d+\]/.test(prompt) ? Number(prompt.replace(/\D/g, "")) : null,
      running: prompt.includes("*"),
      drawings: [...drawings].filter(hasExtent).length,
      text: outputs.map((output) => output.textContent ?? "").join("\n"),
    };
  });
}
