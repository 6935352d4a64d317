/** Meters, loaded when they are opened. */

export function Meters() {
  return null;
}
