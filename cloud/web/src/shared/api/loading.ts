/** Scripts and styles of pages that could not be loaded. */

import { Problem } from "./problem";

/** How browsers, and what Vite puts before its imports, say it: Chromium, Firefox, Safari; styles. */
const NOT_LOADED = /dynamically imported module|Importing a module script failed|module script|Unable to preload/i;

/** A script that did not come is a lost connection; anything else is what it is. */
export function told(error: unknown): Error {
  if (!(error instanceof Error)) return new Error(String(error));
  return NOT_LOADED.test(error.message) ? Problem.network(error) : error;
}

export async function isServerReached(): Promise<boolean> {
  try {
    await fetch("/health", { cache: "no-store" });
    return true;
  } catch {
    return false; // fetch rejects for nothing else
  }
}

/**
 * A page's code. Where the server cannot be reached that is what fails, for the router would load the whole app anew, and
 * without a network there is none; where it can, the file is of a version that is gone, and the router does right.
 */
export async function loaded<Code>(code: Promise<Code>): Promise<Code> {
  try {
    return await code;
  } catch (error) {
    const problem = told(error);
    throw problem === error || (await isServerReached()) ? error : problem;
  }
}
