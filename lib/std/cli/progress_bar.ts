/**
 * A bar that shows on a terminal how far a long task has come.
 *
 * @module
 */

/** What a bar knows when it is drawn. */
export interface ProgressBarFormatter {
  /** Time since the start as `mm:ss`. */
  readonly styledTime: string;
  /** The bar itself, without its frame. */
  readonly progressBar: string;
  /** Milliseconds since the start, and at the drawing before this one. */
  readonly time: number;
  readonly previousTime: number;
  /** Amount done, and at the drawing before this one. */
  readonly value: number;
  readonly previousValue: number;
  /** Amount that makes the whole. */
  readonly max: number;
  /** Amount done and the whole in a unit of 1024 bytes each, as `1.00/2.00 KiB`. */
  styledData(fractions?: number): string;
}

/** How a bar looks and where it goes. */
export interface ProgressBarOptions {
  /** Where it is drawn; the error output of the process by default, which stays open. */
  readonly writable?: WritableStream<Uint8Array<ArrayBuffer>>;
  /** Amount that makes the whole. */
  readonly max: number;
  /** Amount done at the start; 0 by default. */
  readonly value?: number;
  /** Characters of the full bar; 50 by default. */
  readonly barLength?: number;
  /** Stands for what is done; `#` by default. */
  readonly fillChar?: string;
  /** Stands for what is left; `-` by default. */
  readonly emptyChar?: string;
  /** Whether the bar is wiped at the end; false by default. */
  readonly clear?: boolean;
  /** Writes the line; `[time] [bar] [data]` by default. */
  readonly formatter?: (formatter: ProgressBarFormatter) => string;
  /** Whether the stream stays open at the end; true by default. */
  readonly keepOpen?: boolean;
}

const units = ["B", "KiB", "MiB", "GiB", "TiB", "PiB"];

/**
 * Draws a bar at once, every second and at the end; the amount done is told by setting `value`.
 *
 * ```ts
 * import { assert } from "@std/assert";
 * import { ProgressBar } from "@std/cli/unstable-progress-bar";
 *
 * const { readable, writable } = new TransformStream<Uint8Array<ArrayBuffer>>();
 * const drawn = new Response(readable).text();
 * const bar = new ProgressBar({ writable, max: 4, barLength: 4, keepOpen: false });
 * bar.value += 4;
 * await bar.stop();
 * assert((await drawn).includes("[####]"));
 * ```
 */
export class ProgressBar {
  /** Amount done. */
  value: number;
  /** Amount that makes the whole. */
  max: number;
  readonly #options: ProgressBarOptions;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #start = performance.now();
  #previous = { time: 0, value: 0 };
  #drawn: Promise<void> = Promise.resolve();
  #width = 0;

  constructor(options: ProgressBarOptions) {
    this.#options = options;
    this.value = options.value ?? 0;
    this.max = options.max;
    this.#writer = (options.writable ?? Deno.stderr.writable).getWriter();
    this.#previous.value = this.value;
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), 1000);
  }

  #draw(): void {
    const line = (this.#options.formatter ?? standard)(this.#state());
    // Blanks wipe what a longer line before left.
    this.#write(`\r${line.padEnd(this.#width)}`);
    this.#width = line.length;
  }

  #write(text: string): void {
    const bytes = new TextEncoder().encode(text);
    // A closed terminal must not end the task that the bar only watches.
    this.#drawn = this.#drawn.then(() => this.#writer.write(bytes)).catch(() => {});
  }

  #state(): ProgressBarFormatter {
    const { barLength = 50, fillChar = "#", emptyChar = "-" } = this.#options;
    const { value, max } = this;
    const time = performance.now() - this.#start;
    const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 1;
    const full = Math.floor(share * barLength);
    const previous = this.#previous;
    this.#previous = { time, value };
    const two = (amount: number) => String(Math.floor(amount)).padStart(2, "0");
    return {
      styledTime: `${two(time / 60_000)}:${two(time / 1000 % 60)}`,
      progressBar: fillChar.repeat(full) + emptyChar.repeat(barLength - full),
      time,
      previousTime: previous.time,
      value,
      previousValue: previous.value,
      max,
      styledData: (fractions = 2) => {
        const power = max < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(max) / 10));
        const amount = (bytes: number) => (bytes / 1024 ** power).toFixed(fractions);
        return `${amount(value)}/${amount(max)} ${units[power]}`;
      },
    };
  }

  /** Draws a last time (or wipes the bar), and gives the stream back. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#options.clear) this.#write(`\r${" ".repeat(this.#width)}\r`);
    else {
      this.#draw();
      this.#write("\n");
    }
    await this.#drawn;
    if (this.#options.keepOpen ?? true) this.#writer.releaseLock();
    else await this.#writer.close();
  }
}

function standard(formatter: ProgressBarFormatter): string {
  return `[${formatter.styledTime}] [${formatter.progressBar}] [${formatter.styledData()}]`;
}
